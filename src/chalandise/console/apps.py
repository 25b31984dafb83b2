"""Application configuration of `console`."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The operator's workspace, in Wagtail's admin."""

    name = "chalandise.console"
    label = "console"
