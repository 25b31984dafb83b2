"""When something is in season, in words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from chalandise.web.formatting import speaks_french

_VOWELS = "aeiouyàâéèêëîïôöûü"


def say_season(months: Collection[int]) -> str:
    """Return « d’avril à juin et en décembre »; blank for no month, or for the whole year."""
    wanted = sorted({month for month in months if 1 <= month <= 12})
    if not wanted or len(wanted) == 12:
        return ""
    said = [_say(first, last) for first, last in _stretches(wanted)]
    return _(" and ").join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _stretches(months: list[int]) -> list[tuple[int, int]]:
    """Return the first and last month of each run, in their order; December runs on into January."""
    known = set(months)
    firsts = [month for month in months if _before(month) not in known]
    return [(first, _last_of(first, known)) for first in firsts]


def _before(month: int) -> int:
    return month - 1 or 12


def _last_of(first: int, known: set[int]) -> int:
    last = first
    while last % 12 + 1 in known:
        last = last % 12 + 1
    return last


def _say(first: int, last: int) -> str:
    if first == last:
        return _("in %(month)s") % {"month": _month(first)}
    said = _("from %(first)s to %(last)s") % {"first": _month(first), "last": _month(last)}
    if speaks_french() and _month(first)[0] in _VOWELS:
        return said.replace("de ", "d’", 1)
    return said


def _month(number: int) -> str:
    return formats.date_format(date(2026, number, 1), "F")
