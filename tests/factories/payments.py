"""Merchants who can be paid online, visits, payments."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.factories import bank
from tests.factories.orders import NOON

from chalandise.bank.models import BankCharge, BankSession
from chalandise.directory.models import Establishment
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.payments.actions.visiting import open_visit
from chalandise.payments.models import MerchantAccount, Payment, Visit

RETURN, CANCEL = "/commande/retour/", "/commande/"


def merchant_account(establishment: Establishment, *, at: datetime = NOON) -> MerchantAccount:
    """Let a merchant be paid online by the simulated bank."""
    organisation = establishment.organisation
    assert organisation is not None, "a seller has an organisation"
    known = MerchantAccount.objects.filter(organisation=organisation).first()
    return known or MerchantAccount.objects.create(
        organisation=organisation,
        provider="simulated",
        reference=bank.account(establishment.name, at=at).reference,
        is_ready=True,
        opened_at=at,
    )


def visit(order: Order, *, at: datetime = NOON) -> Visit:
    """Open the visit in which an order is paid, its merchants' accounts included."""
    for part in order.merchant_orders.select_related("establishment__organisation"):
        merchant_account(part.establishment, at=at)
    return open_visit(order, return_url=RETURN, cancel_url=CANCEL, at=at)


def at_the_bank(payment: Payment) -> BankCharge:
    """Return what the bank knows of a payment."""
    return BankCharge.objects.get(reference=payment.provider_reference)


def session_of(visit: Visit) -> BankSession:
    """Return the bank's session of a visit."""
    references = visit.payments.values_list("provider_reference", flat=True)
    return BankSession.objects.filter(charges__reference__in=references).distinct().get()


def pay(visit: Visit, number: str = bank.AT_ONCE, *, at: datetime = NOON) -> None:
    """Pay at the bank, and tell nobody yet."""
    bank.pay(session_of(visit), number, at=at)


def expiring(order: Order, *, minutes: int, at: datetime = NOON) -> Order:
    """Hold an order's goods until some minutes from now."""
    order.expires_at = at + timedelta(minutes=minutes)
    order.save(update_fields=["expires_at"])
    return order


def part_of(order: Order, establishment: Establishment) -> MerchantOrder:
    """Return one merchant's part of an order."""
    return order.merchant_orders.get(establishment=establishment)
