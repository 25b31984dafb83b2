"""The one way tables leave the house: as CSV that a spreadsheet opens and never runs (fault 68)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BOM = "\ufeff"
"""Spreadsheets take a file without it for Latin-1."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 500


def harmless(cell: str) -> str:
    """Return text that no spreadsheet takes for a formula; it reads the same, after a quote.

    Full-width signs count too: spreadsheets set to Japanese or Chinese read them as plain ones.
    White space in front does not hide a formula.
    """
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) else cell


def csv_line(cells: Sequence[str], *, longest: int = LONGEST_CELL) -> str:
    """Return one line of a table, each cell harmless and cut to a readable length."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([harmless(cell[:longest]) for cell in cells])
    return text.getvalue()


def csv_lines(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a whole table, ready to be sent line by line."""
    yield BOM + csv_line(heading)
    for row in rows:
        yield csv_line(row)
