"""How near a seller without VAT is to having to collect it (CGI, art. 293 B). Pure.

The platform knows what was sold through it and nothing else: what it says is a floor, and it says so.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from chalandise.catalogue.vat import zone_of

NEAR_PERCENT = 80
_DATA = Path(__file__).parent.parent / "data" / "franchise_thresholds.toml"


class Step(StrEnum):
    """How far a turnover has come, the nearest first."""

    NEAR = "near"  # 80 % of the threshold
    PASSED = "passed"  # the franchise ends on 1 January
    RAISED = "raised"  # it ends at once

    @property
    def rank(self) -> int:
        """Return 0 for the nearest."""
        return list(Step).index(self)


class Part(StrEnum):
    """Which turnover a threshold is about."""

    GOODS = "goods"  # all of it
    SERVICES = "services"


@dataclass(frozen=True)
class Threshold:
    """The two sums of one threshold."""

    base_cents: int
    raised_cents: int


@dataclass(frozen=True)
class Turnover:
    """What a seller sold here in a year, refunds taken off."""

    all_cents: int
    services_cents: int


@dataclass(frozen=True)
class Nearness:
    """How near one turnover is to its threshold."""

    part: Part
    step: Step
    cents: int
    threshold: Threshold

    @property
    def percent(self) -> int:
        """Return the share of the threshold, rounded down."""
        return self.cents * 100 // self.threshold.base_cents


def thresholds_of(departement: str, *, on: date) -> dict[Part, Threshold]:
    """Return the thresholds of a place on a day; none where there is no VAT."""
    zone = zone_of(departement)
    begun = [one for one in _periods() if one["zone"] == zone and one["from"] <= on]
    if not begun:
        return {}
    last = max(begun, key=lambda one: one["from"])
    return {part: Threshold(last[part]["base"], last[part]["raised"]) for part in Part}


def nearness_of(turnover: Turnover, *, departement: str, on: date) -> list[Nearness]:
    """Return what is near or passed, of the whole turnover first; nothing below 80 %."""
    cents = {Part.GOODS: turnover.all_cents, Part.SERVICES: turnover.services_cents}
    return [
        Nearness(part, step, cents[part], threshold)
        for part, threshold in thresholds_of(departement, on=on).items()
        if (step := _step(cents[part], threshold)) is not None
    ]


def _step(cents: int, threshold: Threshold) -> Step | None:
    if cents > threshold.raised_cents:
        return Step.RAISED
    if cents > threshold.base_cents:
        return Step.PASSED
    return Step.NEAR if cents * 100 >= threshold.base_cents * NEAR_PERCENT else None


@cache
def _periods() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))["period"]
    return found
