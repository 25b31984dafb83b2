"""Application configuration of `discovery`."""

from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    """The room of search and the map."""

    name = "chalandise.discovery"
    label = "discovery"
