"""Application configuration of `messaging`."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class MessagingConfig(AppConfig):
    """The room of e-mails and their texts."""

    name = "chalandise.messaging"
    label = "messaging"

    @override
    def ready(self) -> None:
        import_module("chalandise.messaging.subscribers")  # registers them
        import_module("chalandise.messaging.merchant_mails")
        import_module("chalandise.messaging.operator_mails")
        import_module("chalandise.messaging.decision_mails")
        import_module("chalandise.messaging.desk_mails")
        import_module("chalandise.messaging.team_mails")
        import_module("chalandise.messaging.order_mails")
        import_module("chalandise.messaging.money_mails")
        import_module("chalandise.messaging.basket_mails")
        import_module("chalandise.messaging.preparing_mails")
        import_module("chalandise.messaging.lateness_mails")
        import_module("chalandise.messaging.point_mails")
        import_module("chalandise.messaging.slot_mails")
        import_module("chalandise.messaging.withdrawal_mails")
        import_module("chalandise.messaging.paper_mails")
        import_module("chalandise.messaging.recall_mails")
        import_module("chalandise.messaging.tax_mails")
