"""Application configuration of the journal."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The room that remembers."""

    name = "chalandise.journal"
    label = "journal"
