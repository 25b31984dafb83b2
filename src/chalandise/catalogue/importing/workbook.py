"""Reads one uploaded workbook in a process of its own: `python -I workbook.py ROWS COLUMNS CELL`.

Reads the file from standard input and writes its first sheet as lines of JSON, each a list of
texts, the last one an object: ``{"end": rows}`` or ``{"refused": reason}``. The process has little
memory and little time, and looks at the archive before anything is unpacked, so that a bomb kills
only itself (fault 70). Nothing is unpacked to disk. It imports nothing of the platform.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

MEMORY_BYTES = 700 * 1024 * 1024
CPU_SECONDS = 25
WRITTEN_BYTES = 120 * 1024 * 1024
MOST_ENTRIES = 500
MOST_UNPACKED = 150 * 1024 * 1024
MOST_RATIO = 150
SMALL_ENTRY = 1024 * 1024
PROLOGUE = 4096
GAP_FACTOR = 3


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
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    prologue = part.read(PROLOGUE)
                if b"<!DOCTYPE" in prologue or b"<!ENTITY" in prologue:
                    raise RefusedError("bomb")  # no workbook declares entities


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
    from openpyxl import load_workbook  # noqa: PLC0415 - only once memory is limited

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size proves nothing
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, SyntaxError, OSError):
        raise RefusedError("not_a_workbook") from None
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
    except (KeyError, ValueError, IndexError, TypeError, SyntaxError, OSError):
        raise RefusedError("not_a_workbook") from None
    return count


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
