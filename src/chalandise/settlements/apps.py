"""Application configuration of `settlements`."""

from django.apps import AppConfig


class SettlementsConfig(AppConfig):
    """The room of the ledger, invoices, the journal of sales and tax reports."""

    name = "chalandise.settlements"
    label = "settlements"
