"""A place in a slot made firm, given back, let go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from uuid import UUID

from django.db import connection, transaction

from chalandise.logistics.actions import patience
from chalandise.logistics.actions.locking import lock_idle_slots
from chalandise.logistics.actions.patience import patient
from chalandise.logistics.actions.statements import CONFIRM, GIVE_BACK, LOCK_TAKEN, RECOUNT, ROOM
from chalandise.logistics.models import SlotCount, SlotHold
from chalandise.logistics.states import HOLD_TRANSITIONS, HoldState

KEPT_DAYS = 400
IDLE_DAYS = 30


def confirm_slots(holders: Collection[UUID], *, at: datetime) -> frozenset[UUID]:
    """Make holds firm, and return the holders who have no slot and with whom to arrange one.

    A hold that ran out is taken again while a place is left and the slot is not over; nothing fails
    here, because money may already have been taken. Holders without any hold are passed over. Two
    statements where nothing ran out.

    Raises:
        SlotsBusyError: the slots were locked by others for too long; the transaction is lost.
    """
    with patient():
        locked = _lock_taken(holders)
        if not locked:
            return frozenset()
        with connection.cursor() as cursor:
            cursor.execute(CONFIRM, {"holders": list(holders), "locked": locked, "at": at})
            fallen = cursor.fetchall()
        return _taken_again(fallen, locked, at) if fallen else frozenset()


def release_slots(holders: Collection[UUID], *, at: datetime) -> None:
    """Give back the places of holders, held or firm; what was given back already stays so.

    Raises:
        SlotsBusyError: the slots were locked by others for too long; the transaction is lost.
    """
    del at  # given back is given back, whatever the hour
    with patient():
        locked = _lock_taken(holders)
        if locked:
            with connection.cursor() as cursor:
                cursor.execute(GIVE_BACK, {"holders": list(holders), "locked": locked})


def expire_slot_holds(*, at: datetime, most: int = 500) -> int:
    """Let go of holds that ran out; tell how many.

    This only tidies: a hold that ran out counts for nothing before as after. Slots that somebody
    is busy with are left for the next time.
    """
    overdue = SlotHold.objects.filter(state=HoldState.HELD, expires_at__lte=at)
    slots = list(overdue.order_by("expires_at").values_list("slot", flat=True)[:most])
    if not slots:
        return 0
    with transaction.atomic():
        locked = lock_idle_slots(slots)
        count = overdue.filter(slot__in=locked).update(state=HoldState.RELEASED)
        recount(locked)
    return count


def forget_old_slots(*, at: datetime) -> int:
    """Erase what was held in slots over a year ago, and slots that nobody has; tell how many.

    Orders keep their own record of when and where.
    """
    SlotHold.objects.filter(slot__ends_at__lte=at - timedelta(days=KEPT_DAYS)).delete()
    given_back = SlotHold.objects.filter(
        state=HoldState.RELEASED, slot__ends_at__lte=at - timedelta(days=IDLE_DAYS)
    )
    given_back.delete()
    idle = SlotCount.objects.filter(ends_at__lte=at - timedelta(days=IDLE_DAYS), holds=None)
    return idle.delete()[0]


def recount(slots: Sequence[int]) -> None:
    """Count anew what is booked in slots that the caller has locked."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"slots": list(slots)})


def _lock_taken(holders: Collection[UUID]) -> list[int]:
    """Lock the counts of the slots that holders have a place in, in order."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TAKEN, {"holders": list(holders), "patience": patience.PATIENCE})
        return [pk for (pk,) in cursor.fetchall()]


def _taken_again(
    fallen: Sequence[tuple[int, UUID, int, datetime]], locked: Sequence[int], at: datetime
) -> frozenset[UUID]:
    """Take back places that ran out, first come first served; return the holders without luck."""
    gone = SlotHold.objects.filter(slot__in=locked, state=HoldState.HELD, expires_at__lte=at)
    gone.update(state=HoldState.RELEASED)
    with connection.cursor() as cursor:
        cursor.execute(ROOM, {"locked": list(locked), "at": at})
        room = dict(cursor.fetchall())
    lucky, unlucky = [], set()
    for pk, holder, slot, _held_at in sorted(fallen, key=itemgetter(3, 0)):
        if room.get(slot, 0) > 0:
            room[slot] -= 1
            lucky.append(pk)
        else:
            unlucky.add(holder)
    sources = sorted(HOLD_TRANSITIONS.sources_of(HoldState.FIRM))
    SlotHold.objects.filter(pk__in=lucky, state__in=sources).update(
        state=HoldState.FIRM, expires_at=None
    )
    recount(locked)
    return frozenset(unlucky)
