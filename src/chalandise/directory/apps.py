"""Application configuration of `directory`."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """The room of establishments and what is known of them."""

    name = "chalandise.directory"
    label = "directory"
