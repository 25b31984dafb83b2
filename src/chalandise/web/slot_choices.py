"""Slots as a form offers them: by day, each as it is sent and as it is said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chalandise.logistics.values import Slot, SlotDay
from chalandise.web.formatting import calendar_day, clock

SlotChoices = list[tuple[str, list[tuple[str, str]]]]


def slot_choices(days: Iterable[SlotDay]) -> SlotChoices:
    """Return the slots of some days as the grouped choices of a field."""
    return [
        (
            calendar_day(day.on, "weekday").capitalize(),
            [
                (
                    slot.starts_at.isoformat(),
                    _said(day.on, slot),  # with its day: a closed list shows no group
                )
                for slot in day.slots
            ],
        )
        for day in days
    ]


def _said(on: date, slot: Slot) -> str:
    begins, ends = clock(slot.starts_at.time()), clock(slot.ends_at.time())
    return f"{calendar_day(on, 'weekday')}, {begins} – {ends}"
