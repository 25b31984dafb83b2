"""Application configuration of `editorial`."""

from django.apps import AppConfig


class EditorialConfig(AppConfig):
    """The room of selections and texts."""

    name = "chalandise.editorial"
    label = "editorial"
