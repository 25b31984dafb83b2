"""Application configuration of `stock`."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """The room of stock levels and reservations."""

    name = "chalandise.stock"
    label = "stock"
