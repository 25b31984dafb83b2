"""Opening hours in words: the status of a shop, its week, its closings to come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chalandise.directory.hours import HoursError, Opening, Schedule, schedule_for
from chalandise.directory.models import Establishment
from chalandise.directory.queries import local_day, opening_values
from chalandise.web.cards import DayRow
from chalandise.web.formatting import BOUND, calendar_day, speaks_french
from chalandise.web.openness import StatusSentence, say_status
from chalandise.web.week import day_rows, rows_together

CLOSINGS_AHEAD_DAYS = 60


def schedule_of(opening: Opening | None) -> Schedule | None:
    """Return when a door is open; `None` where nobody knows, or what is known cannot be read."""
    try:
        return schedule_for(opening) if opening else None
    except HoursError:
        return None


def status_of(shop: Establishment, at: dt.datetime) -> StatusSentence:
    """Return « Ouvert jusqu’à 19 h » and its likes, in the shop's own time zone."""
    return say_opening(opening_values(shop), at)


def say_opening(opening: Opening | None, at: dt.datetime) -> StatusSentence:
    """Return « Ouvert jusqu’à 19 h » and its likes: once a minute for all who open alike."""
    return _said(opening, at, get_language())


@lru_cache(maxsize=4096)
def _said(opening: Opening | None, at: dt.datetime, language: str | None) -> StatusSentence:
    del language  # part of the key: the words are translated here
    if opening is None:
        return say_status(None, at=at)
    try:
        status = schedule_for(opening).status(at)
    except HoursError:
        return say_status(None, at=at)
    return say_status(status, at=at, zone=opening.timezone)


def week_of(schedule: Schedule, today: dt.date) -> tuple[DayRow, ...]:
    """Return the seven days of the week of ``today``, from its Monday."""
    return _week(schedule, today - dt.timedelta(days=today.weekday()), get_language())


def short_week_of(schedule: Schedule, today: dt.date) -> tuple[DayRow, ...]:
    """Return the same seven days, those said alike together."""
    return tuple(rows_together(week_of(schedule, today)))


@lru_cache(maxsize=2048)
def _week(schedule: Schedule, monday: dt.date, language: str | None) -> tuple[DayRow, ...]:
    del language  # part of the key: the notes are translated here
    return tuple(day_rows(schedule.week(monday)))


@dataclass(frozen=True)
class ClosingNotice:
    """An exceptional closing to come, in words."""

    sentence: str
    reason: str


def closings_to_come(shop: Establishment, at: dt.datetime) -> list[ClosingNotice]:
    """Return the exceptional closings of the next weeks, soonest first."""
    today = local_day(shop, at)
    horizon = today + dt.timedelta(days=CLOSINGS_AHEAD_DAYS)
    return [
        ClosingNotice(_closing_words(one.starts_on, one.ends_on), one.reason)
        for one in sorted(shop.closings.all(), key=lambda one: one.starts_on)
        if one.ends_on >= today and one.starts_on <= horizon
    ]


def _closing_words(start: dt.date, end: dt.date) -> str:
    if start == end:
        return _("Closed on %(day)s") % {"day": calendar_day(start, "weekday")}
    first = calendar_day(start)
    if (start.year, start.month) == (end.year, end.month) and speaks_french():
        first = first.split(BOUND)[0]  # « du 24 au 26 décembre »
    return _("Closed from %(start)s to %(end)s") % {"start": first, "end": calendar_day(end)}
