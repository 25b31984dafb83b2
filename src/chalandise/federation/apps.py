"""Application configuration of `federation`."""

from django.apps import AppConfig


class FederationConfig(AppConfig):
    """The room where other directories come in."""

    name = "chalandise.federation"
    label = "federation"
