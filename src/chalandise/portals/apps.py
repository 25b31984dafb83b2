"""Application configuration of `portals`."""

from django.apps import AppConfig


class PortalsConfig(AppConfig):
    """The room of portals and their staff."""

    name = "chalandise.portals"
    label = "portals"
