"""Application configuration of `ordering`."""

from django.apps import AppConfig


class OrderingConfig(AppConfig):
    """The room of reservations and orders."""

    name = "chalandise.ordering"
    label = "ordering"
