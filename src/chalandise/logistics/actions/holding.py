"""A place in a slot, held while a customer makes up their mind.

Whoever writes a hold first locks the counts of its slots, in the order of way and start, in one
statement; what is read after that is what is written upon. One holder has one writer at a time: its
checkout is locked by the room that owns it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from chalandise.kernel.failpoints import failpoint
from chalandise.logistics.actions import patience
from chalandise.logistics.actions.booking import release_slots
from chalandise.logistics.actions.patience import patient
from chalandise.logistics.actions.statements import LOCK, TRY
from chalandise.logistics.errors import (
    HoldIsFirmError,
    SlotFullError,
    SlotGoneError,
    SlotsBusyError,
)
from chalandise.logistics.places import Place, Window
from chalandise.logistics.queries.counts import slot_of
from chalandise.logistics.queries.places import place_of_point, place_of_zone
from chalandise.logistics.queries.rows import points_of_keys, zones_of_keys
from chalandise.logistics.queries.ways import next_slots
from chalandise.logistics.values import Slot, SlotChoice

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
    wanted: Mapping[UUID, SlotChoice],
    *,
    until: datetime,
    at: datetime,
    giving_back: Collection[UUID] = (),
) -> dict[UUID, Slot]:
    """Hold a place for each holder until a moment: all of them, or none.

    A holder's former hold is replaced, so asking again for the same changes only until when. Holds
    that ran out are let go on the way. Four statements at most, whatever the number of holders.

    Args:
        wanted: what each holder wishes.
        until: when the holds run out.
        at: now.
        giving_back: holders who need no slot any more; their places are given back with it, under
            the same lock.

    Returns:
        The slot of each holder, with what is left in it.

    Raises:
        SlotGoneError: a slot is not proposed, or no longer.
        SlotFullError: a slot has no place left.
        HoldIsFirmError: a holder has a booked slot.
        SlotsBusyError: the slots were locked by others for too long; the transaction is lost.
    """
    leaving = sorted(set(giving_back) - set(wanted))
    if not wanted:
        if leaving:
            release_slots(leaving, at=at)
        return {}
    return _held(_read(wanted, at), leaving, until, at)


def move_slots(wanted: Mapping[UUID, SlotChoice], *, at: datetime) -> dict[UUID, Slot]:
    """Give each holder another place, firm at once: all of them, or none.

    The former place is given back in the same statement that takes the new one. A holder who lost
    their place gets one again.

    Returns:
        The slot of each holder, with what is left in it.

    Raises:
        SlotGoneError: a slot is not proposed, or no longer.
        SlotFullError: a slot has no place left; nobody has moved.
        SlotsBusyError: the slots were locked by others for too long; the transaction is lost.
    """
    return _held(_read(wanted, at), (), None, at)


def _held(
    wishes: Sequence[_Wish], leaving: Sequence[UUID], until: datetime | None, at: datetime
) -> dict[UUID, Slot]:
    """Take a place for each wish, held until a moment, or firm where there is none."""
    with patient():
        answers, firm, late = _tried(wishes, leaving, until, at)
    failpoint("logistics.slots.held")
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


def _read(wanted: Mapping[UUID, SlotChoice], at: datetime) -> list[_Wish]:
    """Find the slot of each wish in what its place proposes.

    A statement for each kind of way whose place nobody has read yet.
    """
    numbers: dict[str, set[int]] = {"pickup": set(), "delivery": set()}
    for holder, choice in wanted.items():
        kind, _colon, number = choice.way_key.partition(":")
        if kind not in numbers or not number.isdecimal() or len(number) > 18:
            raise SlotGoneError(holder, choice)
        if choice.place is None:
            numbers[kind].add(int(number))
    shops = {choice.establishment_id for choice in wanted.values()}
    points, zones = {}, {}
    if numbers["pickup"]:
        rows = points_of_keys(numbers["pickup"], shops, today=at.date())
        points = {one.way_key: one for one in rows}
    if numbers["delivery"]:
        zones = {one.way_key: one for one in zones_of_keys(numbers["delivery"], today=at.date())}
    wishes = []
    for holder, choice in wanted.items():
        place = choice.place
        if place is None and (point := points.get(choice.way_key)) is not None:
            place = place_of_point(point, choice.establishment_id)
        elif (
            zone := zones.get(choice.way_key)
        ) is not None and zone.shop_id == choice.establishment_id:
            place = place_of_zone(zone)
        window = None if place is None else place.window_at(choice.starts_at)
        if place is None or window is None:
            raise SlotGoneError(holder, choice, _near(place, choice, at))
        is_late = not place.is_proposed(window, at, choice.lead_minutes, there_by=choice.there_by)
        wishes.append(_Wish(holder, choice, place, window, is_late))
    return wishes


def _tried(
    wishes: Sequence[_Wish], leaving: Sequence[UUID], until: datetime | None, at: datetime
) -> tuple[dict[tuple[str, int], _Answer], list[UUID], set[UUID]]:
    """Lock, then write if all wishes can be met; once more when a holder's slot moved meanwhile."""
    for _attempt in range(_TRIES):
        locked = lock_slots(wishes, leaving)
        missing = next((one for one in wishes if _key(one) not in locked), None)
        if missing is not None:  # its point or its round was closed at this very moment
            raise _gone(missing, at)
        answers, firm, late, has_moved = _written(wishes, leaving, locked, until, at)
        if not has_moved:
            return {key: answers[pk] for key, pk in locked.items() if pk in answers}, firm, late
    raise SlotsBusyError


def lock_slots(wishes: Sequence[_Wish], leaving: Sequence[UUID]) -> dict[tuple[str, int], int]:
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
                "patience": patience.PATIENCE,
                "point_keys": [one.place.way_key for one in points],
                "point_ids": [one.window.lock_id for one in points],
                "point_starts": [one.window.starts_at for one in points],
                "point_ends": [one.window.ends_at for one in points],
                "round_keys": [one.place.way_key for one in rounds],
                "round_ids": [one.window.lock_id for one in rounds],
                "round_starts": [one.window.starts_at for one in rounds],
                "round_ends": [one.window.ends_at for one in rounds],
                "holders": [*(one.holder for one in wishes), *leaving],
            },
        )
        return {
            (way_key, int(starts_at.timestamp())): pk
            for pk, way_key, starts_at in cursor.fetchall()
        }


def _written(
    wishes: Sequence[_Wish],
    leaving: Sequence[UUID],
    locked: Mapping[tuple[str, int], int],
    until: datetime | None,
    at: datetime,
) -> tuple[dict[int, _Answer], list[UUID], set[UUID], bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            TRY,
            {
                "at": at,
                "until": until,
                "is_move": until is None,
                "locked": list(locked.values()),
                "holders": [one.holder for one in wishes],
                "leaving": list(leaving),
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


def _key(wish: _Wish) -> tuple[str, int]:
    return wish.place.way_key, wish.window.starts


def _near(place: Place | None, choice: SlotChoice, at: datetime) -> list[Slot]:
    if place is None:
        return []
    return next_slots(place, after=choice.starts_at, lead_minutes=choice.lead_minutes, at=at)


def _gone(wish: _Wish, at: datetime) -> SlotGoneError:
    return SlotGoneError(wish.holder, wish.choice, _near(wish.place, wish.choice, at))


def _full(wish: _Wish, at: datetime) -> SlotFullError:
    slot = slot_of(wish.place, wish.window, 0)
    return SlotFullError(wish.holder, wish.choice, slot, _near(wish.place, wish.choice, at))
