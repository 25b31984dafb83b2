"""Turning money into a placed order. Payments call it, in one place (fault 6)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from chalandise.catalogue.states import ProductState
from chalandise.journal.actions import emit, move, record
from chalandise.journal.states import Actor
from chalandise.kernel.failpoints import failpoint
from chalandise.logistics.actions import confirm_slots
from chalandise.ordering.events import MerchantOrderMoved
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.queries.locking import lock_part
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, MerchantOrderState, Pays
from chalandise.stock.actions import firm_up
from chalandise.stock.errors import HoldLostError

BY = Actor.system("payment")

SLOT_PASSED = "slot_passed"
SLOT_LOST = "slot_lost"
OFF_THE_SHELF = "off_the_shelf"

_STANDS = {
    MerchantOrderState.PLACED,
    MerchantOrderState.ACCEPTED,
    MerchantOrderState.COMPLETED,
}


class PaidOutcome(StrEnum):
    """What money did to a merchant order.

    ``placed``: the order stands. ``already``: it stood paid before, nothing changed. ``lost``: it
    cannot stand any more (cancelled meanwhile, or nothing left), and the money must go back.
    """

    PLACED = "placed"
    ALREADY = "already"
    LOST = "lost"


@transaction.atomic
def mark_paid(merchant_order_id: int, *, at: datetime) -> PaidOutcome:
    """Note that a merchant order is paid in full, and place it if it was waiting for that.

    Goods and slot become firm. Money that comes after the hold ran out takes what is still there,
    else it is lost (fault 9). An order whose slot has passed or whose product has left the shelf is
    kept with its lines, for a person to arrange (fault 10). One paid at the counter already stands
    and is only noted as paid. The row is locked, so of two callers the second learns ``already``.

    Args:
        merchant_order_id: what was paid, in full.
        at: when the money was seen.
    """
    part = lock_part(merchant_order_id)
    if part.paid_at is not None:
        return PaidOutcome.ALREADY
    if part.pays == Pays.ON_COLLECTION and part.state in _STANDS:
        _note_paid(part, at)
        record(part, "paid", by=BY, at=at)
        return PaidOutcome.PLACED
    if not MERCHANT_ORDER_TRANSITIONS.allows(part.state, MerchantOrderState.PLACED):
        return PaidOutcome.LOST
    try:
        firm_up([part.holder], at=at)
    except HoldLostError:
        _let_go(part, at)
        return PaidOutcome.LOST
    failpoint("ordering.paid.firm")
    part.to_arrange = _trouble(part, at)
    part.ended_at = None
    move(part, MerchantOrderState.PLACED, table=MERCHANT_ORDER_TRANSITIONS, by=BY, at=at)
    part.save(update_fields=["to_arrange", "ended_at"])
    _note_paid(part, at)
    emit(MerchantOrderMoved(part.pk, MerchantOrderState.PLACED), at=at)
    return PaidOutcome.PLACED


def _note_paid(part: MerchantOrder, at: datetime) -> None:
    part.paid_at = at
    part.save(update_fields=["paid_at"])


def _let_go(part: MerchantOrder, at: datetime) -> None:
    """Expire a part whose goods are gone before its time ran out; an expired one stays so."""
    if part.state == MerchantOrderState.AWAITING_PAYMENT:
        gone = MerchantOrderState.EXPIRED
        move(part, gone, table=MERCHANT_ORDER_TRANSITIONS, by=BY, at=at)
        part.ended_at = at
        part.save(update_fields=["ended_at"])
        emit(MerchantOrderMoved(part.pk, gone), at=at)


def _trouble(part: MerchantOrder, at: datetime) -> str:
    """Make the slot firm, and return why a person must look, blank if nobody must."""
    without = confirm_slots([part.holder], at=at)
    if part.starts_at is not None and part.starts_at <= at:
        return SLOT_PASSED
    if without:
        return SLOT_LOST
    gone = part.lines.exclude(offer=None).exclude(
        offer__variant__product__state=ProductState.PUBLISHED
    )
    return OFF_THE_SHELF if gone.exists() else ""
