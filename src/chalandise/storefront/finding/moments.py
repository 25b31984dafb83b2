"""« Ouvert samedi à 18 h 30 »: a moment that a visitor names, on the clock of the portal."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chalandise.directory.hours.walltime import instant, local
from chalandise.discovery.documents import HORIZON_DAYS
from chalandise.portals.models import Portal
from chalandise.portals.queries import timezone_of
from chalandise.web.formatting import clock, near_day

DAYS_ASKED = HORIZON_DAYS - 1
"""As many days can be chosen, today the first: the index knows one more, whatever the time zone."""

_BACK = dt.timedelta(hours=23)
"""How far back: the index forgets what was open a day ago."""
_TIMES = [f"{hour:02d}:{minute}" for hour in range(5, 24) for minute in ("00", "30")]
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)")


@dataclass(frozen=True)
class Moment:
    """A moment on the clock of the portal.

    Attributes:
        at: the instant; a wall time that does not exist is the moment when the clocks change.
        words: « demain à 18 h 30 », « samedi 28 novembre à 9 h ».
        day: « demain », « samedi 28 novembre ».
    """

    at: dt.datetime
    words: str
    day: str


@dataclass(frozen=True)
class MomentForm:
    """The two fields that ask for a moment.

    Attributes:
        days, times: value, label, and whether it is chosen.
        is_on: a moment narrows the list.
        kept: what else the address says, carried on.
    """

    days: tuple[tuple[str, str, bool], ...]
    times: tuple[tuple[str, str, bool], ...]
    is_on: bool
    kept: tuple[tuple[str, str], ...]


def fold_moment(query: QueryDict) -> None:
    """Turn the two fields of the form, ``day`` and ``time``, into one parameter: ``open``."""
    day, time = (query.pop(name, [""])[-1] for name in ("day", "time"))
    if day and time:
        query["open"] = f"{day}T{time[:5]}"


def is_moment(text: str) -> bool:
    """Tell whether ``open`` names a moment."""
    return _MOMENT.fullmatch(text) is not None


def read_moment(text: str, portal: Portal, *, at: dt.datetime) -> Moment | None:
    """Return the moment that ``open`` names, None where there is none or it is not on offer."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    zone = ZoneInfo(timezone_of(portal))
    today = at.astimezone(zone).date()
    try:
        day = dt.date.fromisoformat(found[1])
        dt.time(int(found[2]), int(found[3]))
    except ValueError:
        return None
    if not 0 <= (day - today).days < DAYS_ASKED:
        return None
    moment = local(instant(day, int(found[2]) * 60 + int(found[3]), zone), zone)
    if not at - _BACK < moment < at + dt.timedelta(days=DAYS_ASKED):
        return None
    words = {"day": near_day(moment.date(), today), "time": clock(moment.time())}
    return Moment(moment, _("%(day)s at %(time)s") % words, words["day"])


def moment_form(
    query: QueryDict, portal: Portal, moment: Moment | None, *, at: dt.datetime
) -> MomentForm:
    """Return the form: the days ahead by name, the next full hour unless a moment is chosen."""
    zone = ZoneInfo(timezone_of(portal))
    here = at.astimezone(zone)
    today = here.date()
    chosen = moment.at if moment else here.replace(minute=0) + dt.timedelta(hours=1)
    days = [today + dt.timedelta(days=ahead) for ahead in range(DAYS_ASKED)]
    return MomentForm(
        days=tuple([(day.isoformat(), near_day(day, today), day == chosen.date()) for day in days]),
        times=_times(f"{chosen:%H:%M}", get_language()),
        is_on=moment is not None,
        kept=tuple(
            [
                (name, value)
                for name, values in query.lists()
                if name not in ("open", "cursor", "bbox")
                for value in values
            ]
        ),
    )


@lru_cache(maxsize=256)
def _times(chosen: str, language: str | None) -> tuple[tuple[str, str, bool], ...]:
    """Return the half hours of a day of trade, and whatever hour is chosen."""
    del language  # part of the key: hours are written as one reads them
    times = sorted({*_TIMES, chosen})
    return tuple([(one, clock(one), one == chosen) for one in times])
