"""Application configuration of `settlements`."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class SettlementsConfig(AppConfig):
    """The room of the ledger, invoices, the journal of sales and tax reports."""

    name = "chalandise.settlements"
    label = "settlements"

    @override
    def ready(self) -> None:
        import_module("chalandise.settlements.subscribers")  # registers them
