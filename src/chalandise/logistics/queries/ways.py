"""The ways from merchants to a customer, and their slots."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.models import DeliveryZone, ShippingRate
from chalandise.logistics.places import Day, Place, Window
from chalandise.logistics.queries.counts import (
    Counts,
    counts_of,
    full_starts,
    slot_of,
    with_room,
)
from chalandise.logistics.queries.places import place_of_point, place_of_zone
from chalandise.logistics.queries.rows import (
    PointRow,
    RateRow,
    ZoneRow,
    offers_of_shops,
    points_of_keys,
    zones_of_keys,
)
from chalandise.logistics.rates import fee_of
from chalandise.logistics.states import WayKind, ZoneKind
from chalandise.logistics.values import Destination, OpenDay, Slot, SlotDay, Way
from chalandise.territories.shapes import distance_metres, holds

NOTHING: Mapping[int, int] = {}


@dataclass(frozen=True)
class SlotsWanted:
    """Which slots are looked for: from how soon on, over how many days."""

    lead_minutes: int
    days: int
    there_by: datetime | None = None


def ways_of(
    establishments: Iterable[Establishment],
    *,
    destination: Destination | None = None,
    subtotals: Mapping[int, int] = NOTHING,
    weights: Mapping[int, int] = NOTHING,
    lead_minutes: Mapping[int, int] = NOTHING,
    at: datetime,
    looks_for_slots: bool = True,
) -> dict[int, list[Way]]:
    """Return the ways each establishment offers: two statements whatever the number.

    Args:
        establishments: the merchants' shops.
        destination: where the customer lives; without it nothing is proposed to be brought.
        subtotals: what is ordered of each, in cents, by establishment.
        weights: what it weighs, in grams.
        lead_minutes: the time its goods need.
        at: now.
        looks_for_slots: whether to look for the first slot of each, the second statement.
    """
    found = _offered(establishments, destination, subtotals, weights, at)
    if not looks_for_slots:
        return {
            pk: [
                replace(way, needs_slot=place is not None, place=place)
                for way, place in _sorted(pairs)
            ]
            for pk, pairs in found.items()
        }
    places = [place for pairs in found.values() for _way, place in pairs if place is not None]
    full = full_starts({one.way_key for one in places}, at=at) if places else set()
    return {
        pk: [
            _with_first(way, place, full, lead_minutes.get(pk, 0), at)
            for way, place in _sorted(pairs)
        ]
        for pk, pairs in found.items()
    }


def who_brings(establishment_ids: Collection[int]) -> set[int]:
    """Return which establishments bring or send anywhere at all: two statements."""
    found: set[int] = set()
    for model in (DeliveryZone, ShippingRate):
        rows = model.objects.filter(establishment__in=establishment_ids, is_active=True)
        found.update(rows.values_list("establishment", flat=True))
    return found


def days_of(
    establishments: Iterable[Establishment],
    *,
    destination: Destination | None = None,
    subtotals: Mapping[int, int] = NOTHING,
    weights: Mapping[int, int] = NOTHING,
    lead_minutes: Mapping[int, int] = NOTHING,
    at: datetime,
    days: int = 7,
) -> dict[int, list[tuple[Way, list[OpenDay]]]]:
    """Return the ways each establishment offers with their days: two statements.

    As `ways_of` and `slots_of` say it, for all at once; ``first_slot`` is left out. A round whose
    minimum is not reached stands here too, without days, where the shop brings nothing otherwise.
    """
    offered = _offered(establishments, destination, subtotals, weights, at, tells_short=True)
    found = {pk: _without_needless(pairs) for pk, pairs in offered.items()}
    proposed = {
        (pk, way.key): list(place.proposed_days(at, lead_minutes.get(pk, 0), days=days))
        for pk, pairs in found.items()
        for way, place in pairs
        if place is not None
    }
    counts = _counts_over({key for _pk, key in proposed}, proposed.values(), at)
    return {
        pk: [
            (
                way if place is None else replace(way, needs_slot=True),
                [] if place is None else _open_days(place, proposed[pk, way.key], counts),
            )
            for way, place in _sorted(pairs)
        ]
        for pk, pairs in found.items()
    }


def _offered(
    establishments: Iterable[Establishment],
    destination: Destination | None,
    subtotals: Mapping[int, int],
    weights: Mapping[int, int],
    at: datetime,
    *,
    tells_short: bool = False,
) -> dict[int, list[tuple[Way, Place | None]]]:
    """Return the ways by establishment, each with the place whose slots it has, if any."""
    shops = {one.pk: one for one in establishments}
    found: dict[int, list[tuple[Way, Place | None]]] = {pk: [] for pk in shops}
    today = at.date()
    offered = offers_of_shops(shops, today=today, brings=destination is not None)
    for point in offered.points:
        for pk in shops:
            place = place_of_point(point, pk)
            if place is not None:
                found[pk].append((_way_to_point(point, pk), place))
    if destination is not None:
        for zone in offered.zones:
            pk = zone.shop_id or 0
            way = _way_into_zone(zone, subtotals.get(pk, 0))
            if (tells_short or not way.missing_cents) and covers(zone, destination):
                found[pk].append((way, None if way.missing_cents else place_of_zone(zone)))
    for rate in offered.rates:
        pk = rate.shop_id
        parcel = _way_by_parcel(rate, subtotals.get(pk, 0), weights.get(pk, 0), destination)
        if parcel is not None:
            found[pk].append((parcel, None))
    return found


def _without_needless(pairs: list[tuple[Way, Place | None]]) -> list[tuple[Way, Place | None]]:
    """Keep of the rounds that are not reached the nearest, and none where the shop brings anyway."""
    rounds = [way for way, _place in pairs if way.kind == WayKind.DELIVERY]
    least = min((way.missing_cents for way in rounds), default=0)
    nearest = next((way for way in rounds if way.missing_cents == least), None)
    return [pair for pair in pairs if not pair[0].missing_cents or (least and pair[0] is nearest)]


def _counts_over(
    way_keys: Iterable[str], proposed: Iterable[Sequence[Day]], at: datetime
) -> Counts:
    """Return what is taken in the slots of some ways, from the first proposed to the last."""
    some = [days for days in proposed if days]
    if not some:
        return Counts(())
    first = min(days[0].windows[0].starts_at for days in some)
    last = max(days[-1].windows[-1].ends_at for days in some) + timedelta(seconds=1)
    return counts_of(way_keys, first=first, last=last, at=at)


def _open_days(place: Place, days: Sequence[Day], counts: Counts) -> list[OpenDay]:
    listed = ((day.on, counts.times(place, day)) for day in days)
    return [OpenDay(on, times) for on, times in listed if times]


def slots_of(
    way_key: str,
    establishment: Establishment,
    *,
    lead_minutes: int = 0,
    at: datetime,
    days: int = 7,
    there_by: datetime | None = None,
) -> list[SlotDay]:
    """Return the slots with a place left, by local day: two statements.

    A way without slots (a parcel, a zone without rounds) has none. ``there_by`` says when the goods
    are known to be there all the same, for somebody who has a slot already.

    Raises:
        NotFoundError: no such way from this establishment.
    """
    place = find_place(way_key, establishment.pk, today=at.date())
    if place is None:
        return []
    wanted = SlotsWanted(lead_minutes, days, there_by)
    return list(_by_day(place, _slots(place, wanted, at=at)))


def next_slots(place: Place, *, after: datetime, lead_minutes: int, at: datetime) -> list[Slot]:
    """Return the three slots with a place left that are nearest to a moment, in order."""
    slots = _slots(place, SlotsWanted(lead_minutes, 0), at=at)
    return sorted(
        sorted(slots, key=lambda one: abs(one.starts_at - after))[:3],
        key=lambda one: one.starts_at,
    )


def find_place(way_key: str, establishment_id: int, *, today: date) -> Place | None:
    """Return the place a way leads to, None for a way without slots: one statement.

    Raises:
        NotFoundError: no such way from this establishment.
    """
    kind, _colon, number = way_key.partition(":")
    if not number.isdecimal() or len(number) > 18:
        raise NotFoundError
    pk = int(number)
    place: Place | None = None
    if kind == "pickup":
        for point in points_of_keys([pk], [establishment_id], today=today):
            place = place_of_point(point, establishment_id)
        if place is None:
            raise NotFoundError
        return place
    if kind == "delivery":
        for zone in zones_of_keys([pk], today=today):
            if zone.shop_id == establishment_id:
                return place_of_zone(zone)
        raise NotFoundError
    mine = ShippingRate.objects.filter(pk=pk, establishment=establishment_id, is_active=True)
    if kind == "shipping" and mine.exists():
        return None
    raise NotFoundError


def covers(zone: ZoneRow, destination: Destination) -> bool:
    """Tell whether a zone reaches somebody; a place not known precisely is outside."""
    if zone.kind == ZoneKind.COMMUNES:
        return destination.commune_key in zone.commune_keys
    latitude, longitude = destination.latitude, destination.longitude
    if latitude is None or longitude is None:
        return False
    if zone.kind == ZoneKind.POLYGON:
        return zone.polygon is not None and holds(zone.polygon, latitude, longitude)
    if zone.shop_latitude is None or zone.shop_longitude is None or zone.radius_metres is None:
        return False
    away = distance_metres(zone.shop_latitude, zone.shop_longitude, latitude, longitude)
    return away <= zone.radius_metres


def _slots(place: Place, wanted: SlotsWanted, *, at: datetime) -> list[Slot]:
    windows = list(
        place.proposed(at, wanted.lead_minutes, days=wanted.days, there_by=wanted.there_by)
    )
    if not windows:
        return []
    first, last = windows[0].starts_at, windows[-1].ends_at + timedelta(seconds=1)
    counts = counts_of([place.way_key], first=first, last=last, at=at)
    return [slot_of(place, window, left) for window, left in with_room(place, windows, counts)]


def _by_day(place: Place, slots: list[Slot]) -> Iterator[SlotDay]:
    for on, some in groupby(slots, key=lambda one: one.starts_at.date()):
        yield SlotDay(on, tuple(some))


def _with_first(
    way: Way, place: Place | None, full: set[tuple[str, int]], lead_minutes: int, at: datetime
) -> Way:
    if place is None:
        return way
    first: Window | None = next(
        (
            one
            for one in place.proposed(at, lead_minutes)
            if one.capacity and (way.key, one.starts) not in full
        ),
        None,
    )
    slot = None if first is None else slot_of(place, first, first.capacity)
    return replace(way, needs_slot=True, first_slot=slot)


def _way_to_point(point: PointRow, establishment_id: int) -> Way:
    is_own = point.establishment_id is not None
    service = point.service_of(establishment_id) or {}
    return Way(
        key=point.way_key,
        kind=WayKind.PICKUP if is_own else WayKind.POINT,
        label=point.name or point.shop_name or "",
        address=point.address or point.shop_address,
        fee_cents=service.get("fee", 0),
        needs_slot=True,
        timezone=point.timezone,
        point_id=point.id,
        latitude=point.shop_latitude if is_own else point.latitude,
        longitude=point.shop_longitude if is_own else point.longitude,
    )


def _way_into_zone(zone: ZoneRow, subtotal_cents: int) -> Way:
    missing = max(0, zone.minimum_order_cents - subtotal_cents)
    return Way(
        key=zone.way_key,
        kind=WayKind.DELIVERY,
        label=zone.name,
        address="",
        fee_cents=fee_of(zone.rate, subtotal_cents=subtotal_cents) or 0,
        needs_slot=False,
        timezone=zone.timezone,
        zone_id=zone.id,
        minimum_cents=zone.minimum_order_cents if missing else 0,
        missing_cents=missing,
        is_by_bicycle=zone.is_by_bicycle,
    )


def _way_by_parcel(
    rate: RateRow, subtotal_cents: int, weight_grams: int, destination: Destination | None
) -> Way | None:
    overseas = destination is not None and destination.commune_key[8:10] in {"97", "98"}
    fee = fee_of(rate.rate, subtotal_cents=subtotal_cents, weight_grams=weight_grams)
    if fee is None or (overseas and rate.is_mainland_only):
        return None
    return Way(
        key=rate.way_key,
        kind=WayKind.SHIPPING,
        label=rate.name,
        address="",
        fee_cents=fee,
        needs_slot=False,
        timezone=rate.timezone,
        rate_id=rate.id,
    )


def _sorted(pairs: Iterable[tuple[Way, Place | None]]) -> list[tuple[Way, Place | None]]:
    return sorted(pairs, key=lambda pair: _order(pair[0]))


def _order(way: Way) -> tuple[int, int, str]:
    """Sort the shop's counter first, then pooled points, then what is brought, cheapest first."""
    return (list(WayKind).index(WayKind(way.kind)), way.fee_cents, way.key)
