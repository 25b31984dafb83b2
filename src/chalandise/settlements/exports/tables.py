"""A table on its way out, as CSV through the one writer or as XLSX of text cells (fault 68)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from chalandise.kernel.csv_out import Day, Number, csv_lines
from chalandise.kernel.xlsx_out import MEDIA_TYPE, xlsx_table

Format = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[Format, str] = {"csv": "text/csv; charset=utf-8", "xlsx": MEDIA_TYPE}


@dataclass(frozen=True)
class Table:
    """A heading and rows of text.

    Attributes:
        name: of the file, without extension.
        heading: one cell a column.
        rows: as many cells each.
    """

    name: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def written_as(self, form: Format) -> bytes:
        """Return the file."""
        if form == "xlsx":
            return xlsx_table(self.heading, self.rows, sheet=self.name)
        return "".join(csv_lines(self.heading, self.rows)).encode()

    def file_name(self, form: Format) -> str:
        """Return the name to download it under."""
        return f"{self.name}.{form}"


def amount(cents: int) -> Number:
    """Write a sum as French spreadsheets read numbers: ``-12,50``."""
    sign = "-" if cents < 0 else ""
    return Number(f"{sign}{abs(cents) // 100},{abs(cents) % 100:02d}")


def percent(rate_bp: int) -> Number:
    """Write a rate: ``5,5``."""
    return Number(f"{rate_bp / 100:.2f}".rstrip("0").rstrip(".").replace(".", ","))


def count(number: int) -> Number:
    """Write how many."""
    return Number(str(number))


def day(on: date | None) -> str:
    """Write a day as French spreadsheets read dates."""
    return Day.of(on) if on else ""
