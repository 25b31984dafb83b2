"""Tables as XLSX in which text is text: a spreadsheet shows it and never runs it (fault 68).

A string cell is no formula whatever it begins with, so `+33…` stays a telephone number that can be
copied, where the CSV must put a quote in front. A `Number` is a number, so that columns add up, and a
`Day` a date, so that they sort.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from chalandise.kernel.csv_out import Day, Number
from chalandise.kernel.on_demand import OnDemand

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = OnDemand("xlsxwriter")

LONGEST_CELL = 32_767  # Excel's own limit
WIDEST_COLUMN = 60
_UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_table(heading: Sequence[str], rows: Iterable[Sequence[str]], *, sheet: str = "1") -> bytes:
    """Return one sheet with a heading that stays in sight."""
    file = io.BytesIO()
    options = {
        "constant_memory": True,
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as workbook:
        page = workbook.add_worksheet(sheet[:31])
        bold = workbook.add_format({"bold": True})
        cents = workbook.add_format({"num_format": "0.00"})
        days = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for column, cell in enumerate(heading):
            page.set_column(column, column, min(max(len(cell) + 4, 14), WIDEST_COLUMN))
            page.write_string(0, column, cell[:LONGEST_CELL], bold)
        page.freeze_panes(1, 0)
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, Number):
                    value = float(cell.replace(",", "."))  # to be shown; nothing computes with it
                    page.write_number(place, column, value, cents if "," in cell else None)
                elif isinstance(cell, Day):
                    page.write_datetime(place, column, cell.on, days)
                else:
                    page.write_string(place, column, _legible(cell)[:LONGEST_CELL])
    return file.getvalue()


def _legible(cell: str) -> str:
    """Return the text without what XML has no way to write: control signs, halves of a sign."""
    return _UNWRITABLE.sub("", cell)
