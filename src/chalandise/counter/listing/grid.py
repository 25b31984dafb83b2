"""The grid of a week in a form: reads what was typed, keeps it whatever happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from django.utils import dates
from django.utils.translation import gettext as _

from chalandise.counter.listing.weekly import (
    MOST_OPENINGS,
    Opening,
    Week,
    as_mapping,
    copy_day,
    faults_of,
    sorted_openings,
)

COPY_TARGETS = {"workdays": range(5), "all": range(7)}


@dataclass(frozen=True)
class Slot:
    """Two fields of the grid, with what stands in them."""

    from_name: str
    to_name: str
    start: str
    end: str


@dataclass(frozen=True)
class GridDay:
    """One row of the grid."""

    number: int
    name: str
    slots: tuple[Slot, ...]
    error: str

    @property
    def shown(self) -> tuple[Slot, ...]:
        """The filled openings, and one blank to write in; two at most are offered at once."""
        return self.slots[: self._shown_count]

    @property
    def folded(self) -> tuple[Slot, ...]:
        """The openings that few shops need, one tap away."""
        return self.slots[self._shown_count :]

    @property
    def _shown_count(self) -> int:
        filled = sum(bool(slot.start or slot.end) for slot in self.slots)
        return filled if filled >= 2 else filled + 1

    @property
    def error_id(self) -> str:
        """The name that ties the error to its fields."""
        return f"{self.slots[0].from_name}_error"


class WeekGrid:
    """The grid for one purpose.

    Args:
        prefix: the purpose, which begins the name of each field.
        data: what was posted, or the fields of the stored week.
        label: how the grid is called to screen readers.
    """

    def __init__(self, prefix: str, data: Mapping[str, str], *, label: str) -> None:
        self.prefix = prefix
        self.label = label
        self.errors: dict[int, str] = {}
        self._data = dict(data)
        self.week = Week(
            days=tuple(self._day(number) for number in range(7)),
            opens_on_holidays=bool(data.get(f"{prefix}-holidays")),
            by_appointment=bool(data.get(f"{prefix}-appointment")),
        )

    @classmethod
    def of(cls, prefix: str, week: Week, *, label: str) -> WeekGrid:
        """Show a stored week."""
        data = dict(as_mapping(week, prefix))
        if week.opens_on_holidays:
            data[f"{prefix}-holidays"] = "on"
        if week.by_appointment:
            data[f"{prefix}-appointment"] = "on"
        return cls(prefix, data, label=label)

    def copied(self, source: int, targets: str) -> WeekGrid:
        """Return the grid with one day written on others, nothing saved."""
        week = copy_day(self.week, source, list(COPY_TARGETS[targets]))
        return WeekGrid.of(self.prefix, week, label=self.label)

    @property
    def days(self) -> list[GridDay]:
        """The rows to show."""
        return [
            GridDay(
                number,
                str(dates.WEEKDAYS[number]).capitalize(),
                tuple(self._slot(number, place) for place in range(MOST_OPENINGS)),
                self.errors.get(number, ""),
            )
            for number in range(7)
        ]

    def _slot(self, number: int, place: int) -> Slot:
        name = f"{self.prefix}-{number}-{place}"
        return Slot(
            f"{name}-from",
            f"{name}-to",
            self._data.get(f"{name}-from", ""),
            self._data.get(f"{name}-to", ""),
        )

    def _day(self, number: int) -> tuple[Opening, ...]:
        openings: list[Opening] = []
        for place in range(MOST_OPENINGS):
            slot = self._slot(number, place)
            start, end = _clock(slot.start), _clock(slot.end)
            if not slot.start.strip() and not slot.end.strip():
                continue
            if start is None or end is None:
                self.errors[number] = _("A time is missing or cannot be read: write 09:00.")
                return ()
            openings.append(Opening(start, end))
        if fault := faults_of(openings):
            self.errors[number] = {
                "same": _("It opens and closes at the same time."),
                "overlap": _("Two openings overlap."),
                "long": _("Two openings overlap."),
            }[fault]
        return sorted_openings(openings)


def _clock(text: str) -> time | None:
    """Read « 9h30 », « 9:30 », « 0930 » or « 9 » as well as « 09:30 »."""
    digits = text.strip().lower().replace("h", ":").replace(".", ":").replace(" ", "")
    hour, _separator, minute = digits.partition(":")
    if not _separator and len(hour) in (3, 4):
        hour, minute = hour[:-2], hour[-2:]
    if digits in ("24:00", "24", "24:"):
        return time(0)
    try:
        return time(int(hour), int(minute or 0))
    except (ValueError, OverflowError):
        return None
