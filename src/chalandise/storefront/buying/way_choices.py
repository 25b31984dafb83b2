"""The second screen of the checkout: how to get each merchant's things, and when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from chalandise.directory.models import Establishment
from chalandise.logistics.queries import who_brings
from chalandise.logistics.values import OpenDay, Way
from chalandise.ordering.actions.checkout import WayWish
from chalandise.ordering.models import Checkout, CheckoutPart
from chalandise.ordering.queries.checkouts import days_for, destination_of, parts_of
from chalandise.web.formatting import calendar_day, clock

DAYS_SHOWN = 8
LONGEST_NOTE = 500
YEARS = range(2000, 3000)  # beyond, a moment cannot be told in another zone
_WAY_FIELD = re.compile(r"way-([0-9]{1,18})")
Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class WayChoice:
    """One way that a merchant offers, with its slots by day.

    Attributes:
        options: its slots, as options by day.
        open_days: the same, by day.
        is_on: whether it is the one chosen, or proposed first.
    """

    way: Way
    options: SafeString
    is_on: bool = False
    open_days: Sequence[OpenDay] = ()

    @property
    def is_possible(self) -> bool:
        """Whether it can be chosen: it needs no slot, or has one left."""
        return not self.way.missing_cents and (bool(self.options) or not self.way.needs_slot)


@dataclass(frozen=True)
class MerchantChoice:
    """What the customer chooses at one merchant.

    Attributes:
        gathered: names of the shops whose things come along in a gift basket.
        problem: what is wrong with the choice, as a sentence.
        note: the word to the shop, as it was typed last.
        lacks: where there is no way, what is missing for one: ``address``, ``reach`` or nothing.
    """

    part: CheckoutPart
    shop: Establishment
    ways: list[WayChoice]
    gathered: list[str]
    problem: str = ""
    lacks: str = ""
    note: str = ""

    @property
    def is_stuck(self) -> bool:
        """Whether none of its ways can be had as things are: full, or too small an order."""
        return bool(self.ways) and not any(one.is_possible for one in self.ways)


def merchant_choices(
    checkout: Checkout,
    said: Mapping[str, str],
    problems: Mapping[int, str],
    *,
    at: dt.datetime,
) -> list[MerchantChoice]:
    """Return what may be chosen at each merchant, with what was said so far."""
    parts = parts_of(checkout)
    ways = days_for(checkout, parts, at=at, days=DAYS_SHOWN)
    gathered: dict[int, list[str]] = {}
    for part in parts:
        if part.gathered_by_id is not None:
            gathered.setdefault(part.gathered_by_id, []).append(part.establishment.name)
    without = [part.establishment_id for part in parts if not ways.get(part.establishment_id)]
    bringing = who_brings(without) if without else set()
    lack = "reach" if destination_of(checkout) else "address"
    return [
        MerchantChoice(
            part=part,
            shop=part.establishment,
            ways=_choices(part, ways.get(part.establishment_id, []), said),
            gathered=gathered.get(part.pk, []),
            problem=problems.get(part.establishment_id, ""),
            lacks=lack if part.establishment_id in bringing else "",
            note=said.get(f"note-{part.establishment_id}", part.note)[:LONGEST_NOTE],
        )
        for part in parts
        if part.gathered_by_id is None
    ]


def wishes_of(said: Mapping[str, str]) -> dict[int, WayWish]:
    """Return what a form wishes, by establishment; what it leaves blank is left out."""
    wishes = {}
    for field, key in said.items():
        found = _WAY_FIELD.fullmatch(field)
        if found is None or not key:
            continue
        pk = int(found[1])
        note = said.get(f"note-{pk}", "").replace("\x00", "")[:LONGEST_NOTE]
        wishes[pk] = WayWish(key, _moment(said.get(slot_field(pk, key), "")), note)
    return wishes


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year not in YEARS:
        return None
    return moment


def slot_field(establishment_id: int, way_key: str) -> str:
    """Name the field of the slots of one way."""
    return f"slot-{establishment_id}-{way_key}"


def _choices(
    part: CheckoutPart, ways: Sequence[tuple[Way, list[OpenDay]]], said: Mapping[str, str]
) -> list[WayChoice]:
    shop = part.establishment
    choices = [_choice(part, way, days, said) for way, days in ways]
    first = next((one.way.key for one in choices if one.is_possible), "")
    chosen = said.get(f"way-{shop.pk}") or part.way_key or first
    return [replace(one, is_on=one.way.key == chosen) for one in choices]


def _choice(
    part: CheckoutPart, way: Way, open_days: list[OpenDay], said: Mapping[str, str]
) -> WayChoice:
    field = slot_field(part.establishment_id, way.key)
    kept = ""
    if part.way_key == way.key and part.starts_at is not None:
        kept = part.starts_at.astimezone(ZoneInfo(way.timezone)).isoformat()
    slot = said.get(field) or kept
    options = _days(way, open_days, part, kept, slot) if way.needs_slot else SafeString()
    return WayChoice(way, options, open_days=open_days)


def _days(
    way: Way, open_days: list[OpenDay], part: CheckoutPart, kept: str, slot: str
) -> SafeString:
    """Return the slots with a place left, and the one that is held for this very customer."""
    windows = [(one.on, one.windows) for one in open_days]
    if kept and part.starts_at is not None and part.ends_at is not None:
        held = (int(part.starts_at.timestamp()), int(part.ends_at.timestamp()))
        if not any(held[0] == starts for _on, some in windows for starts, _ends in some):
            on = part.starts_at.astimezone(ZoneInfo(way.timezone)).date()
            windows.insert(0, (on, (held,)))
    chosen = _moment(slot)
    moment = int(chosen.timestamp()) if chosen is not None else 0
    language = get_language() or ""
    drawn = [
        (_options(on, some, way.timezone, language, moment if _has(some, moment) else 0),)
        for on, some in windows
    ]
    return format_html_join("", "{}", drawn)


def _has(windows: Windows, moment: int) -> bool:
    return any(starts == moment for starts, _ends in windows)


@lru_cache(maxsize=4096)
def _options(
    on: dt.date, windows: Windows, timezone: str, language: str, chosen: int
) -> SafeString:
    """Draw the slots of one day, the same for every customer but for the one chosen.

    Each begins with its day: a closed list shows what was chosen without the heading of its group.
    """
    del language  # what the words depend on
    zone = ZoneInfo(timezone)
    short = calendar_day(on, "short")
    drawn = []
    for starts, ends in windows:
        begins = dt.datetime.fromtimestamp(starts, dt.UTC).astimezone(zone)
        closes = dt.datetime.fromtimestamp(ends, dt.UTC).astimezone(zone)
        words = f"{short} · {clock(begins.time())} – {clock(closes.time())}"
        mark = " selected" if starts == chosen else ""
        drawn.append((begins.isoformat(), mark, words))
    day = calendar_day(on, "weekday").capitalize()
    options = format_html_join("", '<option value="{}"{}>{}</option>', drawn)
    return format_html('<optgroup label="{}">{}</optgroup>', day, options)
