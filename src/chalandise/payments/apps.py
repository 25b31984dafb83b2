"""Application configuration of `payments`."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class PaymentsConfig(AppConfig):
    """The room of payments and refunds."""

    name = "chalandise.payments"
    label = "payments"

    @override
    def ready(self) -> None:
        import_module("chalandise.payments.checks")  # registers them
        import_module("chalandise.payments.subscribers")
