"""Sheets as PDF: statements, a seller's year, receipts, contracts, acknowledgements."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from chalandise.kernel.typesetting import set_pages

TEMPLATE = Path(__file__).parent / "sheet.typ"


@dataclass(frozen=True)
class Sheet:
    """What a sheet says.

    Attributes:
        title: what it is.
        subtitle: of which period.
        who: name and address of the merchant, a line each.
        totals: name and value.
        grand: the one that matters.
        heading: of the table.
        rows: of the table.
        numbers: the first column that holds numbers.
        wide: the column that takes the room left.
        note: a sentence under the totals.
        foot: at the foot of each page.
        author: who tells it.
        sections: what follows the table: a heading and a text, whose lines are kept.
    """

    title: str
    subtitle: str
    who: tuple[str, ...]
    totals: tuple[tuple[str, str], ...]
    grand: tuple[str, str]
    heading: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: int = 0
    wide: int = 0
    note: str = ""
    foot: str = ""
    author: str = ""
    sections: tuple[tuple[str, str], ...] = ()

    def as_pdf(self) -> bytes:
        """Return the pages."""
        return set_pages(TEMPLATE, {"sheet": asdict(self)})
