"""Giving money back, and undoing what a cardholder disputes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from chalandise.bank.actions.faults import strikes
from chalandise.bank.actions.news import tell
from chalandise.bank.errors import BankRefusalError
from chalandise.bank.models import BankRefund
from chalandise.bank.queries import get_charge, lock_charge
from chalandise.bank.states import FaultKind
from chalandise.kernel.money import round_half_up


def refund_charge(
    reference: str,
    *,
    amount_cents: int,
    metadata: dict[str, Any],
    at: datetime,
    with_fee: bool = False,
) -> BankRefund:
    """Give back a part or all of what was captured, and of the platform's fee in proportion.

    Raises:
        BankRefusalError: no such charge, nothing left to give back, its holder disputes it, or the
            merchant's balance is too low.
    """
    # Outside the transaction that the refusal undoes: a fault that struck is used up.
    account = get_charge(reference).account.reference
    if strikes(FaultKind.NO_BALANCE, reference, account):
        raise BankRefusalError("insufficient_balance")
    return _give_back(
        reference, amount_cents=amount_cents, metadata=metadata, at=at, with_fee=with_fee
    )


@transaction.atomic
def _give_back(
    reference: str, *, amount_cents: int, metadata: dict[str, Any], at: datetime, with_fee: bool
) -> BankRefund:
    charge = lock_charge(reference)
    if not 0 < amount_cents <= charge.captured_cents - charge.refunded_cents:
        raise BankRefusalError("refund_too_large")
    if amount_cents > charge.left_cents:
        raise BankRefusalError("charge_disputed")
    charge.refunded_cents += amount_cents
    if with_fee:
        kept = charge.captured_cents - charge.refunded_cents
        fee = round_half_up(charge.fee_cents * kept, charge.captured_cents)
        charge.fee_refunded_cents = charge.fee_cents - fee
    charge.save(update_fields=["refunded_cents", "fee_refunded_cents"])
    refund = BankRefund.objects.create(
        charge=charge, amount_cents=amount_cents, metadata=metadata, created_at=at
    )
    tell(charge, "charge.refunded", at=at, faults=set())
    return refund
