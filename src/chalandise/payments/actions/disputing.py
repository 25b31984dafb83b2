"""Disputes: a cardholder has the bank take a payment back, and the bank decides (fault 25).

What begins and how it ends are both learnt by looking the payment up. Nothing known is taken back: a
dispute that has ended has ended. A bank may go back on its word all the same (an inquiry that was
closed becomes a dispute, a second one follows): that is for a person, once no answer of before can
still be on its way.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chalandise.journal.actions import emit, move
from chalandise.journal.states import Actor
from chalandise.payments.actions.discrepancies import find_fault, resolve_discrepancy
from chalandise.payments.events import DisputeEnded, PaymentDisputed
from chalandise.payments.models import Discrepancy, Dispute, Payment, Refund
from chalandise.payments.ports import DisputeFound, ProviderPayment
from chalandise.payments.states import (
    DISPUTE_TRANSITIONS,
    DiscrepancyKind,
    DiscrepancyState,
    DisputeState,
    RefundState,
)

ANSWERED_WITHIN = timedelta(minutes=15)  # what was asked before has been answered by then
BY = Actor.system("payments")
ENDS = {DisputeFound.WON: DisputeState.WON, DisputeFound.LOST: DisputeState.LOST}


@transaction.atomic
def note_dispute(
    payment: Payment, found: ProviderPayment, *, told: dict[str, Any], at: datetime
) -> None:
    """Write down a dispute once, and its end once; the payment is held by the caller."""
    cents = found.disputed_cents or found.captured_cents
    dispute, is_new = Dispute.objects.get_or_create(
        payment=payment, defaults={"amount_cents": cents, "opened_at": at}
    )
    if is_new:
        find_fault(payment, DiscrepancyKind.DISPUTE, detail={"found": told}, at=at)
        emit(PaymentDisputed(payment.pk), at=at)
    differs = _differs(dispute, found, at=at)
    if differs:
        find_fault(payment, DiscrepancyKind.DISPUTE, detail={"found": told} | differs, at=at)
    if found.dispute is not None and dispute.state == DisputeState.OPEN:
        _end(dispute, ENDS[found.dispute], at=at)


def _differs(dispute: Dispute, found: ProviderPayment, *, at: datetime) -> dict[str, Any]:
    """Return what the provider says otherwise than the books; nothing where nobody looked closely."""
    said = {"disputed_cents": found.disputed_cents, "end": found.dispute and found.dispute.value}
    if found.disputed_cents > dispute.amount_cents:
        return said
    is_over = dispute.ended_at is not None and at > dispute.ended_at + ANSWERED_WITHIN
    looked = found.dispute is not None or found.disputed_cents > 0
    now = ENDS[found.dispute] if found.dispute is not None else DisputeState.OPEN
    return said if is_over and looked and now != dispute.state else {}


def _end(dispute: Dispute, to: DisputeState, *, at: datetime) -> None:
    move(dispute, to, table=DISPUTE_TRANSITIONS, by=BY, at=at)
    dispute.ended_at = at
    dispute.save(update_fields=["ended_at"])
    waiting = Discrepancy.objects.filter(
        payment=dispute.payment_id, kind=DiscrepancyKind.DISPUTE, state=DiscrepancyState.OPEN
    )
    for one in waiting:
        resolve_discrepancy(one, by=BY, at=at)
    # What was to go back waited for this (`refunding`).
    Refund.objects.filter(payment=dispute.payment_id, state=RefundState.REQUESTED).update(
        next_try_at=at
    )
    emit(DisputeEnded(dispute.payment_id, to == DisputeState.WON), at=at)
