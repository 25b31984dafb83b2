"""Application configuration of `catalogue`."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class CatalogueConfig(AppConfig):
    """The room of products, offers and prices."""

    name = "chalandise.catalogue"
    label = "catalogue"

    @override
    def ready(self) -> None:
        import_module("chalandise.catalogue.subscribers")  # registers them
