"""Application configuration of `bank`."""

from django.apps import AppConfig


class BankConfig(AppConfig):
    """The simulated bank."""

    name = "chalandise.bank"
    label = "bank"
