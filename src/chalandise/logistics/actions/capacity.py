"""What follows when a place has more or fewer places than before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q

from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.logistics.actions.booking import recount
from chalandise.logistics.actions.locking import lock_coming_slots
from chalandise.logistics.events import SlotOverBooked
from chalandise.logistics.models import SlotCount, SlotHold
from chalandise.logistics.states import HoldState


def apply_capacity(
    way_key: str, capacity_at: Callable[[datetime], int], *, by: Actor, at: datetime
) -> list[SlotCount]:
    """Write new capacities on the slots to come of a way, whose place is locked by the caller.

    No booking is cancelled. Where more is booked than now fits, the slot is marked over-booked, the
    journal says who did it, and `SlotOverBooked` is emitted once.

    Returns:
        The slots that became over-booked.
    """
    locked = lock_coming_slots(way_key, at=at)
    gone = SlotHold.objects.filter(slot__in=locked, state=HoldState.HELD, expires_at__lte=at)
    gone.update(state=HoldState.RELEASED)
    recount(locked)
    by_capacity: dict[int, list[int]] = {}
    rows = list(SlotCount.objects.filter(pk__in=locked).order_by("starts_at"))
    for row in rows:
        by_capacity.setdefault(capacity_at(row.starts_at), []).append(row.pk)
    newly = []
    for capacity, some in sorted(by_capacity.items()):
        newly += [one for one in rows if one.pk in set(some) and one.booked > capacity]
        SlotCount.objects.filter(pk__in=some).update(
            capacity=capacity,
            is_over_booked=ExpressionWrapper(Q(booked__gt=capacity), BooleanField()),
        )
        for one in rows:
            if one.pk in set(some):
                one.capacity = capacity
    over = sorted((one for one in newly if not one.is_over_booked), key=lambda one: one.starts_at)
    for one in over:
        one.is_over_booked = True
        detail = {"booked": one.booked, "capacity": one.capacity}
        record(one, "over_booked", by=by, at=at, detail=detail)
        starts_at = one.starts_at.isoformat()
        emit(SlotOverBooked(way_key, starts_at, one.booked, one.capacity), at=at)
    return over
