"""The door for OSM values: read, mended, written canonically, and read a second time.

A value is accepted only when `opening-hours-py` parses its canonical form, and, wherever that
engine is trustworthy, when it gives the same hours as ours on a set of probing weeks. What two
independent readers understand differently is refused rather than guessed.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import opening_hours
from opening_hours import ParserError  # type: ignore[attr-defined,unused-ignore]

from .matching import speaks_of_holidays
from .painting import paint_day
from .parsing import parse
from .printing import print_rules
from .problems import HoursError, Normalised, ProblemCode
from .syntax import DAY_MINUTES, Joiner, Rule, State, Weekdays, weekdays_of

MAX_VALUE_LENGTH = 1000

# Mondays of weeks with a leap day, both changes of clock, high summer, a month's end, week 53.
_PROBES = tuple(
    date.fromisoformat(day)
    for day in ("2024-02-26", "2026-03-23", "2026-07-27", "2026-10-19", "2027-05-31", "2026-12-28")
)
# All but the last are without a public holiday, and without one the day before or after.
_ORDINARY_PROBES = _PROBES[:-1]


def normalise_osm(text: str) -> Normalised:
    """The canonical value of an `opening_hours` text, the repairs made, or the problem."""
    try:
        rules, repairs = parse(text)
        rules = _mended(rules, repairs)
        value = print_rules(rules)
        if len(value) > MAX_VALUE_LENGTH:
            raise HoursError(ProblemCode.TOO_LONG)
        _check_second_reading(rules, value)
    except HoursError as error:
        return Normalised(None, problem=error.problem)
    return Normalised(value, tuple(repairs))


@lru_cache(maxsize=20_000)
def rules_of(value: str) -> tuple[Rule, ...]:
    """The rules of a canonical value, kept; `HoursError` for one that is not."""
    rules, _ = parse(value)
    return rules


def _mended(rules: tuple[Rule, ...], repairs: list[str]) -> tuple[Rule, ...]:
    """Mend what is written correctly but cannot be meant."""
    rules = _times_of_same_days(rules, repairs)
    return _nights_kept(rules, repairs)


def _times_of_same_days(rules: tuple[Rule, ...], repairs: list[str]) -> tuple[Rule, ...]:
    """Read "We 10:30-13:00; 14:30-19:30" as Wednesday both times.

    To the letter the second rule would open every day of the week. Without any day
    ("11:30-14:30; 17:30-23:00") it would silently cancel the first: refused as ambiguous.
    """
    mended: list[Rule] = []
    for rule in rules:
        before = mended[-1] if mended else None
        is_bare = (
            rule.joiner is Joiner.NORMAL
            and rule.spans
            and not rule.has_selectors
            and rule.state is State.OPEN
            and not rule.comment
        )
        if before is None or not is_bare or not before.spans:
            mended.append(rule)
            continue
        is_later = rule.spans[0].start >= before.spans[-1].end
        if before.is_weekly and before.has_selectors and before.state is State.OPEN and is_later:
            mended[-1] = replace(before, spans=before.spans + rule.spans)
            repairs.append("same_days")
        elif is_later or before.has_selectors:
            raise HoursError(ProblemCode.AMBIGUOUS, print_rules((before, rule)))
        else:
            mended.append(rule)
    return tuple(mended)


def _nights_kept(rules: tuple[Rule, ...], repairs: list[str]) -> tuple[Rule, ...]:
    """Keep Thursday's last two hours in "Th 18:00-02:00; Fr 18:00-04:00".

    To the letter the rule for Friday replaces all that Friday had, and with it the end of
    Thursday night. Where the days of the rules are different, ";" is read as "," so that the
    night stays.
    """
    if not any(rule.crosses_midnight for rule in rules):
        return rules
    mended: list[Rule] = []
    for rule in rules:
        is_cutting = (
            rule.joiner is Joiner.NORMAL
            and rule.state is not State.CLOSED
            and rule.is_weekly
            and bool(rule.days)
            and any(_night_days(seen) & _own_days(rule) for seen in mended)
        )
        if is_cutting and all(
            seen.is_weekly and seen.days and not _own_days(seen) & _own_days(rule)
            for seen in mended
        ):
            mended.append(replace(rule, joiner=Joiner.ADDITIONAL))
            repairs.append("night_kept")
        else:
            mended.append(rule)
    return tuple(mended)


def _own_days(rule: Rule) -> set[int]:
    return {
        day
        for group in rule.days
        for item in group
        if isinstance(item, Weekdays)
        for day in weekdays_of(item)
    }


def _night_days(rule: Rule) -> set[int]:
    if not any(span.end > DAY_MINUTES for span in rule.spans):
        return set()
    return {(day + 1) % 7 for day in _own_days(rule)}


def _check_second_reading(rules: tuple[Rule, ...], value: str) -> None:
    """Refuse a value that opening-hours-py cannot read or reads differently."""
    if rules_of(value) != rules:
        raise HoursError(ProblemCode.READINGS_DIFFER, value)
    try:
        engine = opening_hours.OpeningHours(value, auto_country=False, auto_timezone=False)
    except ParserError:
        raise HoursError(ProblemCode.UNSUPPORTED, value) from None
    if not _is_comparable(rules):
        return
    for monday in _PROBES if not speaks_of_holidays(rules) else _ORDINARY_PROBES:
        if _ours(rules, monday) != _theirs(engine, monday):
            raise HoursError(ProblemCode.READINGS_DIFFER, value)


def _is_comparable(rules: tuple[Rule, ...]) -> bool:
    """Whether the engine's answer counts.

    It loses fallbacks, takes open ends for promises, cuts nights in its own way, and reads "PH
    We" as either instead of both (docs/algorithms/opening-hours.md). Holidays it knows only for the country, so values
    that speak of them are compared on weeks that have none.
    """
    has_nights = any(rule.crosses_midnight for rule in rules)
    return not any(
        rule.joiner is Joiner.FALLBACK
        or any(span.is_open_ended for span in rule.spans)
        or (has_nights and len(rules) > 1)
        or len(rule.days) > 1
        for rule in rules
    )


def _ours(rules: tuple[Rule, ...], monday: date) -> list[tuple[int, int, bool]]:
    pieces: list[tuple[int, int, bool]] = []
    for index in range(7):
        base = index * DAY_MINUTES
        pieces += [
            (base + seg.start, base + seg.end, seg.state is State.UNKNOWN)
            for seg in paint_day(rules, monday + timedelta(days=index), "metropole")
        ]
    return _joined(pieces)


def _theirs(engine: opening_hours.OpeningHours, monday: date) -> list[tuple[int, int, bool]]:
    start = datetime.combine(monday, time())
    return _joined(
        [
            (_minutes(first - start), _minutes(last - start), state == opening_hours.State.UNKNOWN)
            for first, last, state, _ in engine.intervals(start, start + timedelta(days=7))
            if state != opening_hours.State.CLOSED
        ]
    )


def _minutes(delta: timedelta) -> int:
    return int(delta.total_seconds()) // 60


def _joined(pieces: list[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    joined: list[tuple[int, int, bool]] = []
    for start, end, is_unknown in pieces:
        if joined and joined[-1][1] == start and joined[-1][2] == is_unknown:
            joined[-1] = (joined[-1][0], end, is_unknown)
        else:
            joined.append((start, end, is_unknown))
    return joined


__all__ = ["normalise_osm", "rules_of"]
