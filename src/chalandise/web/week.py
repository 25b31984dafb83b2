"""The hours of a week as rows to show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from chalandise.directory.hours.schedule import Day, DayTimes
from chalandise.web.cards import DayRow

DAY_MINUTES = 24 * 60


def day_rows(days: Iterable[Day]) -> list[DayRow]:
    """Return one row a day: its stretches, and why it is not like the others."""
    return [
        DayRow(
            day.on,
            tuple((_hour(one.start), _hour(one.end)) for one in day.times if not one.is_unknown),
            _note(day),
        )
        for day in days
    ]


def rows_together(rows: Iterable[DayRow]) -> list[DayRow]:
    """Return the days one after the other whose hours and notes are the same as one row."""
    runs: list[DayRow] = []
    for row in rows:
        last = runs[-1] if runs else None
        if last and (last.slots, last.note) == (row.slots, row.note):
            runs[-1] = replace(last, until=row.day)
        else:
            runs.append(row)
    return runs


def _hour(minutes: int) -> str:
    """Write minutes from midnight; a night that runs on past midnight shows the hour it ends at."""
    if minutes == DAY_MINUTES:
        return "24:00"
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _note(day: Day) -> str:
    if day.closing is not None:
        return day.closing.reason or _("Exceptionally closed")
    words = [day.holiday or "", *_comments(day.times)]
    return ", ".join(dict.fromkeys(word for word in words if word))


def _comments(times: Iterable[DayTimes]) -> list[str]:
    return [one.comment or (_("to be confirmed") if one.is_unknown else "") for one in times]
