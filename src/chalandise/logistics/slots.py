"""Slots of a place, in plain Python: wall times of local days turned into instants.

A slot is a wall-clock thing: « mercredi, 10 h – 10 h 30 ». Each local day stands for itself: its open
stretches are cut at midnight, and each stretch is divided from its opening, so that 08:00–12:30 by 60
minutes gives 08:00, 09:00, 10:00, 11:00 and nothing after. On the night the clocks go forward, a
slot that would start at a time that does not exist is not; on the night they go back, the doubled
hour is offered once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chalandise.directory.hours import Closing, HoursError, Schedule
from chalandise.directory.hours.walltime import instant, local
from chalandise.kernel.holidays import is_public_holiday

DAY_MINUTES = 1440


@dataclass(frozen=True)
class Stretch:
    """A half-open stretch ``[starts, ends)`` in seconds since the epoch."""

    starts: int
    ends: int


@dataclass(frozen=True)
class Timetable:
    """When a place is open: hours in OSM syntax, and where its clock and calendar hang."""

    hours: str
    timezone: str = "Europe/Paris"
    holiday_zone: str = "metropole"
    closings: tuple[Closing, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    def near(self, on: date) -> Timetable:
        """The same with no other closings than those that touch the day or the night before."""
        if not self.closings:
            return self
        eve = on - timedelta(days=1)
        near = tuple(one for one in self.closings if one.starts_on <= on and one.ends_on >= eve)
        return Timetable(self.hours, self.timezone, self.holiday_zone, near)


@dataclass(frozen=True)
class Round:
    """A stretch of every week: a weekday from Monday as 0, minutes of its day."""

    weekday: int
    starts: int
    ends: int


def slots_on(timetable: Timetable, on: date, slot_minutes: int) -> tuple[Stretch, ...]:
    """Return the slots of one local day, in order; none where the hours cannot be read."""
    return _slots_on(timetable.near(on), on, slot_minutes)


@lru_cache(maxsize=8192)
def _slots_on(timetable: Timetable, on: date, slot_minutes: int) -> tuple[Stretch, ...]:
    zone = timetable.zone
    found: list[Stretch] = []
    for opens, closes in open_minutes(timetable, on):
        for minute in range(opens, closes - slot_minutes + 1, slot_minutes):
            slot = _on_the_wall(on, minute, minute + slot_minutes, zone)
            if slot is not None:
                found.append(slot)
    return tuple(found)


def open_minutes(timetable: Timetable, on: date) -> list[tuple[int, int]]:
    """Return the open stretches of a local day, in minutes of its wall clock, merged and in order."""
    zone = timetable.zone
    try:
        schedule = Schedule(
            timetable.hours,
            timezone=timetable.timezone,
            holiday_zone=timetable.holiday_zone,
            closings=timetable.closings,
        )
    except HoursError:
        return []
    midnight = local(instant(on, 0, zone), zone)
    next_midnight = local(instant(on, DAY_MINUTES, zone), zone)
    merged: list[tuple[int, int]] = []
    for one in schedule.intervals(midnight, next_midnight):
        if one.is_unknown:
            continue
        opens, closes = _minute(one.starts_at, on), _minute(one.ends_at, on)
        if merged and merged[-1][1] == opens:
            merged[-1] = (merged[-1][0], closes)
        else:
            merged.append((opens, closes))
    return merged


def rounds_on(
    rounds: Sequence[Round], timetable: Timetable, on: date, *, works_on_holidays: bool
) -> list[tuple[int, Stretch]]:
    """Return the rounds of one local day in order, each with its place in ``rounds``.

    There are none on an exceptional closing, and on a public holiday only where asked for.
    """
    if any(one.starts_on <= on <= one.ends_on for one in timetable.closings):
        return []
    if not works_on_holidays and is_public_holiday(timetable.holiday_zone, on):
        return []
    found = [
        (index, stretch)
        for index, one in enumerate(rounds)
        if one.weekday == on.weekday()
        and (stretch := _on_the_wall(on, one.starts, one.ends, timetable.zone)) is not None
    ]
    return sorted(found, key=lambda pair: pair[1].starts)


def counts_from(at: datetime, zone: ZoneInfo, cutoff: time | None) -> int:
    """Return when the work on an order of ``at`` begins: now, or next midnight after the cut-off."""
    here = at.astimezone(zone)
    if cutoff is not None and here.time() >= cutoff:
        return instant(here.date() + timedelta(days=1), 0, zone)
    return -(-int(at.timestamp() * 1_000_000) // 1_000_000)


@dataclass(frozen=True)
class Bringing:
    """How a merchant brings to a pooled point: by a time, on some weekdays, never when closed.

    ``shut`` are the exceptional closings of the point itself.
    """

    bring_by: time
    weekdays: tuple[int, ...] = ()
    lead_minutes: int = 0
    closings: tuple[Closing, ...] = ()
    shut: tuple[Stretch, ...] = ()

    def moments(self, first: date, days: int, zone: ZoneInfo) -> Iterator[int]:
        """Return the moments of bringing over local days, in order."""
        for n in range(days):
            on = first + timedelta(days=n)
            if self.weekdays and on.weekday() not in self.weekdays:
                continue
            if any(one.starts_on <= on <= one.ends_on for one in self.closings):
                continue
            moment = instant(on, minute_of(self.bring_by), zone)
            if not any(one.starts <= moment < one.ends for one in self.shut):
                yield moment

    def first_after(self, ready: int, zone: ZoneInfo, *, days: int) -> int | None:
        """Return the first moment of bringing at which something ready at ``ready`` can travel."""
        first = local(ready, zone).date()
        return next((one for one in self.moments(first, days, zone) if one >= ready), None)

    def last_before(self, due: int, zone: ZoneInfo, *, days: int = 60) -> int | None:
        """Return the last moment of bringing that comes no later than ``due``."""
        first = local(due, zone).date() - timedelta(days=days - 1)
        found = None
        for one in self.moments(first, days, zone):
            if one <= due:
                found = one
        return found


def minute_of(wall: time) -> int:
    """Return the minute of the day of a wall time."""
    return wall.hour * 60 + wall.minute


def _minute(moment: datetime, on: date) -> int:
    return DAY_MINUTES if moment.date() > on else moment.hour * 60 + moment.minute


def _on_the_wall(on: date, starts: int, ends: int, zone: ZoneInfo) -> Stretch | None:
    """Return the instants of two wall times of a day; None where the first does not exist."""
    first, last = instant(on, starts, zone), instant(on, ends, zone)
    here = local(first, zone)
    if here.hour * 60 + here.minute != starts or first >= last:
        return None
    return Stretch(first, last)
