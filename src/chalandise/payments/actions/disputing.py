"""Disputes: a cardholder has the bank take a payment back, and the bank decides (fault 25).

What begins and how it ends are both learnt by looking the payment up. Two answers may arrive in the
wrong order, so a bank that goes back on its word (an inquiry that was closed becomes a dispute, a
second one follows, an appeal is decided the other way) is believed once no answer of before can still
be on its way. The books follow it then, and a person is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chalandise.journal.actions import emit, move
from chalandise.journal.states import Actor
from chalandise.payments.actions.discrepancies import find_fault, resolve_discrepancy
from chalandise.payments.actions.refunding import promise_again
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
    """Bring a dispute to where the provider says it is; the payment is held by the caller."""
    cents = found.disputed_cents or found.captured_cents
    dispute, is_new = Dispute.objects.get_or_create(
        payment=payment, defaults={"amount_cents": cents, "opened_at": at}
    )
    if is_new:
        find_fault(payment, DiscrepancyKind.DISPUTE, detail={"found": told}, at=at)
        emit(PaymentDisputed(payment.pk), at=at)
    says = _said(found) or DisputeState(dispute.state)
    has_grown = found.disputed_cents > dispute.amount_cents
    if says == dispute.state and not has_grown:
        return
    if dispute.state == DisputeState.OPEN and not dispute.turns and not has_grown:
        _move(dispute, says, at=at)
    elif (has_grown and not dispute.turns) or _is_later(dispute, at=at):
        detail = {"found": told, "was": dispute.state, "was_cents": dispute.amount_cents}
        dispute.turns += 1  # told too, so that each time is another thing to look at
        dispute.amount_cents = found.disputed_cents or dispute.amount_cents
        _move(dispute, says, at=at)
        now = {"is": says.value, "turn": dispute.turns}
        find_fault(payment, DiscrepancyKind.DISPUTE, detail=detail | now, at=at)


def _said(found: ProviderPayment) -> DisputeState | None:
    """Return where the provider says that a dispute is; None where nobody looked closely."""
    if found.dispute is not None:
        return ENDS[found.dispute]
    return DisputeState.OPEN if found.disputed_cents else None


def _is_later(dispute: Dispute, *, at: datetime) -> bool:
    """Tell whether what was asked at this moment cannot be an answer of before."""
    return at > (dispute.ended_at or dispute.opened_at) + ANSWERED_WITHIN


def _move(dispute: Dispute, to: DisputeState, *, at: datetime) -> None:
    if dispute.state != to:
        move(dispute, to, table=DISPUTE_TRANSITIONS, by=BY, at=at)
    is_open = to == DisputeState.OPEN
    if is_open:
        dispute.opened_at, dispute.ended_at = at, None
    else:
        dispute.ended_at = at
    dispute.save(update_fields=["amount_cents", "turns", "opened_at", "ended_at"])
    if is_open:
        emit(PaymentDisputed(dispute.payment_id, dispute.turns), at=at)
        return
    waiting = Discrepancy.objects.filter(
        payment=dispute.payment_id, kind=DiscrepancyKind.DISPUTE, state=DiscrepancyState.OPEN
    )
    for one in waiting:
        resolve_discrepancy(one, by=BY, at=at)
    # What was to go back waited for this, or was refused while the bank had the money (`refunding`).
    if to == DisputeState.WON:
        promise_again(dispute.payment, by=BY, at=at)
    Refund.objects.filter(payment=dispute.payment_id, state=RefundState.REQUESTED).update(
        next_try_at=at
    )
    emit(DisputeEnded(dispute.payment_id, to == DisputeState.WON, dispute.turns), at=at)
