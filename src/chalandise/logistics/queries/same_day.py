"""What can still be collected on the day it is ordered: a slot is left, and time enough to prepare."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F

from chalandise.directory.hours.walltime import instant
from chalandise.logistics.models import PickupPoint, SlotCount
from chalandise.logistics.places import Place
from chalandise.logistics.queries.counts import full_starts
from chalandise.logistics.queries.places import place_of_point
from chalandise.logistics.queries.rows import points_of_shops

QUARTER_SECONDS = 900
FullSlots = frozenset[tuple[int, datetime]]


@dataclass(frozen=True)
class SameDay:
    """The points where some shops hand over, and the slots that are full there.

    Attributes:
        places: the points of each shop, its own counter and the pooled ones it brings to.
        full: the slots to come that have no place left, by way and start.
    """

    places: Mapping[int, Collection[Place]]
    full: Collection[tuple[str, int]]

    def quarters(self, shop: int, *, lead_minutes: int, at: datetime, days: int) -> set[int]:
        """Return the quarter-hours since 1970 throughout which an order can be collected that day.

        Args:
            shop: the establishment.
            lead_minutes: the time its goods need.
            at: the first local day is that of this moment.
            days: how many local days to look at.
        """
        found: set[int] = set()
        for place in self.places.get(shop, ()):
            today = at.astimezone(place.zone).date()
            for ahead in range(days):
                on = today + timedelta(days=ahead)
                midnight = instant(on, 0, place.zone)
                starts = [
                    one.starts
                    for one in place.on(on).windows
                    if one.capacity and (place.way_key, one.starts) not in self.full
                ]
                if starts:
                    found.update(_in_time(place, midnight, max(starts), lead_minutes))
        return found


def same_day_of(shops: Iterable[int], *, at: datetime) -> SameDay:
    """Return where and when some shops hand over, as things stand: two statements."""
    ids = set(shops)
    places: dict[int, list[Place]] = {pk: [] for pk in ids}
    for point in points_of_shops(ids, today=at.date()):
        own = point.establishment_id
        for pk in [own] if own is not None else [row["shop"] for row in point.services or ()]:
            place = place_of_point(point, pk)
            if place is not None:
                places[pk].append(place)
    ways = {place.way_key for some in places.values() for place in some}
    return SameDay(places, full_starts(ways, at=at) if ways else set())


def full_slots(first: datetime, last: datetime) -> FullSlots:
    """Return the slots of points that have no place left between two moments; one query."""
    rows = SlotCount.objects.filter(
        point__isnull=False, starts_at__gte=first, starts_at__lt=last, booked__gte=F("capacity")
    )
    return frozenset(rows.values_list("point_id", "starts_at"))


def booked_slots(first: datetime, last: datetime) -> FullSlots:
    """Return the slots of points that anybody ever asked for between two moments; one query."""
    rows = SlotCount.objects.filter(point__isnull=False, starts_at__gte=first, starts_at__lt=last)
    return frozenset(rows.values_list("point_id", "starts_at"))


def shops_at(points: Collection[int]) -> set[int]:
    """Return the shops that hand over at some points; one query."""
    if not points:
        return set()
    rows = PickupPoint.objects.filter(pk__in=points).values_list(
        "establishment_id", "services__establishment_id"
    )
    return {pk for pair in rows for pk in pair} - {None}


def _in_time(place: Place, midnight: int, starts: int, lead_minutes: int) -> range:
    """Return the quarters of a day whose end is early enough for the slot at ``starts``.

    The earlier one orders, the earlier one collects: the last such quarter is found by halving.
    """
    quarters = range(midnight // QUARTER_SECONDS, starts // QUARTER_SECONDS)

    def lateness(quarter: int) -> int:
        end = datetime.fromtimestamp((quarter + 1) * QUARTER_SECONDS, UTC)
        earliest = place.earliest(end, lead_minutes)
        return int(earliest is None or earliest > starts)

    return quarters[: bisect_left(quarters, 1, key=lateness)]
