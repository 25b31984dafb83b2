"""Giving money back, at once or a day later, and undoing what a cardholder disputes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chalandise.bank.actions.faults import armed_here, strikes
from chalandise.bank.actions.news import tell
from chalandise.bank.errors import BankRefusalError
from chalandise.bank.models import BankCharge, BankRefund
from chalandise.bank.queries import get_charge, lock_charge
from chalandise.bank.states import REFUND_TRANSITIONS, FaultKind, RefundState
from chalandise.journal.actions import move
from chalandise.journal.states import Actor
from chalandise.kernel.money import round_half_up

ON_ITS_WAY = timedelta(days=1)
BANK = Actor.system("bank")


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
    armed = armed_here(reference, account)

    def struck(kind: FaultKind) -> bool:
        return kind in armed and strikes(kind, reference, account)

    if struck(FaultKind.NO_BALANCE):
        raise BankRefusalError("insufficient_balance")
    is_failing = struck(FaultKind.REFUND_FAILS)
    is_pending = is_failing or struck(FaultKind.REFUND_PENDING)
    refund = BankRefund(
        amount_cents=amount_cents,
        metadata=metadata,
        created_at=at,
        state=RefundState.PENDING if is_pending else RefundState.DONE,
        is_failing=is_failing,
    )
    return _give_back(refund, reference, with_fee=with_fee, at=at)


@transaction.atomic
def _give_back(refund: BankRefund, reference: str, *, with_fee: bool, at: datetime) -> BankRefund:
    charge = lock_charge(reference)
    if not 0 < refund.amount_cents <= charge.captured_cents - charge.refunded_cents:
        raise BankRefusalError("refund_too_large")
    if refund.amount_cents > charge.left_cents:
        raise BankRefusalError("charge_disputed")
    charge.refunded_cents += refund.amount_cents
    if with_fee:
        _give_fee_back(charge)
    charge.save(update_fields=["refunded_cents", "fee_refunded_cents"])
    refund.charge = charge
    refund.save()
    tell(charge, "charge.refunded", at=at, faults=set())
    return refund


def _give_fee_back(charge: BankCharge) -> None:
    kept = charge.captured_cents - charge.refunded_cents
    fee = round_half_up(charge.fee_cents * kept, charge.captured_cents)
    charge.fee_refunded_cents = charge.fee_cents - fee


def end_refunds(*, at: datetime) -> int:
    """Let what is on its way arrive, or come back, after a day; return how many ended."""
    due = BankRefund.objects.filter(state=RefundState.PENDING, created_at__lte=at - ON_ITS_WAY)
    return sum(_end(refund, at=at) for refund in due.select_related("charge").order_by("pk"))


@transaction.atomic
def _end(refund: BankRefund, *, at: datetime) -> bool:
    charge = lock_charge(refund.charge.reference)
    refund.refresh_from_db(fields=["state"])
    if refund.state != RefundState.PENDING:
        return False  # somebody ended it while we waited for its charge
    ends_as = RefundState.REFUSED if refund.is_failing else RefundState.DONE
    move(refund, ends_as, table=REFUND_TRANSITIONS, by=BANK, at=at)
    if refund.is_failing:
        charge.refunded_cents -= refund.amount_cents
        if charge.fee_refunded_cents:
            _give_fee_back(charge)
        charge.save(update_fields=["refunded_cents", "fee_refunded_cents"])
    tell(charge, "charge.refund_ended", at=at, faults=set())
    return True
