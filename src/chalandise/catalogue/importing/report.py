"""What an import did, or would do: one line for each row of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RowReport:
    """What became of one row.

    Attributes:
        number: of the row in the file, the headings being the first.
        outcome: ``created``, ``updated``, ``unchanged`` or ``refused``.
        problems: why it was refused, as (field, reason).
        warnings: what was left aside, as (field, reason).
    """

    number: int
    name: str
    outcome: str
    problems: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        header: the headings of the file.
        columns: which column was read for which field.
        is_applied: whether anything was written; False for a dry run, and for a file with refused
            rows that nobody agreed to leave out.
        stock: how many pieces the file says there are, by offer; empty for a dry run.
        product_ids: what was made or changed.
    """

    header: tuple[str, ...]
    columns: Mapping[str, int]
    rows: tuple[RowReport, ...]
    is_applied: bool
    stock: Mapping[int, int] = field(default_factory=dict)
    product_ids: tuple[int, ...] = ()

    def count(self, outcome: str) -> int:
        """Return how many rows became ``outcome``."""
        return sum(1 for row in self.rows if row.outcome == outcome)
