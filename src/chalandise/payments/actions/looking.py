"""Asking what became of a payment: the provider's word, never that of whoever calls."""

from __future__ import annotations

from datetime import datetime

from chalandise.kernel.failpoints import failpoint
from chalandise.payments.actions.calling import ask
from chalandise.payments.models import Payment
from chalandise.payments.ports import ProviderPayment
from chalandise.payments.providers.register import provider as provider_of


def look_up(payment: Payment, *, at: datetime) -> ProviderPayment:
    """Ask the provider what became of a payment.

    Raises:
        ProviderError: it cannot say now, or does not know.
    """
    provider = provider_of(payment.provider)
    found = ask(
        payment.provider,
        lambda: provider.look_up(
            payment.provider_reference, account=payment.account_reference, at=at
        ),
        at=at,
    )
    failpoint("payments.looked_up")
    return found
