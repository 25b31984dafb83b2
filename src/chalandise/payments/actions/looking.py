"""Asking what became of a payment or a refund: the provider's word, never that of whoever calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet

from chalandise.kernel.failpoints import failpoint
from chalandise.payments.actions.calling import ask
from chalandise.payments.models import Payment, Refund
from chalandise.payments.ports import ProviderPayment, ProviderRefund, RefundFound
from chalandise.payments.providers.register import provider as provider_of
from chalandise.payments.states import RefundState


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
    return without_failed(payment, found, at=at)


def without_failed(payment: Payment, found: ProviderPayment, *, at: datetime) -> ProviderPayment:
    """Leave what failed on its way out of what went back: providers do not say whether they do.

    Raises:
        ProviderError: it cannot say now, or does not know.
    """
    failed = failed_refunds(payment).count() if found.refunded_cents else 0
    if not failed:
        return found
    listed = list_refunds(payment, at=at)
    back = sum(one.amount_cents for one in listed if one.state is not RefundFound.REFUSED)
    return replace(
        found, refunded_cents=min(back, found.refunded_cents), failed_refunds_count=failed
    )


def list_refunds(payment: Payment, *, at: datetime) -> list[ProviderRefund]:
    """Ask the provider for all the refunds of a payment.

    Raises:
        ProviderError: it cannot say now, or does not know.
    """
    provider = provider_of(payment.provider)
    account = payment.account_reference
    return ask(
        payment.provider,
        lambda: list(provider.list_refunds(payment.charge_reference, account=account, at=at)),
        at=at,
    )


def failed_refunds(payment: Payment) -> QuerySet[Refund]:
    """Return the refunds that a provider took, and could not give back after all."""
    return payment.refunds.filter(state=RefundState.REFUSED).exclude(provider_reference="")


def look_up_refund(refund: Refund, *, at: datetime) -> ProviderRefund:
    """Ask the provider what became of a refund.

    Raises:
        ProviderError: it cannot say now, or does not know.
    """
    payment = refund.payment
    provider = provider_of(payment.provider)
    account = payment.account_reference
    return ask(
        payment.provider,
        lambda: provider.look_up_refund(refund.provider_reference, account=account, at=at),
        at=at,
    )
