"""Open, closing soon or closed, in one short sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from chalandise.web.formatting import calendar_day, clock


class OpenStatusLike(Protocol):
    """What the schedule of an establishment answers about one moment."""

    @property
    def is_open(self) -> bool:
        """Whether the door is open."""

    @property
    def closes_at(self) -> dt.datetime | None:
        """When it closes next; none if never."""

    @property
    def opens_at(self) -> dt.datetime | None:
        """When it opens next; none if unknown."""

    @property
    def is_unknown(self) -> bool:
        """Whether one has to ask."""

    @property
    def comment(self) -> str:
        """What the source says of this moment, such as « sur rendez-vous »."""

    @property
    def closing_soon(self) -> bool:
        """Whether it closes within the hour."""

    @property
    def holiday(self) -> str:
        """The public holiday of which the hours say nothing; blank on other days."""


@dataclass(frozen=True)
class StatusSentence:
    """How the status is said: a tone for the dot, the main words, and what follows."""

    tone: str
    label: str
    detail: str = ""


UNKNOWN = "unknown"


def say_status(
    status: OpenStatusLike | None, *, at: dt.datetime, zone: str = "Europe/Paris"
) -> StatusSentence:
    """Return the sentence for ``status`` at the moment ``at`` in the establishment's own zone."""
    if status is None:
        return StatusSentence(UNKNOWN, _("Opening hours to be confirmed"))
    if status.is_unknown:
        said = status.comment[:1].upper() + status.comment[1:]
        return StatusSentence(UNKNOWN, said or _("Opening hours to be confirmed"))
    local = ZoneInfo(zone)
    here = at.astimezone(local)
    if status.is_open:
        return _say_open(status, here, local)
    if status.opens_at is None:
        return StatusSentence("closed", _("Closed"))
    opens = status.opens_at.astimezone(local)
    said = _say_opening(opens, here)
    if status.holiday:
        said = _("%(opens)s, to be confirmed: public holiday") % {"opens": said}
    return StatusSentence("closed", _("Closed"), said)


def _say_open(status: OpenStatusLike, here: dt.datetime, local: ZoneInfo) -> StatusSentence:
    if status.closes_at is None or status.closes_at - here > dt.timedelta(hours=30):
        return StatusSentence("open", _("Open"))
    closes = clock(status.closes_at.astimezone(local).time(), in_words=True)
    doubt = _("to be confirmed: public holiday") if status.holiday else ""
    if status.closing_soon:
        return StatusSentence("closing", _("Closes at %(time)s") % {"time": closes}, doubt)
    return StatusSentence("open", _("Open until %(time)s") % {"time": closes}, doubt)


def _say_opening(opens: dt.datetime, here: dt.datetime) -> str:
    time = clock(opens.time(), in_words=True)
    days = (opens.date() - here.date()).days
    if days <= 0:
        return _("opens at %(time)s") % {"time": time}
    if days == 1:
        return _("opens tomorrow at %(time)s") % {"time": time}
    if days < 7:
        day = formats.date_format(opens, "l")
        return _("opens on %(day)s at %(time)s") % {"day": day, "time": time}
    return _("opens on the %(date)s") % {"date": calendar_day(opens)}
