"""Whether a rule applies on a date."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from chalandise.kernel.holidays import easter, is_public_holiday

from .syntax import DatePoint, Dates, DayItem, HolidayDay, Rule, Weekdays, weekdays_of

SchoolHoliday = Callable[[date], bool]


def rule_applies(rule: Rule, on: date, zone: str, *, school: bool) -> bool:
    """Whether every kind of selector of the rule accepts the date.

    `school` says what to suppose of school holidays, whose dates we do not know.
    """
    if rule.years and not any(
        item.first <= on.year <= item.last and (on.year - item.first) % item.step == 0
        for item in rule.years
    ):
        return False
    if rule.dates and not any(_in_dates(item, on) for item in rule.dates):
        return False
    if rule.weeks:
        week = on.isocalendar().week
        if not any(
            item.first <= week <= item.last and (week - item.first) % item.step == 0
            for item in rule.weeks
        ):
            return False
    return all(any(_is_day(item, on, zone, school=school) for item in group) for group in rule.days)


def _is_day(item: DayItem, on: date, zone: str, *, school: bool) -> bool:
    if isinstance(item, HolidayDay):
        if item.kind == "SH":
            return school
        return is_public_holiday(zone, on - timedelta(days=item.offset))
    day = on - timedelta(days=item.offset) if item.offset else on
    if day.weekday() not in weekdays_of(item):
        return False
    return not item.nth or any(_is_nth(day, nth) for nth in item.nth)


def _is_nth(day: date, nth: int) -> bool:
    if nth > 0:
        return (day.day - 1) // 7 + 1 == nth
    length = monthrange(day.year, day.month)[1]
    return (length - day.day) // 7 + 1 == -nth


def _in_dates(item: Dates, on: date) -> bool:
    years = (item.first.year,) if item.first.year else (on.year - 1, on.year, on.year + 1)
    return any(_in_dates_of(item, year, on) for year in years)


def _in_dates_of(item: Dates, year: int, on: date) -> bool:
    """Whether the occurrence that begins in `year` holds the date."""
    if not 2 <= year <= 9997:
        return False
    first = _resolve(item.first, year, is_end=False)
    if item.last is None:
        last = first if _is_exact(item.first) else _resolve(item.first, year, is_end=True)
        if _is_exact(item.first) and not _exists(item.first, year):
            return False
    else:
        last = _resolve(item.last, item.last.year or year, is_end=True)
        if last < first and not item.last.year:
            last = _resolve(item.last, year + 1, is_end=True)
    return first <= on <= last and (on - first).days % item.step == 0


def _is_exact(point: DatePoint) -> bool:
    return bool(point.day or point.is_easter or point.nth)


def _exists(point: DatePoint, year: int) -> bool:
    return not point.day or point.day <= monthrange(year, point.month)[1]


def _resolve(point: DatePoint, year: int, *, is_end: bool) -> date:
    """The date meant in that year; a 29 February that is missing becomes its neighbour."""
    if point.is_easter:
        base = easter(year)
    elif point.nth:
        base = _nth_weekday(year, point.month, point.weekday, point.nth)
    else:
        length = monthrange(year, point.month)[1]
        if not point.day:
            base = date(year, point.month, length if is_end else 1)
        elif point.day <= length:
            base = date(year, point.month, point.day)
        else:
            base = date(year, point.month, length) + timedelta(days=0 if is_end else 1)
    return base + timedelta(days=point.offset)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    length = monthrange(year, month)[1]
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = date(year, month, length)
    return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))


def uses_only_week(rules: tuple[Rule, ...]) -> bool:
    """Whether the weekday and public holidays of the day itself decide everything."""
    return all(
        not (rule.years or rule.dates or rule.weeks)
        and all(
            not item.offset and not (isinstance(item, Weekdays) and item.nth)
            for group in rule.days
            for item in group
        )
        for rule in rules
    )


def speaks_of_holidays(rules: tuple[Rule, ...]) -> bool:
    """Whether some rule says what happens on public holidays, or around them."""
    return any(
        isinstance(item, HolidayDay) for rule in rules for group in rule.days for item in group
    )


def uses_school_holidays(rules: tuple[Rule, ...]) -> bool:
    """Whether some rule depends on school holidays."""
    return any(
        isinstance(item, HolidayDay) and item.kind == "SH"
        for rule in rules
        for group in rule.days
        for item in group
    )
