"""Turning money into a placed order. Only `payments.settle` calls this (fault 6)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from chalandise.journal.actions import emit, move
from chalandise.journal.states import Actor
from chalandise.ordering.events import MerchantOrderMoved
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, MerchantOrderState


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
    """Place a merchant order that was waiting for its payment.

    The row is locked, so of two callers the second learns ``already``.

    Args:
        merchant_order_id: what was paid, in full.
        at: when the money was seen.
    """
    order = MerchantOrder.objects.select_for_update().get(pk=merchant_order_id)
    if order.paid_at is not None:
        return PaidOutcome.ALREADY
    if not MERCHANT_ORDER_TRANSITIONS.allows(order.state, MerchantOrderState.PLACED):
        return PaidOutcome.LOST
    by = Actor.system("payment")
    move(order, MerchantOrderState.PLACED, table=MERCHANT_ORDER_TRANSITIONS, by=by, at=at)
    order.paid_at = at
    order.save(update_fields=["paid_at"])
    emit(MerchantOrderMoved(order.pk, MerchantOrderState.PLACED), at=at)
    return PaidOutcome.PLACED
