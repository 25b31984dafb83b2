"""A reader of opening hours in French prose.

"Du mardi au samedi de 9h à 12h30 et de 14h à 19h, fermé dimanche et lundi." Days come before
their hours or after them; what is closed is said before its days or after them. A sentence that
can be taken two ways is refused.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from .frenchwords import EVERY_DAY, HOLIDAY, Word, words_of
from .normalising import normalise_osm
from .printing import WEEKDAYS
from .problems import HoursError, Normalised, ProblemCode
from .syntax import DAY_MINUTES
from .weekly import MAX_RANGES, Range, WeeklyHours

_END = Word("end")
_MORNING_ENDS = 14 * 60
_AFTERNOON_BEGINS = 12 * 60
# A range over midnight that ends later than this is more likely a slip than a night.
_LATEST_NIGHT_END = 8 * 60


def read_french(text: str) -> Normalised:
    """The canonical value of a French sentence, or the problem; never raises."""
    try:
        week = _Week()
        _Reader(words_of(text), week).read()
        value = week.value()
    except HoursError as error:
        return Normalised(None, problem=error.problem)
    normalised = normalise_osm(value)
    return Normalised(normalised.value, ("french", *normalised.repairs), normalised.problem)


@dataclass
class _Week:
    """What has been said of each day; 7 is public holidays."""

    ranges: dict[int, list[Range]] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    appointment: set[int] = field(default_factory=set)
    closed_parts: list[tuple[int, str]] = field(default_factory=list)

    def open(self, days: tuple[int, ...], ranges: list[Range], *, instead: bool) -> None:
        """Add ranges to days, or put them in place of what was said."""
        for day in days:
            if instead:
                self.ranges.pop(day, None)
                self.closed.discard(day)
            self.ranges.setdefault(day, []).extend(ranges)

    def close(self, days: tuple[int, ...], *, instead: bool) -> None:
        """Close days."""
        for day in days:
            if instead:
                self.ranges.pop(day, None)
            self.closed.add(day)

    def value(self) -> str:
        """The OSM value of all that was said, or `HoursError` if it does not hold together."""
        for day, part in self.closed_parts:
            self._clip(day, part)
        if any(self.ranges.get(day) for day in self.closed) or self.appointment & (
            self.closed | set(self.ranges)
        ):
            raise HoursError(ProblemCode.CONTRADICTORY)
        days = tuple(tuple(_in_order(self.ranges.get(day, []))) for day in EVERY_DAY)
        holidays: tuple[Range, ...] | None = None
        if HOLIDAY in self.closed:
            holidays = ()
        elif HOLIDAY in self.ranges:
            holidays = tuple(_in_order(self.ranges[HOLIDAY]))
        if not any(days) and not holidays:
            raise HoursError(ProblemCode.NO_HOURS)
        try:
            value = WeeklyHours(days, holidays).to_value()
        except ValueError:
            raise HoursError(ProblemCode.CONTRADICTORY) from None
        if self.appointment:
            if HOLIDAY in self.appointment or holidays is not None:
                raise HoursError(ProblemCode.UNSUPPORTED)
            names = ",".join(WEEKDAYS[day] for day in sorted(self.appointment))
            value += f'; {names} unknown "sur rendez-vous"'
        return value

    def _clip(self, day: int, part: str) -> None:
        kept: list[Range] = []
        for start, end in self.ranges.get(day, []):
            is_morning, is_afternoon = end <= _MORNING_ENDS, start >= _AFTERNOON_BEGINS
            if is_morning == is_afternoon:
                raise HoursError(ProblemCode.CONTRADICTORY)
            if (part == "morning") != is_morning:
                kept.append((start, end))
        if not kept:
            raise HoursError(ProblemCode.CONTRADICTORY)
        self.ranges[day] = kept


def _in_order(ranges: list[Range]) -> list[Range]:
    """Ranges in order of time, the same one said twice kept once."""
    ordered = sorted(set(ranges))
    if len(ordered) > MAX_RANGES:
        raise HoursError(ProblemCode.UNSUPPORTED)
    if any(after[0] <= before[1] for before, after in pairwise(ordered)):
        raise HoursError(ProblemCode.CONTRADICTORY)
    return ordered


class _Reader:
    """Walks the words and tells the week what they say."""

    def __init__(self, words: list[Word], week: _Week) -> None:
        self.words = words
        self.week = week
        self.position = 0
        self.days: tuple[int, ...] = ()  # the days being spoken of
        self.part = ""
        self.is_said = False  # whether something was said of them
        self.instead = False  # whether it replaces what was said before ("sauf …")
        self.loose: list[Range] = []  # hours said before their days
        self.closing = False  # "fermé", waiting for its days

    def read(self) -> None:
        """Read to the end."""
        while (word := self._peek()).kind != "end":
            match word.kind:
                case "days":
                    self._read_days()
                case "time" | "number" | "since" | "always":
                    self._read_times()
                case "closed" | "appointment":
                    self._read_closed()
                case "except":
                    self._read_except()
                case "including":
                    self._read_including()
                case "strong":
                    self._take()
                    self._end_clause()
                case "and" | "part":
                    self._take()
                case _:
                    raise HoursError(ProblemCode.UNEXPECTED, word.text)
        self._finish()

    def _peek(self, ahead: int = 0) -> Word:
        index = self.position + ahead
        return self.words[index] if index < len(self.words) else _END

    def _take(self) -> Word:
        word = self._peek()
        self.position += 1
        return word

    # days

    def _read_days(self) -> None:
        days = self._day_list()
        self.part = self._take().text if self._peek().kind == "part" else ""
        if self.closing:
            self._close(days, instead=False)
            self.closing, self.days, self.is_said = False, (), False
        elif self.loose:
            self.week.open(days, self.loose, instead=False)
            self.loose, self.days, self.is_said = [], days, True
        elif self.days and not self.is_said:
            self.days = (*self.days, *(day for day in days if day not in self.days))
        else:
            self.days, self.is_said, self.instead = days, False, False

    def _day_list(self) -> tuple[int, ...]:
        """Read "Lundi, mardi et du jeudi au samedi"."""
        found: list[int] = []
        while True:
            days = self._day_range()
            if set(days) & set(found):
                raise HoursError(ProblemCode.AMBIGUOUS)
            found += days
            ahead = 0
            while self._peek(ahead).kind == "and":
                ahead += 1
            if self._peek(ahead).kind != "days":
                return tuple(found)
            self.position += ahead

    def _day_range(self) -> tuple[int, ...]:
        first = self._take().days
        if self._peek().kind == "to" and self._peek(1).kind == "days":
            self._take()
            last = self._take().days
            if len(first) != 1 or len(last) != 1 or HOLIDAY in (*first, *last):
                raise HoursError(ProblemCode.AMBIGUOUS)
            length = (last[0] - first[0]) % 7 + 1
            return tuple((first[0] + step) % 7 for step in range(length))
        return first

    def _read_except(self) -> None:
        self._take()
        while self._peek().kind == "and":
            self._take()
        if self._peek().kind != "days":
            raise HoursError(ProblemCode.AMBIGUOUS)
        days = self._day_list()
        part = self._take().text if self._peek().kind == "part" else ""
        if self.days and not self.is_said and not part:
            # "tous les jours sauf le lundi de 9h à 18h"
            if HOLIDAY in days:
                self.week.close((HOLIDAY,), instead=True)
            self.days = tuple(day for day in self.days if day not in days)
        elif not self.is_said and not self.loose:
            raise HoursError(ProblemCode.AMBIGUOUS)
        elif self._peek().kind in {"time", "number", "since"} and not part:
            self.days, self.is_said, self.instead = days, False, True
        else:
            self._settle_loose(days)
            self.part = part
            self._close(days, instead=True)
            self.days, self.is_said = (), False

    def _settle_loose(self, besides: tuple[int, ...]) -> None:
        """Give hours without days to every day but those named: "9h-19h sauf dimanche"."""
        if self.loose:
            days = tuple(day for day in EVERY_DAY if day not in besides)
            self.week.open(days, self.loose, instead=False)
            self.loose = []

    def _read_including(self) -> None:
        """Pass over "y compris les jours fériés", which adds nothing to hours that are said already."""
        self._take()
        if self._peek().kind != "days":
            raise HoursError(ProblemCode.AMBIGUOUS)
        days = self._day_list()
        if days != (HOLIDAY,):
            raise HoursError(ProblemCode.AMBIGUOUS)

    # hours

    def _read_times(self) -> None:
        is_afternoon = self.part == "afternoon"
        ranges = self._range_list()
        self.part = ""
        if self.closing or (is_afternoon and ranges[0][0] < 11 * 60):
            raise HoursError(ProblemCode.AMBIGUOUS)
        if self.days:
            self.week.open(self.days, ranges, instead=self.instead)
            self.is_said, self.instead = True, False
        elif self.week.closed or self.week.closed_parts or self.loose:
            # "fermé dimanche 10h-13h": closed then, or open then on the other days?
            raise HoursError(ProblemCode.AMBIGUOUS)
        else:
            self.loose = ranges

    def _range_list(self) -> list[Range]:
        """Read "de 9h à 12h et de 14h à 19h": any link will do between two ranges."""
        ranges = [self._range()]
        while True:
            ahead = 0
            while self._peek(ahead).kind in {"and", "to", "part"}:
                ahead += 1
            if self._peek(ahead).kind not in {"time", "number"}:
                return ranges
            self.position += ahead
            ranges.append(self._range())
            if ranges[-1][0] < ranges[-2][1]:
                # "9h-12h, 2h-6h": a clock of twelve hours, or a slip
                raise HoursError(ProblemCode.AMBIGUOUS)

    def _range(self) -> Range:
        if self._peek().kind == "always":
            self._take()
            return (0, DAY_MINUTES)
        if self._peek().kind == "since":
            # The closing time is not said, and a guess would be a promise.
            self._take()
        first = self._take()
        link = self._peek()
        if first.kind not in {"time", "number"} or not (
            link.kind == "to" or (link.kind == "and" and link.text in {"/", "et"})
        ):
            raise HoursError(ProblemCode.POINT_IN_TIME, first.text)
        self._take()
        last = self._take()
        if last.kind not in {"time", "number"} or first.kind == last.kind == "number":
            raise HoursError(ProblemCode.BAD_TIME, last.text or first.text)
        return _checked(first, last)

    # closings

    def _read_closed(self) -> None:
        word = self._take()
        if self._peek().kind == "part" and not self.part:
            self.part = self._take().text
        if self.days and not self.is_said:
            if word.kind == "appointment":
                self.week.appointment.update(self.days)
                self.days = ()
            else:
                has_part = bool(self.part)
                self._close(self.days, instead=self.instead)
                self.days, self.is_said = (self.days, True) if has_part else ((), False)
        elif word.kind == "appointment":
            raise HoursError(ProblemCode.AMBIGUOUS, word.text)
        else:
            self.closing = True

    def _close(self, days: tuple[int, ...], *, instead: bool) -> None:
        if self.part:
            self.week.closed_parts += [(day, self.part) for day in days]
            self.part = ""
        else:
            self.week.close(days, instead=instead)

    def _end_clause(self) -> None:
        """A full stop ends what was said, and leaves alone what still waits."""
        if self.is_said:
            self.days, self.is_said = (), False

    def _finish(self) -> None:
        if self.loose:
            closed = tuple(sorted(self.week.closed))
            if self.week.ranges or not set(closed) & set(EVERY_DAY):
                raise HoursError(ProblemCode.NO_DAYS)
            self._settle_loose(closed)
        if self.closing or (self.days and not self.is_said):
            raise HoursError(ProblemCode.NO_HOURS)


def _checked(first: Word, last: Word) -> Range:
    start, end = first.minutes % DAY_MINUTES, last.minutes
    if end == 0:
        end = DAY_MINUTES
    if end <= start:
        if end > _LATEST_NIGHT_END:
            raise HoursError(ProblemCode.BAD_TIME, f"{first.text} {last.text}")
        end += DAY_MINUTES
    return start, end
