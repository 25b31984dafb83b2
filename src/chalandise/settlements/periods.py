"""Days, months and years of the calendar, as closures and statements take them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chalandise.settlements.states import Period


@dataclass(frozen=True)
class Span:
    """From a day to a day, both included."""

    starts_on: date
    ends_on: date


def span_of(period: Period, on: date) -> Span:
    """Return the day, month or year that contains ``on``."""
    if period == Period.DAY:
        return Span(on, on)
    if period == Period.YEAR:
        return Span(on.replace(month=1, day=1), on.replace(month=12, day=31))
    return month(on.year, on.month)


def month(year: int, number: int) -> Span:
    """Return one month."""
    first = date(year, number, 1)
    after = date(year + 1, 1, 1) if number == 12 else date(year, number + 1, 1)
    return Span(first, after - timedelta(days=1))


def quarter_of(on: date) -> int:
    """Return 1 to 4."""
    return (on.month + 2) // 3
