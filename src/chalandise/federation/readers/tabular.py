"""Reads tables as communes send them: any delimiter, any encoding, any headings; GeoJSON too."""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from chalandise.directory.classification import Classification
from chalandise.federation.errors import (
    BrokenFileError,
    EmptyFileError,
    LimitExceededError,
    MissingColumnsError,
    UnmappedFieldError,
)
from chalandise.federation.readers.columns import ColumnGuess, guess_columns, unique_headings
from chalandise.federation.readers.files import DEFAULT_LIMITS, FileLimits, open_source
from chalandise.federation.readers.geojson import centre_of, looks_like_json, stream_objects
from chalandise.federation.readers.records import RawRecord, RecordKind, Refusal, Tally
from chalandise.federation.readers.rows import understand_row
from chalandise.federation.readers.text import detect_encoding, open_lines

_DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 60
_SAMPLE_LINES = 30
_REMEMBERED_ROWS = 200_000  # memory stays flat; the database knows the others
Row = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """What was found out about a table before reading it."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    guesses: tuple[ColumnGuess, ...]

    def mapping(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return field → column: what was given first, then the guesses good enough to use."""
        result = dict(given)
        used = set(result.values())
        for guess in self.guesses:
            if guess.is_used and guess.field not in result and guess.column not in used:
                result[guess.field] = guess.column
        return {field: column for field, column in result.items() if column}


def inspect_table(path: Path, *, limits: FileLimits = DEFAULT_LIMITS) -> Layout:
    """Find out encoding, delimiter, columns and what they probably hold.

    Raises:
        UnreadableFileError: it is no table.
    """
    with _open_rows(path, limits) as (rows, encoding, delimiter, columns):
        sample = [row for _, row in islice(rows, _SAMPLE_ROWS)]
        known = columns or list(dict.fromkeys(name for row in sample for name in row))
        if not sample:
            raise EmptyFileError(path.name)
        return Layout(encoding, delimiter, tuple(known), tuple(guess_columns(known, sample)))


def read_table(
    path: Path,
    *,
    mapping: Mapping[str, str],
    tally: Tally,
    defaults: Mapping[str, str] | None = None,
    columns: Sequence[str] = (),
    limits: FileLimits = DEFAULT_LIMITS,
    tree: Classification | None = None,
) -> Iterator[RawRecord]:
    """Yield the rows of a table, understood with a mapping of fields to columns.

    Args:
        path: the file.
        mapping: field → column; `Layout.mapping` gives one.
        tally: counts what is passed over.
        defaults: values for fields that no column holds (`category`, `city`…).
        columns: the columns of the file, when `inspect_table` was called before.
        limits: what an honest file does not exceed.
        tree: the classification that labels are looked up in; the shipped one without.

    Raises:
        UnreadableFileError: the table cannot be read, or nothing names its places.
    """
    known = list(columns) or list(inspect_table(path, limits=limits).columns)
    check_mapping(path.name, mapping, known)
    seen: set[bytes] = set()
    with _open_rows(path, limits) as (rows, _, _, _):
        for line, row in rows:
            if None in row:  # the csv module keeps extra cells there
                yield RawRecord(
                    "", line, RecordKind.REFUSED, _stringify(row), refusal=Refusal.MALFORMED
                )
                continue
            record = understand_row(row, line, mapping, defaults or {}, tree)
            digest = hashlib.blake2b(record.source_id.encode(), digest_size=8).digest()
            if record.kind is RecordKind.PRESENT and digest in seen:
                yield RawRecord(
                    record.source_id, line, RecordKind.REFUSED, row, refusal=Refusal.DUPLICATE
                )
                continue
            if len(seen) < _REMEMBERED_ROWS:
                seen.add(digest)
            yield record


def check_mapping(file_name: str, mapping: Mapping[str, str], columns: Sequence[str]) -> None:
    """Refuse a mapping to columns that are not there, or without a name.

    Raises:
        MissingColumnsError: a column is absent.
        UnmappedFieldError: nothing names the places.
    """
    absent = [column for column in mapping.values() if column not in columns]
    if absent:
        raise MissingColumnsError(file_name, absent, columns)
    if "name" not in mapping:
        raise UnmappedFieldError(file_name, "name", columns)


def _stringify(row: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in row.items()}


@contextmanager
def _open_rows(
    path: Path, limits: FileLimits
) -> Iterator[tuple[Iterator[Row], str, str, list[str]]]:
    with open_source(path, limits=limits) as stream:
        if looks_like_json(stream):
            yield _json_rows(stream, path.name), "utf-8", "", []
            return
        encoding = detect_encoding(stream)
        lines = open_lines(stream, file_name=path.name, encoding=encoding, limits=limits)
        csv.field_size_limit(limits.cell_length)
        first = list(islice(lines, _SAMPLE_LINES))
        delimiter = find_delimiter(first)
        rows, columns = _csv_rows(chain(first, lines), delimiter, path.name, limits)
        yield rows, encoding, delimiter, columns


def find_delimiter(lines: Sequence[str]) -> str:
    """Choose the delimiter that cuts the most lines into the same number of cells."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:  # a giant cell: reading the rows says which
            continue
        if not widths or widths[0] < 2:
            continue
        score = widths.count(widths[0]) / len(widths) * (1 + min(widths[0], 30) / 100)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _csv_rows(
    lines: Iterable[str], delimiter: str, file_name: str, limits: FileLimits
) -> tuple[Iterator[Row], list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    header = _next_row(reader, file_name, limits)
    while header is not None and not any(cell.strip() for cell in header):
        header = _next_row(reader, file_name, limits)
    if header is None:
        raise EmptyFileError(file_name)
    if len(header) > limits.columns:
        raise LimitExceededError(file_name, 1, "columns", limits.columns)
    columns = unique_headings(header)

    def rows() -> Iterator[Row]:
        while (cells := _next_row(reader, file_name, limits)) is not None:
            if not any(cell.strip() for cell in cells):
                continue
            row: dict[Any, Any] = dict(zip(columns, cells, strict=False))
            if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                row[None] = cells[len(columns) :]
            yield reader.line_num, row

    return rows(), columns


def _next_row(reader: Any, file_name: str, limits: FileLimits) -> list[str] | None:
    try:
        row: list[str] | None = next(reader, None)
    except csv.Error as error:
        if "field larger" in str(error):
            raise LimitExceededError(
                file_name, reader.line_num, "cell", limits.cell_length
            ) from error
        raise BrokenFileError(file_name, reader.line_num, "csv") from error
    if row is not None and len(row) > limits.columns * 4:
        raise LimitExceededError(file_name, reader.line_num, "columns", limits.columns)
    return row


def _json_rows(stream: Any, file_name: str) -> Iterator[Row]:
    rank = 0
    for kind, element in stream_objects(stream, file_name=file_name):
        if not kind:
            continue
        rank += 1
        source = element.get("properties") or element.get("fields") or element
        row = {
            str(key): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for key, value in source.items()
            if value is not None
        }
        centre = centre_of(element.get("geometry"))
        if centre:
            row.setdefault("latitude", str(centre[0]))
            row.setdefault("longitude", str(centre[1]))
        if "id" in element and "id" not in row:
            row["id"] = str(element["id"])
        yield rank, row
