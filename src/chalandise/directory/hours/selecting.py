"""Reading of day selectors: years, dates, weeks, weekdays and holidays."""

from calendar import monthrange

from .problems import HoursError, ProblemCode
from .syntax import DatePoint, Dates, DayItem, HolidayDay, Weekdays, Weeks, Years
from .tokens import Cursor

SELECTOR_KINDS = frozenset({"weekday", "holiday", "month", "easter", "week", "daily"})


class SelectorReader:
    """Collects the selectors of one rule from a cursor."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.years: list[Years] = []
        self.dates: list[Dates] = []
        self.weeks: list[Weeks] = []
        self.days: list[list[DayItem]] = []
        self.is_loose = False  # days listed without commas

    @property
    def has_selectors(self) -> bool:
        """Whether any selector has been read."""
        return bool(self.years or self.dates or self.weeks or self.days)

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds of selector have been read."""
        found = {"years": self.years, "dates": self.dates, "weeks": self.weeks, "days": self.days}
        return frozenset(kind for kind, selectors in found.items() if selectors)

    def read_selector(self) -> None:
        """Read the list of selectors that begins at the cursor."""
        kind = self.cursor.peek().kind
        if kind in {"weekday", "holiday", "daily"}:
            self._read_days()
        elif kind in {"month", "easter"} or self._year_begins_date():
            if self.dates:
                # "Jan-Feb Jan 09-15": does the second restrict the first, or replace it?
                raise HoursError(ProblemCode.AMBIGUOUS, self.cursor.around())
            self._read_dates()
        elif kind == "week":
            self._read_weeks()
        else:
            self._read_years()

    # days

    def _read_days(self) -> None:
        cursor = self.cursor
        group = [self._day()]
        while True:
            token, after = cursor.peek(), cursor.peek(1)
            if token.kind in {",", "&"} and after.kind in {"weekday", "holiday", "daily"}:
                if token.kind == ",":
                    if after.spaced:
                        cursor.repair("space_after_comma")
                else:
                    cursor.repair("words")
                cursor.take()
                group.append(self._day())
            elif token.kind == "weekday" and cursor.previous_kind() == "weekday":
                # "Mo Tu Fr": only a list makes sense
                cursor.repair("missing_comma")
                self.is_loose = True
                group.append(self._day())
            else:
                break
        # "PH,Su,SH" and "Su,PH,SH" are one thing, but not every reader takes the first.
        group.sort(key=lambda item: isinstance(item, HolidayDay))
        for seen in self.days:
            if not self._may_combine(seen, group):
                raise HoursError(ProblemCode.AMBIGUOUS, cursor.before())
        self.days.append(group)

    @staticmethod
    def _may_combine(seen: list[DayItem], group: list[DayItem]) -> bool:
        """Two groups of days restrict each other only when one speaks of holidays."""
        return any(isinstance(item, HolidayDay) for item in (*seen, *group))

    def _day(self) -> DayItem:
        cursor = self.cursor
        token = cursor.take()
        if token.kind == "daily":
            cursor.repair("words")
            return Weekdays(0, 6)
        if token.kind == "holiday":
            return HolidayDay(str(token.value), self._offset())
        first = last = int(token.value)
        if cursor.peek().kind == "-" and cursor.peek(1).kind == "weekday":
            cursor.take()
            last = int(cursor.take().value)
            return Weekdays(first, last)
        nth = self._nth() if cursor.peek().kind == "[" else ()
        offset = self._offset()
        if offset and not nth:
            raise HoursError(ProblemCode.UNSUPPORTED, cursor.before())
        return Weekdays(first, last, nth, offset)

    def _nth(self) -> tuple[int, ...]:
        cursor = self.cursor
        cursor.take()
        found: list[int] = []
        while True:
            sign = 1
            if cursor.peek().kind == "-":
                cursor.take()
                sign = -1
            first = cursor.take_number(1, 5)
            if sign > 0 and cursor.peek().kind == "-":
                cursor.take()
                found += range(first, cursor.take_number(first, 5) + 1)
            else:
                found.append(sign * first)
            closing = cursor.take()
            if closing.kind == "]":
                return tuple(found)
            if closing.kind != ",":
                raise HoursError(ProblemCode.UNEXPECTED, closing.text)

    def _offset(self) -> int:
        """An offset such as "+1 day", or 0 when none follows."""
        cursor = self.cursor
        if (
            cursor.peek().kind in {"+", "-"}
            and cursor.peek(1).kind == "number"
            and cursor.peek(2).kind == "day"
        ):
            sign = 1 if cursor.take().kind == "+" else -1
            days = sign * cursor.take_number(0, 366)
            cursor.take()
            return days
        return 0

    # dates

    def _year_begins_date(self) -> bool:
        """Whether a lone year stands before an exact date ("2026 Dec 24", "2026 easter")."""
        cursor = self.cursor
        if cursor.peek().kind != "number":
            return False
        return cursor.peek(1).kind == "easter" or (
            cursor.peek(1).kind == "month"
            and (self._is_day_number(2) or cursor.peek(2).kind == "-")
        )

    def _is_day_number(self, ahead: int) -> bool:
        token = self.cursor.peek(ahead)
        return token.kind == "number" and len(token.text) <= 2 and 1 <= int(token.value) <= 31

    def _read_dates(self) -> None:
        cursor = self.cursor
        self.dates.append(self._date_range())
        while cursor.peek().kind in {",", "&"}:
            last = self.dates[-1].last or self.dates[-1].first
            if cursor.peek(1).kind in {"month", "easter"} or self._is_year_of_date(1):
                cursor.take()
                self.dates.append(self._date_range())
            elif last.day and self._is_day_number(1):
                cursor.take()
                point = DatePoint(last.month, self._day_number(last.month), last.year)
                self.dates.append(self._range_from(point))
            else:
                break

    def _is_year_of_date(self, ahead: int) -> bool:
        token = self.cursor.peek(ahead)
        return (
            token.kind == "number"
            and len(token.text) == 4
            and self.cursor.peek(ahead + 1).kind in {"month", "easter"}
        )

    def _day_number(self, month: int) -> int:
        cursor = self.cursor
        token = cursor.peek()
        day = cursor.take_number(1, 31)
        if day > monthrange(2024, month)[1]:
            raise HoursError(ProblemCode.BAD_DATE, token.text)
        if cursor.peek().kind == ".":
            cursor.take()
            cursor.repair("date_format")
        if len(token.text) < 2:
            cursor.repair("date_format")
        return day

    def _point(self, *, is_end: bool) -> DatePoint:
        cursor = self.cursor
        year = cursor.take_number(1900, 9999) if cursor.peek().kind == "number" else 0
        token = cursor.take()
        if token.kind == "easter":
            return DatePoint(year=year, is_easter=True, offset=self._offset())
        if token.kind != "month":
            raise HoursError(ProblemCode.BAD_DATE, token.text or cursor.before())
        month = int(token.value)
        if self._is_nth_point(is_end=is_end):
            return self._nth_point(year, month)
        if self._is_day_number(0):
            return DatePoint(month, self._day_number(month), year, offset=self._offset())
        return DatePoint(month, 0, year)

    def _is_nth_point(self, *, is_end: bool) -> bool:
        """Whether "Oct Su[-1]" is one end of a range; else it is two selectors."""
        ahead = self.cursor.fork()
        if ahead.peek().kind != "weekday" or ahead.peek(1).kind != "[":
            return False
        ahead.take()
        reader = SelectorReader(ahead)
        reader._nth()
        reader._offset()
        return is_end or (
            ahead.peek().kind == "-" and ahead.peek(1).kind in {"month", "easter", "number"}
        )

    def _nth_point(self, year: int, month: int) -> DatePoint:
        """The nth weekday of a month as a date, at one end of a range."""
        weekday = int(self.cursor.take().value)
        nth = self._nth()
        if len(nth) != 1:
            raise HoursError(ProblemCode.BAD_DATE, self.cursor.before())
        return DatePoint(month, 0, year, offset=self._offset(), weekday=weekday, nth=nth[0])

    def _date_range(self) -> Dates:
        return self._range_from(self._point(is_end=False))

    def _range_from(self, first: DatePoint) -> Dates:
        cursor = self.cursor
        last: DatePoint | None = None
        if cursor.peek().kind == "-":
            if cursor.peek(1).kind in {"month", "easter"} or self._is_year_of_date(1):
                cursor.take()
                last = self._point(is_end=True)
            elif first.day and self._is_day_number(1):
                cursor.take()
                last = DatePoint(first.month, self._day_number(first.month), first.year)
            if last is not None:
                last = self._checked_end(first, last)
        step = 1
        if last is not None and cursor.peek().kind == "/" and cursor.peek(1).kind == "number":
            cursor.take()
            step = cursor.take_number(1, 366)
        return Dates(first, last, step)

    def _checked_end(self, first: DatePoint, last: DatePoint) -> DatePoint:
        is_month = not (first.day or first.is_easter or first.nth)
        if is_month and last.day:
            # "Mar-Oct 9-18" means hours and "Mar-Oct 9" nothing sure.
            raise HoursError(ProblemCode.AMBIGUOUS, self.cursor.around())
        if last.is_easter or (first.is_easter and last.month in {3, 4}):
            # The known engines disagree on whether Easter as last day counts, and on a range
            # that ends before it begins in the years of a late Easter.
            raise HoursError(ProblemCode.READINGS_DIFFER, self.cursor.around())
        if last.year and not first.year:
            raise HoursError(ProblemCode.BAD_DATE, self.cursor.before())
        return last

    # weeks and years

    def _read_weeks(self) -> None:
        cursor = self.cursor
        cursor.take()
        while True:
            first = cursor.take_number(1, 53)
            last = first
            if cursor.peek().kind == "-" and cursor.peek(1).kind == "number":
                cursor.take()
                last = cursor.take_number(first, 53)
            step = 1
            if cursor.peek().kind == "/":
                cursor.take()
                step = cursor.take_number(1, 53)
            self.weeks.append(Weeks(first, last, step))
            if cursor.peek().kind == "," and cursor.peek(1).kind == "number":
                cursor.take()
            else:
                return

    def _read_years(self) -> None:
        cursor = self.cursor
        while True:
            first = cursor.take_number(1900, 9999)
            last, step = first, 1
            if cursor.peek().kind == "-":
                cursor.take()
                last = cursor.take_number(first, 9999)
            elif cursor.peek().kind == "+":
                cursor.take()
                last = 9999
            if cursor.peek().kind == "/":
                cursor.take()
                step = cursor.take_number(1, 1000)
                last = 9999 if last == first else last
            self.years.append(Years(first, last, step))
            is_more = (
                cursor.peek().kind == ","
                and cursor.peek(1).kind == "number"
                and len(cursor.peek(1).text) == 4
                and not self._is_year_of_date(1)
            )
            if not is_more:
                return
            cursor.take()
