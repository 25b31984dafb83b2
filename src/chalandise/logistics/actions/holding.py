"""A place in a slot: held, made firm, given back, let go.

Whoever writes a hold first locks the counts of its slots, in the order of way and start, in one
statement; what is read after that is what is written upon. One holder has one writer at a time: its
checkout is locked by the room that owns it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from chalandise.logistics.actions.statements import LOCK, RECOUNT, TRY
from chalandise.logistics.errors import (
    HoldIsFirmError,
    SlotFullError,
    SlotGoneError,
    SlotsBusyError,
)
from chalandise.logistics.models import SlotCount, SlotHold
from chalandise.logistics.places import Place, Window
from chalandise.logistics.queries.counts import live_counts, slot_of
from chalandise.logistics.queries.places import (
    place_of_point,
    place_of_zone,
    points_with_all,
    zones_with_all,
)
from chalandise.logistics.queries.ways import next_slots
from chalandise.logistics.states import HOLD_TRANSITIONS, HoldState
from chalandise.logistics.values import Slot, SlotChoice

PATIENCE = "3s"
_TRIES = 3


@dataclass(frozen=True)
class _Wish:
    holder: UUID
    choice: SlotChoice
    place: Place
    window: Window
    is_late: bool


@dataclass(frozen=True)
class _Answer:
    slot_id: int
    asked: int
    taken: int
    capacity: int


def hold_slots(
    wanted: Mapping[UUID, SlotChoice], *, until: datetime, at: datetime
) -> dict[UUID, Slot]:
    """Hold a place for each holder until a moment: all of them, or none.

    A holder's former hold is replaced, so asking again for the same changes only until when. Holds
    that ran out are let go on the way. Four statements at most, whatever the number of holders.

    Args:
        wanted: what each holder wishes.
        until: when the holds run out.
        at: now.

    Returns:
        The slot of each holder, with what is left in it.

    Raises:
        SlotGoneError: a slot is not proposed, or no longer.
        SlotFullError: a slot has no place left.
        HoldIsFirmError: a holder has a booked slot.
        SlotsBusyError: the slots were locked by others for too long; the transaction is lost.
    """
    if not wanted:
        return {}
    wishes = _read(wanted, at)
    with transaction.atomic(savepoint=False), _patient():
        answers, firm, late = _tried(wishes, until, at)
    if firm:
        raise HoldIsFirmError(firm)
    for wish in wishes:
        if wish.holder in late:
            raise _gone(wish, at)
        answer = answers[_key(wish)]
        if answer.taken + answer.asked > answer.capacity:
            raise _full(wish, at)
    return {
        wish.holder: slot_of(
            wish.place,
            wish.window,
            answers[_key(wish)].capacity - answers[_key(wish)].taken - answers[_key(wish)].asked,
        )
        for wish in wishes
    }


def confirm_slots(holders: Collection[UUID], *, at: datetime) -> frozenset[UUID]:
    """Make holds firm, and return the holders who have no slot and with whom to arrange one.

    A hold that ran out is taken again while a place is left and the slot is not over; nothing fails
    here, because money may already have been taken. Holders without any hold are passed over.
    """
    with transaction.atomic(savepoint=False), _patient():
        locked = _lock_of(holders)
        holds = {
            one.holder: one
            for one in SlotHold.objects.filter(holder__in=list(holders), slot__in=locked)
        }
        standing = [
            one.pk
            for one in holds.values()
            if one.state == HoldState.HELD and one.expires_at is not None and one.expires_at > at
        ]
        _step(standing, HoldState.FIRM)
        fallen = [
            one
            for one in holds.values()
            if one.state != HoldState.FIRM and one.pk not in set(standing)
        ]
        return frozenset(_take_again(fallen, locked, at)) if fallen else frozenset()


def release_slots(holders: Collection[UUID], *, at: datetime) -> None:
    """Give back the places of holders, held or firm; what was given back already stays so."""
    del at  # given back is given back, whatever the hour
    with transaction.atomic(savepoint=False), _patient():
        locked = _lock_of(holders)
        if locked:
            taken = SlotHold.objects.filter(holder__in=list(holders), slot__in=locked)
            taken.filter(state__in=_may_become(HoldState.RELEASED)).update(
                state=HoldState.RELEASED, expires_at=None
            )
            recount(locked)


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
        rows = SlotCount.objects.filter(pk__in=slots).order_by("way_key", "starts_at")
        locked = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        count = overdue.filter(slot__in=locked).update(state=HoldState.RELEASED)
        recount(locked)
    return count


def _read(wanted: Mapping[UUID, SlotChoice], at: datetime) -> list[_Wish]:
    """Find the slot of each wish in what its place proposes: a statement for each kind of way."""
    numbers: dict[str, set[int]] = {"pickup": set(), "delivery": set()}
    for holder, choice in wanted.items():
        kind, _colon, number = choice.way_key.partition(":")
        if kind not in numbers or not number.isdecimal() or len(number) > 18:
            raise SlotGoneError(holder, choice)
        numbers[kind].add(int(number))
    shops = {choice.establishment_id for choice in wanted.values()}
    points, zones = {}, {}
    if numbers["pickup"]:
        rows = points_with_all(shops).filter(pk__in=numbers["pickup"])
        points = {one.way_key: one for one in rows}
    if numbers["delivery"]:
        zones = {one.way_key: one for one in zones_with_all().filter(pk__in=numbers["delivery"])}
    wishes = []
    for holder, choice in wanted.items():
        place = None
        if (point := points.get(choice.way_key)) is not None:
            place = place_of_point(point, choice.establishment_id)
        elif (
            zone := zones.get(choice.way_key)
        ) is not None and zone.establishment_id == choice.establishment_id:
            place = place_of_zone(zone)
        window = None if place is None else place.window_at(choice.starts_at)
        if place is None or window is None:
            raise SlotGoneError(holder, choice, _near(place, choice, at))
        is_late = not place.is_proposed(window, at, choice.lead_minutes)
        wishes.append(_Wish(holder, choice, place, window, is_late))
    return wishes


def _tried(
    wishes: Sequence[_Wish], until: datetime, at: datetime
) -> tuple[dict[tuple[str, int], _Answer], list[UUID], set[UUID]]:
    """Lock, then write if all wishes can be met; once more when a holder's slot moved meanwhile."""
    for _attempt in range(_TRIES):
        locked = lock_slots(wishes)
        missing = next((one for one in wishes if _key(one) not in locked), None)
        if missing is not None:  # its point or its round was closed at this very moment
            raise _gone(missing, at)
        answers, firm, late, has_moved = _written(wishes, locked, until, at)
        if not has_moved:
            return {key: answers[pk] for key, pk in locked.items() if pk in answers}, firm, late
    raise SlotsBusyError


