"""The word « soldes » belongs to two seasons a year (C. com. L310-3); pure Python over `data/soldes.toml`.

A warning and never a block: the merchant knows the goods, the prefect may have moved the days.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chalandise.kernel.holidays import is_public_holiday
from chalandise.kernel.text import fold

_DATA = Path(__file__).parent / "data" / "soldes.toml"
_WORD = re.compile(r"\bsold(?:e|es|er|ee|ees)\b")
_SATURDAY = 5


@dataclass(frozen=True)
class Season:
    """One season of one year: from a morning to the last day included."""

    starts_at: datetime
    ends_on: date

    def holds(self, at: datetime) -> bool:
        """Tell whether a moment, by the same clock, lies within."""
        return self.starts_at <= at and at.date() <= self.ends_on


def says_soldes(texts: Iterable[str]) -> bool:
    """Tell whether one of the texts uses the word, or one made of it."""
    return any(_WORD.search(fold(text)) for text in texts)


def is_out_of_season(texts: Iterable[str], here: datetime) -> bool:
    """Tell whether one of the texts uses the word while no season runs for what is sold online.

    Args:
        texts: what customers read.
        here: the moment, by the clock of the shop.
    """
    return says_soldes(texts) and not next_season(here).holds(here)


def seasons_of(year: int, *, departement: str = "", zone: str = "Europe/Paris") -> list[Season]:
    """Return the seasons of a year, the first first.

    Args:
        year: in which they begin.
        departement: whose own days count; blank for the national ones, which sales online follow.
        zone: the clock of the place.
    """
    document = _document()
    found = [
        _season(document, _rule(document, name, departement), year, zone)
        for name in ("winter", "summer")
    ]
    return sorted(found, key=lambda one: one.starts_at)


def next_season(at: datetime, *, departement: str = "") -> Season:
    """Return the season under way, else the next."""
    zone = str(at.tzinfo)
    both = [
        *seasons_of(at.year, departement=departement, zone=zone),
        *seasons_of(at.year + 1, departement=departement, zone=zone),
    ]
    return next(one for one in both if at.date() <= one.ends_on)


def _rule(document: Mapping[str, Any], name: str, departement: str) -> Mapping[str, Any]:
    seasons = [one for one in document["season"] if one["name"] == name]
    own = [one for one in seasons if departement in one["departements"]]
    rule: Mapping[str, Any] = (own or [one for one in seasons if not one["departements"]])[0]
    return rule["begins"]  # type: ignore[no-any-return] # TOML tells no types


def _season(document: Mapping[str, Any], rule: Mapping[str, Any], year: int, zone: str) -> Season:
    first = _first_day(rule, year)
    opens: time = document["opens_at"]
    last = first + timedelta(weeks=document["weeks"], days=-1)
    return Season(datetime.combine(first, opens, tzinfo=ZoneInfo(zone)), last)


def _first_day(rule: Mapping[str, Any], year: int) -> date:
    begin = date(year, rule["month"], 1)
    if rule.get("first_working_day"):
        day = begin
        while day.weekday() > _SATURDAY or is_public_holiday("metropole", day):
            day += timedelta(days=1)
        return day
    if "after" in rule:
        begin = begin.replace(day=rule["after"] + 1)
    day = begin + timedelta(days=(rule["weekday"] - 1 - begin.weekday()) % 7)
    if rule.get("nth", 1) > 0:
        day += timedelta(weeks=rule.get("nth", 1) - 1)
    else:
        while (day + timedelta(weeks=1)).month == rule["month"]:
            day += timedelta(weeks=1)
    return day - timedelta(weeks=1) if day.day > rule.get("latest", 31) else day


@cache
def _document() -> Mapping[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))
