"""Opening hours as a caller says them: the words in which the desk's form shows what is known.

Only plain weeks are turned into words, and only when reading the words back gives the same week;
anything finer (public holidays, months, weeks) stays in OSM syntax, which the form takes too.
"""

from __future__ import annotations

import re

from chalandise.directory.hours import normalise

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_FRENCH = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_RULE = re.compile(r"^(?P<days>[A-Za-z,-]+) (?P<times>[\d:,-]+)$")
_Week = dict[str, str]


def say_hours(value: str) -> str:
    """Return the French words of a plain week, or ``value`` itself."""
    week = _week_of(value)
    if not week:
        return value
    words = " ; ".join(f"{_say_days(days)} {_say_times(times)}" for days, times in _grouped(week))
    return words if _week_of(normalise(words).value or "") == week else value


def _week_of(value: str) -> _Week | None:
    """Return the times of each day of a plain week, ``None`` when it is finer than that."""
    week: _Week = {}
    for rule in value.split("; "):
        found = _RULE.match(rule)
        days = _days_of(found["days"]) if found else None
        if not found or not days or week.keys() & set(days):
            return None
        week |= dict.fromkeys(days, found["times"])
    return week


def _days_of(text: str) -> list[str] | None:
    days: list[str] = []
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            return None
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        if end < start:
            return None
        days += _DAYS[start : end + 1]
    return days


def _grouped(week: _Week) -> list[tuple[list[int], str]]:
    """Put neighbouring days of the same times together."""
    groups: list[tuple[list[int], str]] = []
    for at, day in enumerate(_DAYS):
        if day not in week:
            continue
        if groups and groups[-1][1] == week[day] and groups[-1][0][-1] == at - 1:
            groups[-1][0].append(at)
        else:
            groups.append(([at], week[day]))
    return groups


def _say_days(days: list[int]) -> str:
    if len(days) == 1:
        return _FRENCH[days[0]]
    joint = "et" if len(days) == 2 else "au"
    return f"{_FRENCH[days[0]]} {joint} {_FRENCH[days[-1]]}"


def _say_times(times: str) -> str:
    said = []
    for one in times.split(","):
        start, _dash, end = one.partition("-")
        said.append(f"{_say_hour(start)}-{_say_hour(end)}")
    return " et ".join(said)


def _say_hour(hour: str) -> str:
    hours, _colon, minutes = hour.partition(":")
    return f"{int(hours or 0)}h{'' if minutes == '00' else minutes}"
