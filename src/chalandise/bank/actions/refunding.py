"""Giving money back, and undoing what a cardholder disputes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from chalandise.bank.actions.faults import strikes
from chalandise.bank.actions.news import tell
from chalandise.bank.errors import BankRefusalError
from chalandise.bank.models import BankCharge, BankRefund
from chalandise.bank.states import FaultKind


@transaction.atomic
def refund_charge(
    reference: str, *, amount_cents: int, metadata: dict[str, Any], at: datetime
) -> BankRefund:
    """Give back a part or all of what was captured.

    Raises:
        BankRefusalError: no such charge, nothing left to give back, or the merchant's balance is
            too low.
    """
    with_rest = BankCharge.objects.select_for_update(of=("self",))
    charge = with_rest.select_related("session", "account").filter(reference=reference).first()
    if charge is None:
        raise BankRefusalError("no_such_charge", 404)
    if not 0 < amount_cents <= charge.captured_cents - charge.refunded_cents:
        raise BankRefusalError("refund_too_large")
    if strikes(FaultKind.NO_BALANCE, charge.reference, charge.account.reference):
        raise BankRefusalError("insufficient_balance")
    charge.refunded_cents += amount_cents
    charge.save(update_fields=["refunded_cents"])
    refund = BankRefund.objects.create(
        charge=charge, amount_cents=amount_cents, metadata=metadata, created_at=at
    )
    tell(charge, "charge.refunded", at=at, faults=set())
    return refund
