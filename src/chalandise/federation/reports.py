"""The report of a run, line by line, in a table that a spreadsheet opens."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from django.utils.translation import gettext as _

from chalandise.kernel.csv_out import BOM, csv_line


class Outcome(StrEnum):
    """What became of one row."""

    CREATED = "created"
    MATCHED = "matched"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    TO_CHECK = "to_check"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line: what became of a row, or one remark about one of its fields."""

    line: int
    source_id: str
    name: str
    outcome: Outcome
    field: str = ""
    remark: str = ""
    original: str = ""
    sheet: str = ""


class ReportFile:
    """A report that can be continued: it knows how many bytes belong to committed batches."""

    def __init__(self, path: Path, *, keep_bytes: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("r+b" if keep_bytes and path.exists() else "wb")
        if keep_bytes:
            self._file.truncate(keep_bytes)
            self._file.seek(0, io.SEEK_END)
        else:
            self._write_row(
                [
                    _("line"),
                    _("identifier"),
                    _("name"),
                    _("outcome"),
                    _("field"),
                    _("remark"),
                    _("original text"),
                    _("sheet"),
                ],
                mark=BOM,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def write(self, lines: Iterable[ReportLine]) -> int:
        """Append lines; return how many bytes the file has now."""
        for line in lines:
            self._write_row(
                [
                    str(line.line),
                    line.source_id,
                    line.name,
                    line.outcome,
                    line.field,
                    line.remark,
                    line.original,
                    line.sheet,
                ]
            )
        self._file.flush()
        return self._file.tell()

    def _write_row(self, cells: list[str], *, mark: str = "") -> None:
        self._file.write((mark + csv_line(cells)).encode())
