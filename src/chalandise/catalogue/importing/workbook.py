"""Reads one uploaded workbook in a process of its own: `python -I workbook.py ROWS COLUMNS CELL`.

Reads the file from standard input and writes its first sheet as lines of JSON, each a list of
texts, the last one an object: ``{"end": rows}`` or ``{"refused": reason}``. The process has little
memory and little time, and looks at the archive before anything is unpacked, so that a bomb kills
only itself (fault 70). Nothing is unpacked to disk. It imports nothing of the platform.

A workbook is XML, the only XML from outside that the platform reads: `openpyxl` reads every part of
it through `defusedxml`, which refuses to declare an entity in whatever encoding and wherever in the
part (fault 71).
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from defusedxml import DefusedXmlException

MEMORY_BYTES = 700 * 1024 * 1024
CPU_SECONDS = 25
WRITTEN_BYTES = 120 * 1024 * 1024
MOST_ENTRIES = 500
MOST_UNPACKED = 150 * 1024 * 1024
MOST_RATIO = 150
SMALL_ENTRY = 1024 * 1024
GAP_FACTOR = 3
# What `openpyxl` raises over a file that is no workbook, or a broken one.
_UNREADABLE = (
    KeyError, ValueError, IndexError, TypeError, AttributeError, SyntaxError, OSError,
)  # fmt: skip


class RefusedError(Exception):
    """The file cannot be read; the argument says why in one word."""


def main(most_rows: int, most_columns: int, longest_cell: int) -> int:
    """Check, read, write."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        check_archive(content)
        count = write_rows(content, most_rows, most_columns, longest_cell)
    except RefusedError as refused:
        _say({"refused": str(refused)})
    except (zipfile.BadZipFile, EOFError, NotImplementedError):
        _say({"refused": "not_a_workbook"})
    except MemoryError:
        _say({"refused": "bomb"})
    else:
        _say({"end": count})
    return 0


def check_archive(content: bytes) -> None:
    """Refuse what would unpack to far more than it is, or is no workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if len(entries) > MOST_ENTRIES or len(names) < len(entries):
            raise RefusedError("bomb")
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise RefusedError("bomb")
        _check_entries(entries)
        if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
            raise RefusedError("not_a_workbook")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:  # one piece of data counted several times
            raise RefusedError("bomb")
        end = entry.header_offset + entry.compress_size
        is_large = entry.file_size > SMALL_ENTRY
        if is_large and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise RefusedError("bomb")
        if entry.flag_bits & 1:
            raise RefusedError("not_a_workbook")  # locked by a password


def write_rows(content: bytes, most_rows: int, most_columns: int, longest_cell: int) -> int:
    """Write the rows of the first sheet that are not blank."""
    # Every part by defusedxml: beside it, lxml would expand the entities of attributes.
    os.environ |= {"OPENPYXL_DEFUSEDXML": "True", "OPENPYXL_LXML": "False"}
    from openpyxl import load_workbook  # noqa: PLC0415 - only once memory is limited

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size proves nothing
    except _UNREADABLE as error:
        raise RefusedError(_reason_of(error)) from None
    count = 0
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > GAP_FACTOR * most_rows or count > most_rows:
                raise RefusedError("too_many_rows")
            cells = [text_of(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if not cells:
                continue
            if len(cells) > most_columns:
                raise RefusedError("too_many_columns")
            if max(map(len, cells)) > longest_cell:
                raise RefusedError("cell_too_long")
            sys.stdout.write(json.dumps(cells) + "\n")
            count += 1
    except _UNREADABLE as error:
        raise RefusedError(_reason_of(error)) from None
    return count


def _reason_of(error: Exception) -> str:
    """No workbook declares an entity; `openpyxl` tells it of some parts as the cause of another error."""
    is_forbidden = isinstance(error, DefusedXmlException)
    is_caused = isinstance(error.__cause__, DefusedXmlException)
    return "bomb" if is_forbidden or is_caused else "not_a_workbook"


def text_of(value: Any) -> str:
    """Return a cell as a person would type it; a date stays a date and no number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        # Twelve digits: the sums a spreadsheet computes end in 0.000000000001.
        return format(Decimal(format(value, ".12g")), "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value).replace("\x00", "").strip()


def _say(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
