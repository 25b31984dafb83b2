"""The second screen of the checkout: how to get each merchant's things, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chalandise.directory.models import Establishment
from chalandise.logistics.queries import slots_of
from chalandise.logistics.values import Way
from chalandise.ordering.actions.checkout import WayWish
from chalandise.ordering.models import Checkout, CheckoutPart
from chalandise.ordering.queries.checkouts import parts_of, ways_for
from chalandise.web.formatting import calendar_day, clock

DAYS_SHOWN = 8
LONGEST_NOTE = 500
Day = tuple[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class WayChoice:
    """One way that a merchant offers, with its slots by day.

    Attributes:
        field: the name of the field that holds the slot.
        days: pairs of the day in words and its slots (value, words).
        is_on: whether it is the one chosen, or proposed first.
        slot: the slot chosen so far.
    """

    way: Way
    field: str
    days: list[Day]
    is_on: bool
    slot: str

    @property
    def is_possible(self) -> bool:
        """Whether it can be chosen: it needs no slot, or has one left."""
        return bool(self.days) or not self.way.needs_slot


@dataclass(frozen=True)
class MerchantChoice:
    """What the customer chooses at one merchant.

    Attributes:
        gathered: names of the shops whose things come along in a gift basket.
        problem: what is wrong with the choice, as a sentence.
    """

    part: CheckoutPart
    shop: Establishment
    ways: list[WayChoice]
    gathered: list[str]
    problem: str = ""

    @property
    def field(self) -> str:
        """The name of the field that holds the way."""
        return f"way-{self.shop.pk}"

    @property
    def note_field(self) -> str:
        """The name of the field that holds a word to the merchant."""
        return f"note-{self.shop.pk}"


def merchant_choices(
    checkout: Checkout,
    said: Mapping[str, str],
    problems: Mapping[int, str],
    *,
    at: dt.datetime,
) -> list[MerchantChoice]:
    """Return what may be chosen at each merchant, with what was said so far."""
    parts = parts_of(checkout)
    ways = ways_for(checkout, parts, at=at)
    gathered: dict[int, list[str]] = {}
    for part in parts:
        if part.gathered_by_id is not None:
            gathered.setdefault(part.gathered_by_id, []).append(part.establishment.name)
    return [
        MerchantChoice(
            part=part,
            shop=part.establishment,
            ways=_choices(part, ways.get(part.establishment_id, []), said, at),
            gathered=gathered.get(part.pk, []),
            problem=problems.get(part.establishment_id, ""),
        )
        for part in parts
        if part.gathered_by_id is None
    ]


def wishes_of(said: Mapping[str, str], establishment_ids: Sequence[int]) -> dict[int, WayWish]:
    """Return what a form wishes, by establishment; what it leaves blank is left out."""
    wishes = {}
    for pk in establishment_ids:
        key = said.get(f"way-{pk}", "")
        if not key:
            continue
        note = said.get(f"note-{pk}", "").replace("\x00", "")[:LONGEST_NOTE]
        wishes[pk] = WayWish(key, _moment(said.get(_slot_field(pk, key), "")), note)
    return wishes


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _slot_field(establishment_id: int, way_key: str) -> str:
    return f"slot-{establishment_id}-{way_key}"


def _choices(
    part: CheckoutPart, ways: Sequence[Way], said: Mapping[str, str], at: dt.datetime
) -> list[WayChoice]:
    shop = part.establishment
    chosen = said.get(f"way-{shop.pk}") or part.way_key or (ways[0].key if ways else "")
    return [_choice(part, shop, way, said, at, is_on=way.key == chosen) for way in ways]


def _choice(
    part: CheckoutPart,
    shop: Establishment,
    way: Way,
    said: Mapping[str, str],
    at: dt.datetime,
    *,
    is_on: bool,
) -> WayChoice:
    field = _slot_field(shop.pk, way.key)
    kept = ""
    if part.way_key == way.key and part.starts_at is not None:
        kept = part.starts_at.astimezone(ZoneInfo(way.timezone)).isoformat()
    days = _days(shop, way, part, kept, at) if way.needs_slot else []
    return WayChoice(way, field, days, is_on, said.get(field) or kept)


def _days(
    shop: Establishment, way: Way, part: CheckoutPart, kept: str, at: dt.datetime
) -> list[Day]:
    """Return the slots with a place left, and the one that is held for this very customer."""
    found = slots_of(way.key, shop, lead_minutes=part.lead_minutes, at=at, days=DAYS_SHOWN)
    days: list[Day] = []
    for day in found:
        slots = [
            (slot.starts_at.isoformat(), _said(slot.starts_at, slot.ends_at)) for slot in day.slots
        ]
        if slots:
            days.append((calendar_day(day.on, "weekday").capitalize(), slots))
    known = {value for _day, slots in days for value, _words in slots}
    if kept and kept not in known and part.starts_at is not None and part.ends_at is not None:
        zone = ZoneInfo(way.timezone)
        starts, ends = part.starts_at.astimezone(zone), part.ends_at.astimezone(zone)
        days.insert(
            0, (calendar_day(starts.date(), "weekday").capitalize(), [(kept, _said(starts, ends))])
        )
    return days


def _said(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    return f"{clock(starts_at.time())} – {clock(ends_at.time())}"
