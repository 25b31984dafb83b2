"""Opening hours as schema.org `OpeningHoursSpecification`, for the JSON-LD of a page."""

from datetime import date, timedelta
from typing import Any

from .printing import clock
from .schedule import Closing, DayTimes, Schedule
from .syntax import DAY_MINUTES
from .weekly import WeeklyHours

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_AHEAD_DAYS = 14

Specification = dict[str, Any]


def opening_hours_specification(schedule: Schedule, *, on: date) -> list[Specification]:
    """The hours as seen on a date.

    A plain week is given by weekday. A value that changes with the season is given day by day
    for the two weeks to come, which is always true and never more than is known; stretches of
    unknown state are left out.
    """
    week = WeeklyHours.from_value(schedule.value)
    specifications = _dated(schedule, on) if week is None else _weekly(week)
    return specifications + [
        _closed(closing) for closing in schedule.closings if closing.ends_on >= on
    ]


def _weekly(week: WeeklyHours) -> list[Specification]:
    found: dict[tuple[int, int], list[str]] = {}
    for day, ranges in zip(_DAYS, week.days, strict=True):
        for times in ranges:
            found.setdefault(times, []).append(day)
    specifications = [
        _specification(start, end, dayOfWeek=[f"https://schema.org/{day}" for day in days])
        for (start, end), days in found.items()
    ]
    if week.holidays is not None:
        specifications += [
            _specification(start, end, dayOfWeek=["https://schema.org/PublicHolidays"])
            for start, end in week.holidays or ((0, 0),)
        ]
    return specifications


def _dated(schedule: Schedule, on: date) -> list[Specification]:
    specifications: list[Specification] = []
    for offset in range(0, _AHEAD_DAYS, 7):
        for day in schedule.week(on + timedelta(days=offset)):
            if day.closing is not None:
                continue
            known: list[DayTimes] = [times for times in day.times if not times.is_unknown]
            specifications += [
                _specification(
                    times.start,
                    times.end,
                    validFrom=day.on.isoformat(),
                    validThrough=day.on.isoformat(),
                )
                for times in known
            ]
    return specifications


def _closed(closing: Closing) -> Specification:
    """Closed days, said as schema.org asks: opening and closing at the same time."""
    return _specification(
        0,
        0,
        validFrom=closing.starts_on.isoformat(),
        validThrough=closing.ends_on.isoformat(),
    )


def _specification(start: int, end: int, **when: Any) -> Specification:
    """One range; a whole day ends at 23:59, a night with the clock of the next day."""
    closes = "23:59" if end == DAY_MINUTES else clock(end % DAY_MINUTES)
    return {
        "@type": "OpeningHoursSpecification",
        "opens": clock(start),
        "closes": closes,
        **when,
    }
