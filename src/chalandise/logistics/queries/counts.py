"""What is left in slots, with holds that ran out counting for nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from chalandise.logistics.models import SlotCount
from chalandise.logistics.places import Place, Window
from chalandise.logistics.states import HoldState
from chalandise.logistics.values import Slot

LONGEST_SLOT = timedelta(days=1)


@dataclass(frozen=True)
class Taken:
    """A stretch of a way in which places are taken."""

    starts: int
    ends: int
    booked: int
    capacity: int


class Counts:
    """What is taken in the slots of some ways at a moment."""

    def __init__(self, rows: Iterable[SlotCount]) -> None:
        self._taken: dict[str, list[Taken]] = defaultdict(list)
        self._capacity: dict[tuple[str, int], int] = {}
        for row in rows:
            starts, ends = int(row.starts_at.timestamp()), int(row.ends_at.timestamp())
            live: int = getattr(row, "live", row.booked)
            self._taken[row.way_key].append(Taken(starts, ends, live, row.capacity))
            self._capacity[row.way_key, starts] = row.capacity

    def left(self, place: Place, window: Window) -> int:
        """Return the places left in a slot; bookings of a former grid that overlap it count too."""
        booked = sum(
            one.booked
            for one in self._taken.get(place.way_key, ())
            if one.starts < window.ends and one.ends > window.starts
        )
        capacity = self._capacity.get((place.way_key, window.starts), window.capacity)
        return max(0, capacity - booked)


def counts_of(way_keys: Iterable[str], *, first: datetime, last: datetime, at: datetime) -> Counts:
    """Return what is taken in the slots of some ways between two moments: one statement."""
    rows = live_counts(at).filter(
        way_key__in=list(way_keys), starts_at__gt=first - LONGEST_SLOT, starts_at__lt=last
    )
    return Counts(rows)


def live_counts(at: datetime) -> QuerySet[SlotCount]:
    """Counts with ``live``, the places taken by holds that have not run out at ``at``."""
    return SlotCount.objects.annotate(live=_live(at)).order_by("way_key", "starts_at")


def full_starts(way_keys: Iterable[str], *, at: datetime) -> set[tuple[str, int]]:
    """Return the slots to come that have no place left, by way and start: one statement."""
    rows = (
        SlotCount.objects.filter(way_key__in=list(way_keys), starts_at__gte=at)
        .filter(booked__gte=F("capacity"))
        .annotate(live=_live(at))
        .values_list("way_key", "starts_at", "capacity", "live")
    )
    return {
        (way_key, int(starts_at.timestamp()))
        for way_key, starts_at, capacity, live in rows
        if live >= capacity
    }


def _live(at: datetime) -> Count:
    standing = Q(holds__state=HoldState.FIRM) | Q(
        holds__state=HoldState.HELD, holds__expires_at__gt=at
    )
    return Count("holds", filter=standing)


def with_room(
    place: Place, windows: Iterable[Window], counts: Counts
) -> Iterator[tuple[Window, int]]:
    """Return those of ``windows`` that have a place left, with how many."""
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
