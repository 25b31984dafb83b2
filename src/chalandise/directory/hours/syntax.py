"""The parts of an OSM `opening_hours` value, as plain frozen data.

Weekdays run from 0 (Monday) to 6; times are minutes from midnight of the day they start on,
up to 2,880 because a rule may reach into the following night.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

DAY_MINUTES = 1440


class State(StrEnum):
    """What a rule says of the times it covers."""

    OPEN = "open"
    CLOSED = "off"
    UNKNOWN = "unknown"


class Joiner(StrEnum):
    """How a rule stands to those before it: replacing, adding, or filling what is left."""

    NORMAL = ";"
    ADDITIONAL = ","
    FALLBACK = "||"


@dataclass(frozen=True)
class Span:
    """A time range of one day; `is_open_ended` when the closing time is not promised."""

    start: int
    end: int
    is_open_ended: bool = False


@dataclass(frozen=True)
class Years:
    """Years from first to last (9999 for "and after"), every `step`."""

    first: int
    last: int
    step: int = 1


@dataclass(frozen=True)
class Weeks:
    """ISO weeks from first to last, every `step`."""

    first: int
    last: int
    step: int = 1


@dataclass(frozen=True)
class DatePoint:
    """A date that may recur: a month, a day of it, or Easter, moved by some days."""

    month: int = 0
    day: int = 0
    year: int = 0
    is_easter: bool = False
    offset: int = 0
    weekday: int = -1
    nth: int = 0


@dataclass(frozen=True)
class Dates:
    """Days from one date to another, or the one date when `last` is None."""

    first: DatePoint
    last: DatePoint | None = None
    step: int = 1


@dataclass(frozen=True)
class Weekdays:
    """Days of the week, perhaps only the nth of the month, moved by some days."""

    first: int
    last: int
    nth: tuple[int, ...] = ()
    offset: int = 0


@dataclass(frozen=True)
class HolidayDay:
    """Public ("PH") or school ("SH") holidays, moved by some days."""

    kind: str
    offset: int = 0


DayItem = Weekdays | HolidayDay


@dataclass(frozen=True)
class Rule:
    """One rule: on which days, at which times, what is so.

    `days` is a conjunction of alternatives: "PH Mo-Fr" is two groups of one item (a holiday
    that falls on a working day), "Mo-Fr,PH" is one group of two.
    """

    joiner: Joiner = Joiner.NORMAL
    years: tuple[Years, ...] = ()
    dates: tuple[Dates, ...] = ()
    weeks: tuple[Weeks, ...] = ()
    days: tuple[tuple[DayItem, ...], ...] = ()
    spans: tuple[Span, ...] = ()
    state: State = State.OPEN
    comment: str = ""
    is_always: bool = field(default=False)

    @property
    def has_selectors(self) -> bool:
        """Whether the rule is limited to some days."""
        return bool(self.years or self.dates or self.weeks or self.days)

    @property
    def crosses_midnight(self) -> bool:
        """Whether some of its times reach into the following day."""
        return any(span.end > DAY_MINUTES or span.is_open_ended for span in self.spans)

    @property
    def is_weekly(self) -> bool:
        """Whether weekdays alone limit it."""
        return not (self.years or self.dates or self.weeks) and all(
            isinstance(item, Weekdays) and not item.nth and not item.offset
            for group in self.days
            for item in group
        )


@lru_cache(maxsize=1024)
def weekdays_of(item: Weekdays) -> tuple[int, ...]:
    """The weekdays of a range that may run over the end of the week ("Sa-Mo")."""
    length = (item.last - item.first) % 7 + 1
    return tuple((item.first + step) % 7 for step in range(length))
