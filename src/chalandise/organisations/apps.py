"""Application configuration of `organisations`."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The room of legal units and their members."""

    name = "chalandise.organisations"
    label = "organisations"
