"""When an establishment is open: a value, its time zone, its holidays and its closings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chalandise.kernel.holidays import ZONES, holiday_name, is_public_holiday

from .matching import speaks_of_holidays, uses_only_week, uses_school_holidays
from .normalising import rules_of
from .painting import Segment, doubtful, paint_day
from .syntax import DAY_MINUTES, Rule, State
from .walltime import instant, local

CLOSING_SOON_MINUTES = 30
HORIZON_DAYS = 14
# A night that ends by noon is shown with the evening it began; a longer run is cut at midnight.
_LATEST_NIGHT_END = 12 * 60
_QUARTER = 900


@dataclass(frozen=True)
class Closing:
    """Days on which an establishment is exceptionally closed, both ends included."""

    starts_on: date
    ends_on: date
    reason: str = ""


@dataclass(frozen=True)
class Interval:
    """A half-open stretch of time, `[starts_at, ends_at)`, open or of unknown state."""

    starts_at: datetime
    ends_at: datetime
    is_unknown: bool
    comment: str = ""


@dataclass(frozen=True)
class OpenStatus:
    """What can be said at a moment.

    `closes_at` is set while open and `opens_at` otherwise, unless the change is further away
    than the horizon; `is_unknown` means that one has to ask. `holiday` names the public
    holiday on which it is open, or opens next, by hours that say nothing of public holidays: one had
    better ask.
    """

    is_open: bool
    is_unknown: bool = False
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    closing_soon: bool = False
    comment: str = ""
    holiday: str = ""


@dataclass(frozen=True)
class DayTimes:
    """A stretch of one day for display, in minutes from its midnight; the end may pass 1,440."""

    start: int
    end: int
    is_unknown: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Day:
    """One day of a displayed week, with the reason when it is not like the others."""

    on: date
    times: tuple[DayTimes, ...]
    holiday: str | None = None
    closing: Closing | None = None


class Schedule:
    """The hours of one establishment for one purpose.

    Raises `HoursError` for a value that does not read, and `ValueError` for an unknown holiday
    zone; values that come out of `normalise` always read.
    """

    def __init__(
        self,
        value: str,
        *,
        timezone: str = "Europe/Paris",
        holiday_zone: str = "metropole",
        closings: Sequence[Closing] = (),
    ) -> None:
        if holiday_zone not in ZONES:
            raise ValueError(holiday_zone)
        self.value = value
        self.zone = ZoneInfo(timezone)
        self.holiday_zone = holiday_zone
        self.closings = tuple(closings)
        self._plan = _plan(value)

    def intervals(self, start: datetime, end: datetime) -> list[Interval]:
        """The open and unknown intervals between two aware datetimes, in local time."""
        first, last = int(start.timestamp()), int(end.timestamp())
        found: list[Interval] = []
        for begins, ends, segment in self._stretches(first, last):
            starts_at = local(max(begins, first), self.zone)
            ends_at = local(min(ends, last), self.zone)
            is_unknown = segment.state is State.UNKNOWN
            before = found[-1] if found else None
            if (
                before
                and _same(before.ends_at, starts_at)
                and (before.is_unknown, before.comment) == (is_unknown, segment.comment)
            ):
                starts_at = before.starts_at
                found.pop()
            found.append(Interval(starts_at, ends_at, is_unknown, segment.comment))
        return found

    def status(self, at: datetime) -> OpenStatus:
        """Open, closed or unknown at a moment, and when that changes."""
        now = int(at.timestamp())
        horizon = now + HORIZON_DAYS * 86_400
        current: Segment | None = None
        closes: int | None = None
        for begins, ends, segment in self._stretches(now, horizon):
            if current is None and begins <= now:
                current, closes = segment, ends
                continue
            if current is not None and current.state is State.OPEN:
                if segment.state is State.OPEN and begins == closes:
                    closes = ends
                    continue
                break
            if segment.state is State.OPEN:
                return OpenStatus(
                    is_open=False,
                    is_unknown=current is not None,
                    opens_at=local(begins, self.zone),
                    comment=current.comment if current else "",
                    holiday=self._untold_holiday(begins),
                )
        if current is None or closes is None:
            return OpenStatus(is_open=False)
        if current.state is State.UNKNOWN:
            return OpenStatus(is_open=False, is_unknown=True, comment=current.comment)
        return OpenStatus(
            is_open=True,
            closes_at=local(closes, self.zone) if closes < horizon else None,
            closing_soon=closes - now <= CLOSING_SOON_MINUTES * 60,
            comment=current.comment,
            holiday=self._untold_holiday(now) if closes < horizon else "",
        )

    def _untold_holiday(self, instant_of: int) -> str:
        """The public holiday of a moment, where the hours were written without a thought of any."""
        if self._plan.has_holidays:
            return ""
        on = datetime.fromtimestamp(instant_of, self.zone).date()
        return holiday_name(self.holiday_zone, on) or ""

    def week(self, monday: date) -> tuple[Day, ...]:
        """Seven days for display from a date, nights shown with the evening they began."""
        runs: list[tuple[int, int, State, str]] = []
        for index in range(-1, 8):
            base = index * DAY_MINUTES
            for seg in self._segments(monday + timedelta(days=index)):
                runs = _extended(runs, (base + seg.start, base + seg.end, seg.state, seg.comment))
        return tuple(self._day(monday + timedelta(days=n), n * DAY_MINUTES, runs) for n in range(7))

    def quarter_hours(self, start: date, days: int) -> set[int]:
        """The quarter-hours (epoch seconds // 900) that are open throughout, over local days."""
        zone = self.zone
        first = instant(start, 0, zone)
        last = instant(start + timedelta(days=days), 0, zone)
        found: set[int] = set()
        begun = ended = -1
        for begins, ends, segment in self._stretches(first, last):
            if segment.state is not State.OPEN:
                continue
            begins, ends = max(begins, first), min(ends, last)
            if begins == ended:
                ended = ends
                continue
            found.update(range(-(-begun // _QUARTER), ended // _QUARTER))
            begun, ended = begins, ends
        found.update(range(-(-begun // _QUARTER), ended // _QUARTER))
        return found

    def _stretches(self, first: int, last: int) -> Iterator[tuple[int, int, Segment]]:
        """Segments that touch `[first, last)` as instants, in order."""
        zone = self.zone
        on = datetime.fromtimestamp(first, zone).date()
        while instant(on, 0, zone) < last:
            for segment in self._segments(on):
                begins, ends = instant(on, segment.start, zone), instant(on, segment.end, zone)
                if begins < last and ends > first and begins < ends:
                    yield begins, ends, segment
            on += timedelta(days=1)

    def _segments(self, on: date) -> tuple[Segment, ...]:
        if not self.closings:
            return self._plan.segments(on, self.holiday_zone)
        own = self.closing_on(on) is None
        spill = self.closing_on(on - timedelta(days=1)) is None
        return self._plan.segments(on, self.holiday_zone, own=own, spill=spill)

    def closing_on(self, on: date) -> Closing | None:
        """The exceptional closing that covers a date, if any."""
        return next((c for c in self.closings if c.starts_on <= on <= c.ends_on), None)

    def _day(self, on: date, base: int, runs: list[tuple[int, int, State, str]]) -> Day:
        times: list[DayTimes] = []
        for start, end, state, comment in runs:
            low, high = max(start, base), min(end, base + DAY_MINUTES)
            if low >= high:
                continue
            if start < base and end - base <= _LATEST_NIGHT_END and base - start < DAY_MINUTES:
                continue  # the end of last night, shown the day before
            is_night = DAY_MINUTES < end - base <= DAY_MINUTES + _LATEST_NIGHT_END
            if is_night and start >= base:
                high = end
            times.append(DayTimes(low - base, high - base, state is State.UNKNOWN, comment))
        return Day(on, tuple(times), holiday_name(self.holiday_zone, on), self.closing_on(on))


class _Plan:
    """The parsed rules of a value, with the days already worked out."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.is_weekly = uses_only_week(rules)
        self.has_school = uses_school_holidays(rules)
        self.has_holidays = speaks_of_holidays(rules)
        self._known: dict[object, tuple[Segment, ...]] = {}

    def segments(
        self, on: date, zone: str, *, own: bool = True, spill: bool = True
    ) -> tuple[Segment, ...]:
        """The segments of a date; a week that repeats is worked out once."""
        key: object
        if self.is_weekly:
            before = on - timedelta(days=1)
            key = (
                on.weekday(),
                is_public_holiday(zone, on),
                is_public_holiday(zone, before),
                own,
                spill,
            )
        else:
            key = (on, zone, own, spill)
        known = self._known.get(key)
        if known is None:
            known = paint_day(self.rules, on, zone, own=own, spill=spill)
            if self.has_school:
                other = paint_day(self.rules, on, zone, school=True, own=own, spill=spill)
                known = doubtful(known, other)
            if len(self._known) > 120:
                self._known.clear()
            self._known[key] = known
        return known


@lru_cache(maxsize=20_000)
def _plan(value: str) -> _Plan:
    return _Plan(rules_of(value))


def _same(first: datetime, second: datetime) -> bool:
    """Whether two local datetimes are one instant, even in the doubled hour of October."""
    return first.astimezone(UTC) == second.astimezone(UTC)


def _extended(
    runs: list[tuple[int, int, State, str]], new: tuple[int, int, State, str]
) -> list[tuple[int, int, State, str]]:
    """Runs with one more, joined to the last when it goes on without a break."""
    if runs and runs[-1][1] == new[0] and runs[-1][2:] == new[2:]:
        return [*runs[:-1], (runs[-1][0], new[1], new[2], new[3])]
    return [*runs, new]
