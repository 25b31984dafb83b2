"""What a page needs in order to speak of hours: facts, which templates turn into sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from .schedule import Closing, Day, DayTimes, Schedule


class StatusKind(StrEnum):
    """The cases a sentence has to tell apart."""

    OPEN_ALWAYS = "open_always"
    OPEN_UNTIL = "open_until"
    CLOSING_SOON = "closing_soon"
    OPENS_TODAY = "opens_today"
    OPENS_TOMORROW = "opens_tomorrow"
    OPENS_LATER = "opens_later"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class StatusFacts:
    """The status at a moment, in the establishment's own time.

    `at` is the time of closing or opening, `weekday` (0 Monday) and `days_ahead` its day;
    `minutes_left` counts down to closing. `holiday` and `closing` explain a closed day.
    """

    kind: StatusKind
    at: time | None = None
    weekday: int | None = None
    days_ahead: int = 0
    minutes_left: int | None = None
    holiday: str | None = None
    closing: Closing | None = None
    comment: str = ""


@dataclass(frozen=True)
class DayGroup:
    """Consecutive days with the same times, `first` and `last` as weekdays (0 Monday)."""

    first: int
    last: int
    times: tuple[DayTimes, ...]
    days: tuple[Day, ...]


def status_facts(schedule: Schedule, at: datetime) -> StatusFacts:
    """What can be said of the schedule at a moment."""
    status = schedule.status(at)
    now = at.astimezone(schedule.zone)
    today = now.date()
    if status.is_open:
        if status.closes_at is None:
            return StatusFacts(StatusKind.OPEN_ALWAYS, comment=status.comment)
        return StatusFacts(
            StatusKind.CLOSING_SOON if status.closing_soon else StatusKind.OPEN_UNTIL,
            at=status.closes_at.time(),
            weekday=status.closes_at.weekday(),
            days_ahead=(status.closes_at.date() - today).days,
            minutes_left=int(status.closes_at.timestamp() - at.timestamp()) // 60,
            comment=status.comment,
        )
    [day, *_] = schedule.week(today)
    if status.is_unknown:
        return StatusFacts(StatusKind.UNKNOWN, comment=status.comment, holiday=day.holiday)
    if status.opens_at is None:
        return StatusFacts(StatusKind.CLOSED, holiday=day.holiday, closing=day.closing)
    ahead = (status.opens_at.date() - today).days
    kinds = {0: StatusKind.OPENS_TODAY, 1: StatusKind.OPENS_TOMORROW}
    return StatusFacts(
        kinds.get(ahead, StatusKind.OPENS_LATER),
        at=status.opens_at.time(),
        weekday=status.opens_at.weekday(),
        days_ahead=ahead,
        holiday=day.holiday,
        closing=day.closing,
    )


def grouped_days(week: Sequence[Day]) -> tuple[DayGroup, ...]:
    """The days of a week, neighbours with the same times put together.

    A day with a holiday or a closing of its own stays alone, so that its reason can be told.
    """
    groups: list[DayGroup] = []
    for day in week:
        weekday = day.on.weekday()
        last = groups[-1] if groups else None
        is_special = day.holiday is not None or day.closing is not None
        if (
            last is not None
            and last.times == day.times
            and not is_special
            and last.days[-1].holiday is None
            and last.days[-1].closing is None
        ):
            groups[-1] = DayGroup(last.first, weekday, last.times, (*last.days, day))
        else:
            groups.append(DayGroup(weekday, weekday, day.times, (day,)))
    return tuple(groups)
