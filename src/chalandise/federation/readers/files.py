"""Opening files that strangers send: plain, gzip or zip, never larger than is sane.

Nothing is unpacked to disk. A zip must hold exactly one readable file; nested archives, encrypted
entries and bombs are refused (a bomb is recognised while it is being read, not from the sizes it
declares).
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from typing_extensions import override

from chalandise.federation.errors import (
    ArchiveRefusedError,
    BrokenFileError,
    EmptyFileError,
    LimitExceededError,
)

READABLE = (".csv", ".tsv", ".txt", ".json", ".geojson", ".js")
_ARCHIVES = (".zip", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz", ".tar")
_NO_DAY_IN_ZIP = 1980
_UNREADABLE = {
    b"%PDF": "pdf",
    b"\xd0\xcf\x11\xe0": "xls",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
}


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much a file may hold.

    The whole French register is 8 GB in 42 million rows and compresses about fivefold.
    """

    size: int = 24 * 1024**3
    ratio: int = 120
    ratio_floor: int = 32 * 1024**2
    entries: int = 50
    line_length: int = 4 * 1024**2
    cell_length: int = 1024**2
    columns: int = 500


DEFAULT_LIMITS = FileLimits()


class _BoundedStream(io.RawIOBase):
    """A binary stream that stops at a size or at an absurd rate of compression."""

    def __init__(self, inner: BinaryIO, *, path: Path, limits: FileLimits, packed: bool) -> None:
        super().__init__()
        self._inner = inner
        self._name = path.name
        self._left = limits.size
        self._allowed = (
            max(limits.ratio_floor, path.stat().st_size * limits.ratio) if packed else limits.size
        )
        self._limits = limits
        self._read_count = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        try:
            chunk = self._inner.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise ArchiveRefusedError(self._name, "broken") from error
        self._read_count += len(chunk)
        if self._read_count > self._limits.size:
            raise LimitExceededError(self._name, 0, "file", self._limits.size)
        if self._read_count > self._allowed:
            raise ArchiveRefusedError(self._name, "bomb")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    @override
    def close(self) -> None:
        self._inner.close()
        super().close()


@contextmanager
def open_source(path: Path, *, limits: FileLimits = DEFAULT_LIMITS) -> Iterator[io.BufferedReader]:
    """Open a file for reading bytes, looking inside one level of compression.

    Raises:
        ArchiveRefusedError: the archive is broken, dangerous or ambiguous.
        EmptyFileError: there is nothing in it.
        BrokenFileError: it is a document that is no data file (PDF, old Excel, picture).
    """
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise EmptyFileError(path.name)
    for signature, kind in _UNREADABLE.items():
        if head.startswith(signature):
            raise BrokenFileError(path.name, 0, kind)
    if head.startswith(b"\x1f\x8b"):
        with gzip.open(path, "rb") as packed, _bounded(packed, path, limits) as stream:
            _refuse_nested(stream, path)
            yield stream
    elif head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        with _open_zip(path, limits) as stream:
            yield stream
    else:
        with path.open("rb") as plain, _bounded(plain, path, limits, packed=False) as stream:
            yield stream


def packed_at(path: Path) -> date | None:
    """Return the day that an archive keeps of the file in it, if it is one and keeps any.

    Raises:
        ArchiveRefusedError: the archive is broken, dangerous or ambiguous.
        BrokenFileError: it is a document that is no data file.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\x1f\x8b"):
        seconds = int.from_bytes(head[4:8], "little")
        return datetime.fromtimestamp(seconds, tz=UTC).date() if seconds else None
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            year, month, day, *_time = _only_entry(archive, path, DEFAULT_LIMITS).date_time
            return date(year, month, day) if year > _NO_DAY_IN_ZIP else None
    except ValueError:
        return None
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ArchiveRefusedError(path.name, "broken") from error


def _bounded(
    inner: object, path: Path, limits: FileLimits, *, packed: bool = True
) -> io.BufferedReader:
    bounded = _BoundedStream(inner, path=path, limits=limits, packed=packed)  # type: ignore[arg-type]
    return io.BufferedReader(bounded, buffer_size=1024 * 256)


@contextmanager
def _open_zip(path: Path, limits: FileLimits) -> Iterator[io.BufferedReader]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ArchiveRefusedError(path.name, "broken") from error
    with archive:
        entry = _only_entry(archive, path, limits)
        try:
            member = archive.open(entry)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise ArchiveRefusedError(path.name, "broken") from error
        with member, _bounded(member, path, limits) as stream:
            _refuse_nested(stream, path)
            yield stream


def _only_entry(archive: zipfile.ZipFile, path: Path, limits: FileLimits) -> zipfile.ZipInfo:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise ArchiveRefusedError(path.name, "too_many_entries")
    names = [PurePosixPath(entry.filename) for entry in entries]
    if any(name.parts[:1] == ("xl",) for name in names):
        raise BrokenFileError(path.name, 0, "xlsx")
    if {"mimetype", "content.xml"} <= {str(name) for name in names}:
        raise BrokenFileError(path.name, 0, "ods")
    readable = [
        entry
        for entry, name in zip(entries, names, strict=True)
        if not entry.is_dir()
        and name.suffix.lower() in READABLE
        and not name.name.startswith(".")
        and "__MACOSX" not in name.parts
    ]
    if any(entry.flag_bits & 0x1 for entry in readable):
        raise ArchiveRefusedError(path.name, "encrypted")
    if not readable:
        is_nested = any(name.suffix.lower() in _ARCHIVES for name in names)
        raise ArchiveRefusedError(path.name, "nested" if is_nested else "nothing_readable")
    if len(readable) > 1:
        raise ArchiveRefusedError(path.name, "several_files")
    return readable[0]


def _refuse_nested(stream: io.BufferedReader, path: Path) -> None:
    if stream.peek(4)[:4].startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise ArchiveRefusedError(path.name, "nested")
