"""Application configuration of `logistics`."""

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    """The room of pickup points, delivery zones and slots."""

    name = "chalandise.logistics"
    label = "logistics"
