"""Times, dates, distances and telephone numbers as a reader expects them.

French typography binds the parts of an hour with narrow no-break spaces (« 18 h 30 » never breaks
at the end of a line) and a number to its unit with a no-break space.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chalandise.kernel.money import euros
from chalandise.kernel.telephones import dialled

NARROW = "\u202f"
BOUND = "\u00a0"


def speaks_french() -> bool:
    """Return whether the page is being written in French."""
    return (get_language() or "fr").startswith("fr")


def clock(value: dt.time | dt.datetime | str, *, in_words: bool = False) -> str:
    """Write an hour: « 18 h 30 », « 19 h », « midi » when ``in_words``; `6:30 pm` in English.

    Args:
        value: a time, an aware instant (shown in the active time zone) or text such as `18:30`.
            `24:00`, the midnight that ends a day, is always said in words.
        in_words: say noon and midnight.
    """
    hour, minute = _hour_and_minute(value)
    if hour == 24:
        return _("midnight")
    if in_words and minute == 0 and hour in (0, 12):
        return _("noon") if hour == 12 else _("midnight")
    if speaks_french():
        return f"{hour}{NARROW}h{NARROW}{minute:02d}" if minute else f"{hour}{NARROW}h"
    half = "am" if hour % 24 < 12 else "pm"
    twelve = hour % 12 or 12
    return f"{twelve}:{minute:02d}{BOUND}{half}" if minute else f"{twelve}{BOUND}{half}"


def _hour_and_minute(value: dt.time | dt.datetime | str) -> tuple[int, int]:
    if isinstance(value, str):
        hours, _colon, minutes = value.partition(":")
        return int(hours), int(minutes or 0)
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.hour, value.minute


def calendar_day(value: dt.date, form: str = "day") -> str:
    """Write a date: « 20 novembre », « 1er novembre 2026 », « vendredi 20 novembre ».

    Args:
        value: a date, or an aware instant (its day in the active time zone).
        form: ``day``, ``full`` (with the year), ``weekday``, ``long`` (weekday and year),
            ``short`` (« ven. 20 », where the month is said nearby).
    """
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return _day_words(value.year, value.month, value.day, form, get_language())


def near_day(value: dt.date, today: dt.date, form: str = "short") -> str:
    """Write a date as somebody says it: « aujourd’hui », « demain », else « mardi 24 novembre ».

    Args:
        value: the date.
        today: the date where the reader stands.
        form: ``short``, or ``dated``, which adds the date: « aujourd’hui, dimanche 22 novembre ».
    """
    day = calendar_day(value, "weekday")
    near = {0: _("today"), 1: _("tomorrow")}.get((value - today).days)
    if near is None:
        return day
    return f"{near}, {day}" if form == "dated" else near


@lru_cache(maxsize=2048)
def _day_words(year: int, month: int, day: int, form: str, language: str | None) -> str:
    del language  # part of the key: the names of days and months are translated here
    value = dt.date(year, month, day)
    number = "1er" if value.day == 1 and speaks_french() else str(value.day)
    if form == "short":
        name = formats.date_format(value, "D")
        return f"{name.lower()}.{BOUND}{number}" if speaks_french() else f"{name}{BOUND}{number}"
    words = f"{number}{BOUND}{formats.date_format(value, 'F')}"
    if form in ("weekday", "long"):
        words = f"{formats.date_format(value, 'l')} {words}"
    if form in ("full", "long"):
        words = f"{words} {value.year}"
    return words


def duration(minutes: int) -> str:
    """Write how long: « 45 min », « 1 h 27 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{BOUND}min"
    return f"{hours}{NARROW}h{NARROW}{rest:02d}" if rest else f"{hours}{NARROW}h"


def metres(value: float) -> str:
    """Write a distance: « 450 m », « 1,2 km », « 12 km »."""
    if value < 995:
        rounded = 10 * round(value / 10) if value >= 20 else max(1, round(value))
        return f"{rounded}{BOUND}m"
    kilometres = value / 1000
    if kilometres >= 9.95:
        return f"{round(kilometres)}{BOUND}km"
    text = f"{kilometres:.1f}".removesuffix(".0")
    return f"{text.replace('.', ',') if speaks_french() else text}{BOUND}km"


def counted(value: int) -> str:
    """Write how many: « 1 234 », `1,234` in English."""
    text = f"{value:,}"
    return text.replace(",", BOUND) if speaks_french() else text


def money(cents: int) -> str:
    """Write a sum: « 1 234,50 € »; `€1,234.50` in English."""
    if speaks_french():
        return euros(cents)
    sign = "−" if cents < 0 else ""
    return f"{sign}€{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def percentage(basis_points: int) -> str:
    """Write a rate given in basis points: « 5,5 % », `5.5%` in English."""
    text = f"{basis_points // 100}.{basis_points % 100:02d}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',')}{BOUND}%" if speaks_french() else f"{text}%"


def telephone(value: str) -> str:
    """Write an E.164 number as it is dialled from France: « 05 65 00 00 00 »."""
    said = dialled(value)
    return said if said == value else said.replace(" ", BOUND)  # what is no number may break


def typed_telephone(value: str) -> str:
    """Write an E.164 number as one types it into a form: « 05 65 00 00 00 »; blank stays blank."""
    return dialled(value) if value else ""
