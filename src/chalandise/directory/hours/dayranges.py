"""Hours of the public administration's directory: JSON ranges of French weekdays.

One item is `["lundi", "vendredi", [["08:30:00", "12:00:00"], ["13:30:00", "17:00:00"]]]`. When a
day is named twice, as a few town halls do, both lists count and overlaps are joined.
"""

import json
import re
from typing import Any

from .normalising import normalise_osm
from .problems import HoursError, Normalised, Problem, ProblemCode
from .syntax import DAY_MINUTES
from .weekly import MAX_RANGES, Range, WeeklyHours
from .words import WEEKDAY_WORDS, fold

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")


def read_day_ranges(text: str) -> Normalised:
    """The canonical value of such a list, or the problem."""
    if len(text) > 20_000:
        return Normalised(None, problem=Problem(ProblemCode.TOO_LONG))
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return Normalised(None, problem=Problem(ProblemCode.UNEXPECTED, text[:80]))
    try:
        days, repairs = _days(items)
        week = WeeklyHours(days)
    except HoursError as error:
        return Normalised(None, problem=error.problem)
    except ValueError:
        return Normalised(None, problem=Problem(ProblemCode.CONTRADICTORY, text[:80]))
    if week.is_closed:
        return Normalised(None, problem=Problem(ProblemCode.NO_HOURS))
    normalised = normalise_osm(week.to_value())
    return Normalised(normalised.value, repairs, normalised.problem)


def _days(items: Any) -> tuple[tuple[tuple[Range, ...], ...], tuple[str, ...]]:
    if not isinstance(items, list) or not items:
        raise HoursError(ProblemCode.NO_HOURS)
    days: list[list[Range]] = [[] for _ in range(7)]
    for item in items:
        match item:
            case [str() as first, str() as last, list() as ranges]:
                start, end = _weekday(first), _weekday(last)
            case _:
                raise HoursError(ProblemCode.UNEXPECTED, str(item))
        for step in range((end - start) % 7 + 1):
            days[(start + step) % 7] += [_range(pair) for pair in ranges]
    merged = tuple(_joined(day) for day in days)
    is_mended = any(sorted(day) != list(kept) for day, kept in zip(days, merged, strict=True))
    return merged, ("overlaps_joined",) if is_mended else ()


def _weekday(word: str) -> int:
    try:
        return WEEKDAY_WORDS[fold(word)]
    except KeyError:
        raise HoursError(ProblemCode.UNKNOWN_WORD, word) from None


def _range(pair: Any) -> Range:
    match pair:
        case [str() as opens, str() as closes]:
            start, end = _minutes(opens), _minutes(closes)
        case _:
            raise HoursError(ProblemCode.BAD_TIME, str(pair))
    if end == 0:
        end = DAY_MINUTES
    if end <= start:
        raise HoursError(ProblemCode.BAD_TIME, str(pair))
    return start, end


def _minutes(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise HoursError(ProblemCode.BAD_TIME, text)
    minutes = int(match.group(1)) * 60 + int(match.group(2))
    if minutes > DAY_MINUTES or int(match.group(2)) > 59:
        raise HoursError(ProblemCode.BAD_TIME, text)
    return minutes


def _joined(ranges: list[Range]) -> tuple[Range, ...]:
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    if len(joined) > MAX_RANGES:
        raise HoursError(ProblemCode.UNSUPPORTED, str(joined))
    return tuple(joined)
