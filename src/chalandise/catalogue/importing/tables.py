"""A file as a table of texts: CSV of any dialect and encoding, or the first sheet of a workbook."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from chalandise.catalogue.errors import ImportRefusedError
from chalandise.catalogue.importing import workbook

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 300
LONGEST_CELL = 32_000
LONGEST_LINE = 128_000
WAIT_SECONDS = 40
_DELIMITERS = ";,\t|"
_ZIP = b"PK\x03\x04"
_CHUNK = 1 << 16
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """The headings and the rows below them, each with its number in the file."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(content: bytes) -> Table:
    """Read a file whatever it calls itself.

    Raises:
        ImportRefusedError: it cannot be read as a table, or is larger than a shop's shelf.
    """
    if len(content) > MOST_BYTES:
        raise ImportRefusedError("too_heavy")
    rows = _workbook_rows(content) if content.startswith(_ZIP) else _text_rows(content)
    header: list[str] | None = None
    found: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        if not any(cells):
            continue
        if header is None:
            header = cells
            continue
        if len(found) >= MOST_ROWS:
            raise ImportRefusedError("too_many_rows", str(MOST_ROWS))
        found.append((number, cells))
    if header is None:
        raise ImportRefusedError("no_header")
    return Table(header, found)


def _text_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    encoding = _encoding_of(content)
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    first = stream.readline(LONGEST_LINE)
    while first and not first.strip(" \r\n"):
        first = stream.readline(LONGEST_LINE)
    said = _SEPARATOR_LINE.fullmatch(first)
    delimiter = said[1] if said and said[1] in _DELIMITERS else _delimiter_of(first)
    if not said:
        stream.seek(0)
    reader = csv.reader(stream, delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=2 if said else 1):
            if len(row) > MOST_COLUMNS:
                raise ImportRefusedError("too_many_columns", str(number))
            cells = [cell.strip() for cell in row]
            if max(map(len, cells), default=0) > LONGEST_CELL:
                raise ImportRefusedError("cell_too_long", str(number))
            yield number, cells
    except csv.Error as error:
        reason = "cell_too_long" if "field limit" in str(error) else "not_text"
        raise ImportRefusedError(reason, str(reader.line_num)) from None
    except UnicodeDecodeError:
        raise ImportRefusedError("not_text") from None


def _encoding_of(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if _is(content, "utf-16"):
            return "utf-16"
        raise ImportRefusedError("not_text")
    if b"\x00" in content:
        raise ImportRefusedError("not_text")
    return next(one for one in ("utf-8-sig", "cp1252", "latin-1") if _is(content, one))


def _is(content: bytes, encoding: str) -> bool:
    """Tell whether every byte means something, a piece at a time."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(line: str) -> str:
    """Return the delimiter that parts the headings most, quotes apart."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count) if any(d in bare for d in _DELIMITERS) else ","


def _workbook_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    command = [sys.executable, "-I", workbook.__file__]
    command += [str(MOST_ROWS + 1), str(MOST_COLUMNS), str(LONGEST_CELL)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as answers:
        try:
            done = subprocess.run(  # noqa: S603 - our own script, our own arguments
                command,
                input=content,
                stdout=answers,
                stderr=subprocess.DEVNULL,
                timeout=WAIT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ImportRefusedError("too_long") from None
        answers.seek(0)
        is_whole = False
        for number, line in enumerate(answers, start=1):
            answer = _answer(line)
            if isinstance(answer, dict):
                if "refused" in answer:
                    raise ImportRefusedError(str(answer["refused"]))
                is_whole = True
                break
            yield number, [str(cell) for cell in answer]
        if not is_whole:  # killed by its limits
            raise ImportRefusedError("bomb" if done.returncode else "not_a_workbook")


def _answer(line: str) -> dict[str, object] | list[object]:
    try:
        answer = json.loads(line)
    except ValueError:
        raise ImportRefusedError("bomb") from None
    if not isinstance(answer, dict | list):
        raise ImportRefusedError("not_a_workbook")
    return answer
