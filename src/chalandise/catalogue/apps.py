"""Application configuration of `catalogue`."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The room of products, offers and prices."""

    name = "chalandise.catalogue"
    label = "catalogue"
