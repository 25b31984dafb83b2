"""What is left in slots, with holds that ran out counting for nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from chalandise.logistics.places import Day, Place, Window
from chalandise.logistics.values import Slot

LONGEST_SLOT = timedelta(days=1)
_LIVE = """(
    SELECT count(*) FROM logistics_slothold h
    WHERE h.slot_id = c.id
        AND (h.state = 'firm' OR (h.state = 'held' AND h.expires_at > %(at)s))
)"""
_COUNTS = f"""
SELECT c.way_key, c.starts_at, c.ends_at, c.capacity, {_LIVE}
FROM logistics_slotcount c
WHERE c.way_key = ANY(%(ways)s) AND c.starts_at > %(first)s AND c.starts_at < %(last)s
"""  # noqa: S608 (joined of constants)
_FULL = f"""
SELECT c.way_key, c.starts_at, c.capacity, {_LIVE}
FROM logistics_slotcount c
WHERE c.way_key = ANY(%(ways)s) AND c.starts_at >= %(at)s AND c.booked >= c.capacity
"""  # noqa: S608 (joined of constants)


@dataclass(frozen=True)
class Taken:
    """A stretch of a way in which places are taken."""

    starts: int
    ends: int
    booked: int


class Counts:
    """What is taken in the slots of some ways at a moment."""

    def __init__(self, rows: Iterable[tuple[str, datetime, datetime, int, int]]) -> None:
        self._taken: dict[str, list[Taken]] = defaultdict(list)
        self._capacity: dict[tuple[str, int], int] = {}
        for way_key, starts_at, ends_at, capacity, live in rows:
            starts, ends = int(starts_at.timestamp()), int(ends_at.timestamp())
            self._taken[way_key].append(Taken(starts, ends, live))
            self._capacity[way_key, starts] = capacity

    def is_free(self, place: Place) -> bool:
        """Tell whether nobody has ever asked for a slot of a place."""
        return place.way_key not in self._taken

    def left(self, place: Place, window: Window) -> int:
        """Return the places left in a slot; bookings of a former grid that overlap it count too."""
        return self._left(place, window, self._taken.get(place.way_key, ()))

    def times(self, place: Place, day: Day) -> tuple[tuple[int, int], ...]:
        """Return start and end of each slot of a day that has a place left."""
        if not day.windows:
            return ()
        first, last = day.windows[0].starts, max(one.ends for one in day.windows)
        near = [
            one
            for one in self._taken.get(place.way_key, ())
            if one.starts < last and one.ends > first
        ]
        if not near:
            return day.times
        touched = {
            one.starts
            for taken in near
            for one in day.windows
            if taken.starts < one.ends and taken.ends > one.starts
        }
        return tuple(
            [
                (one.starts, one.ends)
                for one in day.windows
                if (self._left(place, one, near) if one.starts in touched else one.capacity)
            ]
        )

    def _left(self, place: Place, window: Window, taken: Iterable[Taken]) -> int:
        booked = sum(
            one.booked for one in taken if one.starts < window.ends and one.ends > window.starts
        )
        capacity = self._capacity.get((place.way_key, window.starts), window.capacity)
        return max(0, capacity - booked)


def counts_of(way_keys: Iterable[str], *, first: datetime, last: datetime, at: datetime) -> Counts:
    """Return what is taken in the slots of some ways between two moments: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS,
            {
                "ways": list(way_keys),
                "first": first - LONGEST_SLOT,
                "last": last,
                "at": at,
            },
        )
        return Counts(cursor.fetchall())


def full_starts(way_keys: Iterable[str], *, at: datetime) -> set[tuple[str, int]]:
    """Return the slots to come that have no place left, by way and start: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FULL, {"ways": list(way_keys), "at": at})
        return {
            (way_key, int(starts_at.timestamp()))
            for way_key, starts_at, capacity, live in cursor.fetchall()
            if live >= capacity
        }


def with_room(
    place: Place, windows: Iterable[Window], counts: Counts
) -> Iterator[tuple[Window, int]]:
    """Return those of ``windows`` that have a place left, with how many."""
    if counts.is_free(place):
        yield from ((window, window.capacity) for window in windows if window.capacity)
        return
    for window in windows:
        left = counts.left(place, window)
        if left:
            yield window, left


def slot_of(place: Place, window: Window, left: int) -> Slot:
    """Return a window as customers see it, in local time."""
    zone = place.zone
    return Slot(
        datetime.fromtimestamp(window.starts, UTC).astimezone(zone),
        datetime.fromtimestamp(window.ends, UTC).astimezone(zone),
        left,
    )
