"""The one way tables leave the house: as CSV that a spreadsheet opens and never runs (fault 68)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

BOM = "\ufeff"
"""Spreadsheets take a file without it for Latin-1."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 500


class Number(str):
    """A number that we wrote ourselves, which is no formula although it may begin with a minus.

    ``Number("-12,50")``: digits, a decimal comma as French spreadsheets want it, nothing else.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Number:
        """Take the text of a number, and no other.

        Raises:
            ValueError: it is something else.
        """
        if not re.fullmatch(r"-?[0-9]+(,[0-9]+)?", text):
            raise ValueError(f"not a number: {text!r}")
        return super().__new__(cls, text)


class Day(str):
    """A day as French spreadsheets read one, ``22/11/2026``; a workbook makes a date of it."""

    __slots__ = ()

    @classmethod
    def of(cls, on: date) -> Day:
        """Write a day."""
        return cls(f"{on:%d/%m/%Y}")

    @property
    def on(self) -> date:
        """The day itself."""
        day, month, year = (int(part) for part in self.split("/"))
        return date(year, month, day)


def harmless(cell: str) -> str:
    """Return text that no spreadsheet takes for a formula; it reads the same, after a quote.

    Full-width signs count too: spreadsheets set to Japanese or Chinese read them as plain ones.
    White space in front does not hide a formula.
    """
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) else cell


def csv_line(cells: Sequence[str], *, longest: int = LONGEST_CELL) -> str:
    """Return one line of a table, each cell harmless and cut to a readable length."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow(
        [cell if isinstance(cell, Number) else harmless(cell[:longest]) for cell in cells]
    )
    return text.getvalue()


def csv_lines(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a whole table, ready to be sent line by line."""
    yield BOM + csv_line(heading)
    for row in rows:
        yield csv_line(row)
