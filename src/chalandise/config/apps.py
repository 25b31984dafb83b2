"""Application configuration of `config`: it only brings the checks."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class ConfigConfig(AppConfig):
    """The floor where everything is put together."""

    name = "chalandise.config"
    label = "chalandise_config"

    @override
    def ready(self) -> None:
        import_module("chalandise.config.checks")  # registers them
