"""A plain week, as a merchant fills it in on one screen: seven days of up to three ranges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from .normalising import rules_of
from .printing import WEEKDAYS, clock
from .problems import HoursError
from .schedule import Day, Schedule
from .syntax import DAY_MINUTES, HolidayDay, Joiner, Rule, State

MAX_RANGES = 3
# From this Monday, two weeks without a public holiday anywhere in the Republic.
_ORDINARY_MONDAY = date(2026, 9, 7)

Range = tuple[int, int]


@dataclass(frozen=True)
class WeeklyHours:
    """Ranges in minutes by weekday, Monday first; the end of a night passes 1,440.

    `holidays` says what is done on public holidays: None as on other days, () closed, or other
    ranges. Raises `ValueError` when ranges overlap, run backwards, or are more than three a day.
    """

    days: tuple[tuple[Range, ...], ...]
    holidays: tuple[Range, ...] | None = None

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("seven days")
        for ranges in (*self.days, self.holidays or ()):
            _check_ranges(ranges)
        for index, ranges in enumerate(self.days):
            after = self.days[(index + 1) % 7]
            if ranges and after and ranges[-1][1] - DAY_MINUTES > after[0][0]:
                raise ValueError("a night runs into the next morning's hours")

    @property
    def is_closed(self) -> bool:
        """Whether no day has hours."""
        return not any(self.days)

    def to_value(self) -> str:
        """The OSM value of the week."""
        if self.is_closed and self.holidays is None:
            return "off"
        has_nights = any(end > DAY_MINUTES for ranges in self.days for _, end in ranges)
        joiner = ", " if has_nights else "; "
        groups: dict[tuple[Range, ...], list[int]] = {}
        for index, ranges in enumerate(self.days):
            if ranges:
                groups.setdefault(ranges, []).append(index)
        parts = [f"{_days_text(days)} {_ranges_text(ranges)}" for ranges, days in groups.items()]
        if parts == ["Mo-Su 00:00-24:00"]:
            parts = ["24/7"]
        value = joiner.join(parts)
        if self.holidays is not None:
            holidays = _ranges_text(self.holidays) if self.holidays else "off"
            value = f"{value or 'off'}; PH {holidays}"
        return value

    @classmethod
    def from_value(cls, value: str) -> "WeeklyHours | None":
        """The week of a value, or None when the value says more than a week can hold."""
        try:
            rules = rules_of(value)
        except HoursError:
            return None
        rules = (*rules[:-1], *_split_last(rules[-1]))
        weekly = tuple(rule for rule in rules if not _speaks_of_holidays(rule))
        about_holidays = rules[len(weekly) :]
        if any(_speaks_of_holidays(rule) for rule in rules[: len(weekly)]):
            return None
        if not all(_is_plain(rule) for rule in rules) or len(about_holidays) > 1:
            return None
        if not all(rule.is_weekly or rule.is_always for rule in weekly):
            return None
        holidays: tuple[Range, ...] | None = None
        if about_holidays:
            holidays = _holiday_ranges(about_holidays[0])
            if holidays is None:
                return None
        days = Schedule(value).week(_ORDINARY_MONDAY)
        try:
            return cls(tuple(_ranges(day) for day in days), holidays)
        except ValueError:
            return None


def _split_last(rule: Rule) -> tuple[Rule, ...]:
    """Read "Su,PH off" as two rules, which is the same when it stands last."""
    if len(rule.days) != 1 or not _speaks_of_holidays(rule):
        return (rule,)
    others = tuple(item for item in rule.days[0] if item != HolidayDay("PH"))
    if not others or len(others) == len(rule.days[0]):
        return (rule,)
    return (
        replace(rule, days=(others,)),
        replace(rule, days=((HolidayDay("PH"),),), joiner=Joiner.NORMAL),
    )


def _check_ranges(ranges: tuple[Range, ...]) -> None:
    if len(ranges) > MAX_RANGES:
        raise ValueError("at most three ranges")
    before = -1
    for start, end in ranges:
        if not (before < start < DAY_MINUTES and start < end <= start + DAY_MINUTES):
            raise ValueError("ranges in order, without overlap")
        if before > DAY_MINUTES:
            raise ValueError("nothing after a night")
        before = end


def _ranges(day: Day) -> tuple[Range, ...]:
    return tuple((times.start, times.end) for times in day.times)


def _is_plain(rule: Rule) -> bool:
    return (
        rule.state in {State.OPEN, State.CLOSED}
        and not rule.comment
        and rule.joiner is not Joiner.FALLBACK
        and not any(span.is_open_ended for span in rule.spans)
    )


def _speaks_of_holidays(rule: Rule) -> bool:
    return any(isinstance(item, HolidayDay) for group in rule.days for item in group)


def _holiday_ranges(rule: Rule) -> tuple[Range, ...] | None:
    """What a last rule for public holidays alone says, or None if it says more than that."""
    if (
        rule.days != ((HolidayDay("PH"),),)
        or rule.years
        or rule.dates
        or rule.weeks
        or (rule.joiner is not Joiner.NORMAL and rule.state is not State.CLOSED)
    ):
        return None
    if rule.state is State.CLOSED:
        return None if rule.spans else ()
    return tuple((span.start, span.end) for span in rule.spans) or ((0, DAY_MINUTES),)


def _days_text(days: Sequence[int]) -> str:
    """Write days with ranges for those that follow each other ("Mo-Fr,Su")."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] + 1 == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}"
        for run in runs
    )


def _ranges_text(ranges: Sequence[Range]) -> str:
    return ",".join(
        f"{clock(start)}-{clock(end if end <= DAY_MINUTES else end - DAY_MINUTES)}"
        for start, end in ranges
    )
