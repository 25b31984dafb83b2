"""Rules written back as one canonical OSM value, which reads back to the same rules."""

from collections.abc import Sequence

from .syntax import (
    DatePoint,
    Dates,
    DayItem,
    HolidayDay,
    Joiner,
    Rule,
    Span,
    State,
    Weeks,
    Years,
)

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clock(minutes: int) -> str:
    """Minutes as "HH:MM"; 24:00 stays 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def print_rules(rules: Sequence[Rule]) -> str:
    """The whole value, rules joined by their own separators."""
    text = ""
    for index, rule in enumerate(rules):
        if index:
            text += " || " if rule.joiner is Joiner.FALLBACK else f"{rule.joiner.value} "
        text += print_rule(rule)
    return text


def print_rule(rule: Rule) -> str:
    """One rule, selectors in the order of the specification."""
    parts: list[str] = []
    if rule.is_always:
        parts.append("24/7")
    if rule.years:
        parts.append(",".join(_years(item) for item in rule.years))
    if rule.dates:
        parts.append(",".join(_dates(item) for item in rule.dates))
    if rule.weeks:
        parts.append("week " + ",".join(_weeks(item) for item in rule.weeks))
    parts += [",".join(_day(item) for item in group) for group in rule.days]
    if rule.spans:
        parts.append(",".join(print_span(span) for span in rule.spans))
    if rule.state is not State.OPEN or not parts:
        parts.append(rule.state.value)
    elif rule.comment:
        # Left out, "open" would turn a commented rule into an uncertain one.
        parts.append(State.OPEN.value)
    if rule.comment:
        parts.append(f'"{rule.comment}"')
    return " ".join(parts)


def print_span(span: Span) -> str:
    """A time range; past midnight the clock starts again ("22:00-02:00")."""
    if span.is_open_ended and span.end == span.start:
        return f"{clock(span.start)}+"
    long = span.end - span.start > 1440
    end = span.end if span.end <= 1440 or long else span.end - 1440
    return f"{clock(span.start)}-{clock(end)}" + ("+" if span.is_open_ended else "")


def _years(item: Years) -> str:
    if item.last == 9999 and item.first != 9999:
        return f"{item.first}+" if item.step == 1 else f"{item.first}/{item.step}"
    text = str(item.first) if item.first == item.last else f"{item.first}-{item.last}"
    return text if item.step == 1 else f"{text}/{item.step}"


def _weeks(item: Weeks) -> str:
    text = f"{item.first:02d}"
    if item.last != item.first:
        text += f"-{item.last:02d}"
    return text if item.step == 1 else f"{text}/{item.step}"


def _offset(days: int) -> str:
    if not days:
        return ""
    return f" {'+' if days > 0 else '-'}{abs(days)} day{'s' if abs(days) > 1 else ''}"


def _point(point: DatePoint) -> str:
    words = [str(point.year)] if point.year else []
    words.append("easter" if point.is_easter else MONTHS[point.month - 1])
    if point.day:
        words.append(f"{point.day:02d}")
    if point.nth:
        words.append(f"{WEEKDAYS[point.weekday]}[{point.nth}]")
    return " ".join(words) + _offset(point.offset)


def _dates(item: Dates) -> str:
    text = _point(item.first)
    if item.last is not None:
        last = item.last
        same_month = (
            last.day
            and item.first.day
            and (last.month, last.year) == (item.first.month, item.first.year)
            and not (last.is_easter or item.first.is_easter or last.offset or item.first.offset)
            and last.day > item.first.day
        )
        text += f"-{last.day:02d}" if same_month else f"-{_point(last)}"
    return text if item.step == 1 else f"{text}/{item.step}"


def _day(item: DayItem) -> str:
    if isinstance(item, HolidayDay):
        return item.kind + _offset(item.offset)
    text = WEEKDAYS[item.first]
    if item.last != item.first:
        text += f"-{WEEKDAYS[item.last]}"
    if item.nth:
        text += "[" + ",".join(str(n) for n in item.nth) + "]"
    return text + _offset(item.offset)
