"""Coming at another time: the slot moves, and so does how long the goods are kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.actions.steps import opened
from chalandise.fulfilment.policies import kept_until
from chalandise.fulfilment.queries.moving import may_move, readiness_of
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.values import Slot
from chalandise.ordering.actions.moving import move_pickup
from chalandise.ordering.models import MerchantOrder


@transaction.atomic
def move_slot(
    order: MerchantOrder,
    starts_at: datetime,
    *,
    is_by_customer: bool,
    by: Actor,
    at: datetime,
) -> Slot | None:
    """Have an order collected at another time, as long as nobody has it.

    What is ready is kept after the new slot as it was after the old one, with a reminder of its
    own.

    Returns:
        The new slot; None where it is the slot it has.

    Raises:
        StaleStateError: it was handed over or has ended, or is not collected in a slot.
        SlotFullError, SlotGoneError, SlotsBusyError: of `logistics`; nothing has moved.
    """
    fulfilment = opened(order.pk, at=at)
    part = fulfilment.merchant_order
    if not may_move(part, fulfilment.state):
        raise StaleStateError(str(fulfilment), "slot_moved")
    ready = readiness_of(part, fulfilment.state, at=at)
    slot = move_pickup(
        part,
        starts_at,
        lead_minutes=ready.lead_minutes,
        there_by=ready.there_by,
        is_by_customer=is_by_customer,
        by=by,
        at=at,
    )
    if slot is not None and fulfilment.late_at is not None:
        fulfilment.late_at = None  # another slot is another promise
        fulfilment.save(update_fields=["late_at"])
    if slot is not None and fulfilment.state == FulfilmentState.READY:
        fulfilment.kept_until = kept_until(part, ready_at=fulfilment.ready_at or at)
        fulfilment.reminded_at = fulfilment.asked_at = None
        fulfilment.times_asked = 0
        fulfilment.save(update_fields=["kept_until", "reminded_at", "asked_at", "times_asked"])
    return slot
