"""Tables of payments, one file per subject."""

from chalandise.payments.models.accounts import MerchantAccount, Payout
from chalandise.payments.models.payments import Dispute, Payment, Refund, Visit
from chalandise.payments.models.wire import (
    Discrepancy,
    InboxEvent,
    ProviderCall,
    RefusedEvents,
)

__all__ = [
    "Discrepancy",
    "Dispute",
    "InboxEvent",
    "MerchantAccount",
    "Payment",
    "Payout",
    "ProviderCall",
    "Refund",
    "RefusedEvents",
    "Visit",
]
