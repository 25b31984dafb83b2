"""The week as a merchant writes it: seven days, up to three openings each, and the holidays.

Plain Python between the form's grid and OSM syntax. What a week cannot say (seasons, the first
Sunday of the month) is recognised, so that a screen never silently flattens it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from itertools import pairwise

from chalandise.directory.hours import Schedule

DAY_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MOST_OPENINGS = 3
_DAY = 24 * 60
_PLAIN_MONDAY = date(2026, 9, 7)  # a week without any public holiday, in every zone
_A_YEAR = tuple(date.fromordinal(_PLAIN_MONDAY.toordinal() + 7 * n) for n in range(53))
_BY_APPOINTMENT = "sur rendez-vous"


@dataclass(frozen=True)
class Opening:
    """From one time to another; an end at or before the start belongs to the next day."""

    start: time
    end: time


@dataclass(frozen=True)
class Week:
    """What the grid holds.

    Attributes:
        days: for each day from Monday, its openings in order.
        opens_on_holidays: public holidays are like other days.
        by_appointment: outside these hours, one may ask to come.
    """

    days: tuple[tuple[Opening, ...], ...] = ((),) * 7
    opens_on_holidays: bool = False
    by_appointment: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing was said."""
        return not any(self.days) and not self.by_appointment


@dataclass(frozen=True)
class Reading:
    """A stored value as a week.

    Attributes:
        week: what the grid shows.
        is_whole: the grid says all of it; otherwise seasons or exceptions hide behind.
    """

    week: Week = field(default_factory=Week)
    is_whole: bool = True


def write_week(week: Week) -> str:
    """Return the week in OSM syntax; blank when nothing was said."""
    if week.is_blank:
        return ""
    groups: dict[tuple[Opening, ...], list[str]] = {}
    for code, openings in zip(DAY_CODES, week.days, strict=True):
        if openings:
            groups.setdefault(openings, []).append(code)
    rules = [
        f"{','.join(codes)} {','.join(_span(one) for one in openings)}"
        for openings, codes in groups.items()
    ]
    if rules:  # holidays are named either way: hours that forget them are doubted on those days
        rules += [f"PH {one}" for one in rules] if week.opens_on_holidays else ["PH off"]
    text = "; ".join(rules)
    if week.by_appointment:
        asked = f'unknown "{_BY_APPOINTMENT}"'
        text = f"{text} || {asked}" if text else asked
    return text


def read_week(value: str, *, timezone: str = "Europe/Paris", zone: str = "metropole") -> Reading:
    """Return a stored value as a week, and whether the week says all of it."""
    if not value:
        return Reading()
    schedule = Schedule(value, timezone=timezone, holiday_zone=zone)
    days = _days(schedule, _PLAIN_MONDAY)
    by_appointment = _BY_APPOINTMENT in value.lower()
    likely = any(days) and "PH" not in value
    guesses = [Week(days, on_holidays, by_appointment) for on_holidays in (likely, not likely)]
    for week in guesses:
        if _says(week, value, schedule, timezone=timezone, zone=zone):
            return Reading(week)
    return Reading(guesses[0], is_whole=False)


def _says(week: Week, value: str, schedule: Schedule, *, timezone: str, zone: str) -> bool:
    """Whether the week says all that the stored value says, on every day of a year."""
    written = write_week(week)
    if not written or written == value:
        return written == value
    again = Schedule(written, timezone=timezone, holiday_zone=zone)
    return all(again.week(monday) == schedule.week(monday) for monday in _A_YEAR)


def copy_day(week: Week, source: int, targets: Sequence[int]) -> Week:
    """Return the week with one day's openings written on others."""
    days = list(week.days)
    for target in targets:
        days[target] = days[source]
    return Week(tuple(days), week.opens_on_holidays, week.by_appointment)


def faults_of(openings: Sequence[Opening]) -> str:
    """Return what is wrong with the openings of one day, in one word, or nothing."""
    spans = sorted((_minutes(one.start), _end(one)) for one in openings)
    if any(start == end % _DAY and end != _DAY for start, end in spans):
        return "same"
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        return "overlap"
    return "long" if any(end - start > _DAY for start, end in spans) else ""


def _days(schedule: Schedule, monday: date) -> tuple[tuple[Opening, ...], ...]:
    return tuple(
        tuple(
            Opening(_time(one.start), _time(one.end % _DAY))
            for one in day.times
            if not one.is_unknown
        )[:MOST_OPENINGS]
        for day in schedule.week(monday)
    )


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _minutes(value: time) -> int:
    return value.hour * 60 + value.minute


def _end(one: Opening) -> int:
    end = _minutes(one.end)
    return end if end > _minutes(one.start) else end + _DAY


def _span(one: Opening) -> str:
    end = "24:00" if one.end == time(0) else f"{one.end:%H:%M}"
    return f"{one.start:%H:%M}-{end}"


def sorted_openings(openings: Sequence[Opening]) -> tuple[Opening, ...]:
    """Return openings in the order of the day."""
    return tuple(sorted(openings, key=lambda one: one.start))


def as_mapping(week: Week, prefix: str) -> Mapping[str, str]:
    """Return the week as the fields of the grid."""
    fields: dict[str, str] = {}
    for number, openings in enumerate(week.days):
        for place, one in enumerate(openings):
            fields[f"{prefix}-{number}-{place}-from"] = f"{one.start:%H:%M}"
            fields[f"{prefix}-{number}-{place}-to"] = f"{one.end:%H:%M}"
    return fields
