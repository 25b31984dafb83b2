"""Application configuration of `fulfilment`."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class FulfilmentConfig(AppConfig):
    """The room of preparing and handing over."""

    name = "chalandise.fulfilment"
    label = "fulfilment"

    @override
    def ready(self) -> None:
        import_module("chalandise.fulfilment.subscribers")  # registers them
