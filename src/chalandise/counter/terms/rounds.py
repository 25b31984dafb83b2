"""The rounds of a delivery zone in a form: rows to fill, kept as they were typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.utils import dates
from django.utils.translation import gettext as _

from chalandise.logistics.models import DeliveryZone
from chalandise.logistics.values import RoundDraft

BLANK_ROUNDS = 2


class RoundRows:
    """The rounds of a zone, one row each, and blank rows to add some."""

    def __init__(self, data: Mapping[str, Any] | None, zone: DeliveryZone | None) -> None:
        self.error = ""
        self.typed: list[RoundDraft] = []
        self.rows = self._stored(zone) if data is None else self._posted(data)

    @property
    def weekdays(self) -> list[tuple[int, str]]:
        """The days of the week."""
        return [(number, str(name).capitalize()) for number, name in dates.WEEKDAYS.items()]

    def _stored(self, zone: DeliveryZone | None) -> list[dict[str, Any]]:
        windows = (
            sorted(zone.windows.all(), key=lambda one: (one.weekday, one.starts)) if zone else []
        )
        rows = [
            {
                "weekday": str(one.weekday),
                "starts": f"{one.starts:%H:%M}",
                "ends": f"{one.ends:%H:%M}",
                "capacity": str(one.capacity),
            }
            for one in windows
        ]
        blank = {"weekday": "", "starts": "", "ends": "", "capacity": ""}
        return self._numbered([*rows, *(dict(blank) for _one in range(BLANK_ROUNDS))])

    def _posted(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = []
        for number in range(60):
            if f"round-{number}-weekday" not in data:
                break
            row = {
                name: str(data.get(f"round-{number}-{name}", "")).strip()
                for name in ("weekday", "starts", "ends", "capacity")
            }
            rows.append(row)
            if any(row.values()):
                self._read(row)
        return self._numbered(rows)

    def _read(self, row: dict[str, Any]) -> None:
        try:
            self.typed.append(
                RoundDraft(
                    weekday=int(row["weekday"]),
                    starts=time.fromisoformat(row["starts"]).replace(tzinfo=None),
                    ends=time.fromisoformat(row["ends"]).replace(tzinfo=None),
                    capacity=int(row["capacity"] or 10),
                )
            )
        except ValueError:
            row["is_bad"] = True
            self.error = _("A round lacks its day or its times: complete it, or blank it.")

    def _numbered(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "number": number} for number, row in enumerate(rows)]
