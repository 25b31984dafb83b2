"""A booked slot moved to another one, as long as nothing has been handed over."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from chalandise.journal.actions import emit, record, subject_of
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.actions import move_slots
from chalandise.logistics.values import Slot, SlotChoice
from chalandise.ordering.actions.paying import SLOT_LOST, SLOT_PASSED
from chalandise.ordering.errors import SlotIsFixedError
from chalandise.ordering.events import SlotMoved
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.policies import MOVABLE_STATES, has_slot_to_move
from chalandise.ordering.queries.locking import lock_part


@transaction.atomic
def move_pickup(
    part: MerchantOrder,
    starts_at: datetime,
    *,
    lead_minutes: int,
    there_by: datetime | None,
    is_by_customer: bool,
    by: Actor,
    at: datetime,
) -> Slot | None:
    """Book another slot of the same place and give the former one back, in one transaction.

    What is gathered with it comes at the same time. Its place in a slot that had been lost or had
    passed is arranged with it.

    Args:
        part: a merchant order that is collected.
        starts_at: the start of the wished slot.
        lead_minutes: what its goods need from now on.
        there_by: when they are known to be there all the same.
        is_by_customer: whether the customer asks, or the merchant for them.
        by: who moves it.
        at: now.

    Returns:
        The new slot; None where it is the slot it has.

    Raises:
        SlotIsFixedError: nothing is collected in a slot here.
        StaleStateError: it was handed over, or has ended.
        SlotFullError, SlotGoneError, SlotsBusyError: of `logistics`; nothing has moved.
    """
    locked = lock_part(part.pk)
    if not has_slot_to_move(locked):
        raise SlotIsFixedError
    if locked.state not in MOVABLE_STATES:
        raise StaleStateError(subject_of(locked), "slot_moved")
    if locked.starts_at == starts_at and not locked.to_arrange:
        return None
    choice = SlotChoice(
        locked.way_key, locked.establishment_id, starts_at, lead_minutes, there_by=there_by
    )
    slot = move_slots({locked.holder: choice}, at=at)[locked.holder]
    was = locked.starts_at.isoformat() if locked.starts_at else ""
    locked.starts_at, locked.ends_at = slot.starts_at.astimezone(UTC), slot.ends_at.astimezone(UTC)
    locked.promised_on = slot.starts_at.date()
    locked.slot_moves += 1
    if locked.to_arrange in (SLOT_LOST, SLOT_PASSED):
        locked.to_arrange = ""
    moved = ("starts_at", "ends_at", "promised_on")
    locked.save(update_fields=[*moved, "slot_moves", "to_arrange"])
    locked.gathered.update(**{name: getattr(locked, name) for name in moved})
    for name in (*moved, "slot_moves", "to_arrange"):
        setattr(part, name, getattr(locked, name))
    detail = {"from": was, "to": slot.starts_at.astimezone(UTC).isoformat()}
    record(locked, "slot_moved", by=by, at=at, detail=detail)
    emit(SlotMoved(locked.pk, locked.slot_moves, is_by_customer), at=at)
    return slot