def lock_slots(wishes: Sequence[_Wish]) -> dict[tuple[str, int], int]:
    """Create and lock the counts of the wished slots and of the holders' former ones, in order.

    The capacity comes from the point or the round, share-locked, so that a capacity lowered at the
    same moment is either seen here or sees these counts.
    """
    points = [one for one in wishes if one.place.point_id is not None]
    rounds = [one for one in wishes if one.place.point_id is None]
    with connection.cursor() as cursor:
        cursor.execute(
            LOCK,
            {
                "patience": PATIENCE,
                "point_keys": [one.place.way_key for one in points],
                "point_ids": [one.window.lock_id for one in points],
                "point_starts": [one.window.starts_at for one in points],
                "point_ends": [one.window.ends_at for one in points],
                "round_keys": [one.place.way_key for one in rounds],
                "round_ids": [one.window.lock_id for one in rounds],
                "round_starts": [one.window.starts_at for one in rounds],
                "round_ends": [one.window.ends_at for one in rounds],
                "holders": [one.holder for one in wishes],
            },
        )
        return {
            (way_key, int(starts_at.timestamp())): pk
            for pk, way_key, starts_at in cursor.fetchall()
        }


def _written(
    wishes: Sequence[_Wish], locked: Mapping[tuple[str, int], int], until: datetime, at: datetime
) -> tuple[dict[int, _Answer], list[UUID], set[UUID], bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            TRY,
            {
                "at": at,
                "until": until,
                "locked": list(locked.values()),
                "holders": [one.holder for one in wishes],
                "slots": [locked[_key(one)] for one in wishes],
                "shops": [one.choice.establishment_id for one in wishes],
                "late": [one.is_late for one in wishes],
                "ends": [one.window.ends_at for one in wishes],
            },
        )
        rows = cursor.fetchall()
    answers = {row[0]: _Answer(*row[:4]) for row in rows}
    _pk, _asked, _taken, _capacity, firm, late, has_moved = rows[0]
    return answers, list(firm), set(late), has_moved


def _take_again(fallen: Sequence[SlotHold], locked: Sequence[int], at: datetime) -> list[UUID]:
    """Take back places that ran out, where some are left; return the holders without luck."""
    gone = SlotHold.objects.filter(slot__in=locked, state=HoldState.HELD, expires_at__lte=at)
    gone.update(state=HoldState.RELEASED)
    slots = {one.pk: one for one in live_counts(at).filter(pk__in=locked)}
    room = {pk: one.capacity - int(getattr(one, "live", 0)) for pk, one in slots.items()}
    lucky, unlucky = [], []
    for one in sorted(fallen, key=lambda hold: (hold.held_at, hold.pk)):
        if slots[one.slot_id].ends_at > at and room[one.slot_id] > 0:
            room[one.slot_id] -= 1
            lucky.append(one.pk)
        else:
            unlucky.append(one.holder)
    _step(lucky, HoldState.FIRM)
    recount(locked)
    return unlucky


def _lock_of(holders: Collection[UUID]) -> list[int]:
    """Lock the counts of the slots that holders have a place in, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    rows = SlotCount.objects.filter(
        pk__in=SlotHold.objects.filter(holder__in=list(holders)).values("slot")
    ).order_by("way_key", "starts_at")
    return list(rows.select_for_update().values_list("pk", flat=True))


def _step(holds: Sequence[int], to: HoldState) -> None:
    if holds:
        rows = SlotHold.objects.filter(pk__in=holds, state__in=_may_become(to))
        rows.update(state=to, expires_at=None)


def _may_become(state: HoldState) -> list[str]:
    return sorted(HOLD_TRANSITIONS.sources_of(state))


def recount(slots: Sequence[int]) -> None:
    """Count anew what is booked in slots that the caller has locked."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"slots": list(slots)})


@contextmanager
def _patient() -> Iterator[None]:
    """Say what happened when a lock was not had in time."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise SlotsBusyError from error
        raise


def _key(wish: _Wish) -> tuple[str, int]:
    return wish.place.way_key, wish.window.starts


def _near(place: Place | None, choice: SlotChoice, at: datetime) -> list[Slot]:
    if place is None:
        return []
    return next_slots(place, after=choice.starts_at, lead_minutes=choice.lead_minutes, at=at)


def _gone(wish: _Wish, at: datetime) -> SlotGoneError:
    return SlotGoneError(wish.holder, wish.choice, _near(wish.place, wish.choice, at))


def _full(wish: _Wish, at: datetime) -> SlotFullError:
    slot = replace(slot_of(wish.place, wish.window, 0))
    return SlotFullError(wish.holder, wish.choice, slot, _near(wish.place, wish.choice, at))
