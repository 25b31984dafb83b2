"""Reading the index: any number of processes, each noticing a change within half a second."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from time import monotonic
from types import TracebackType
from zlib import crc32

from tantivy import Index, Searcher, SearchResult

from chalandise.discovery import store
from chalandise.discovery.vocabulary import folder_of_words

INTERVAL_SECONDS = 0.5


class IndexAwayError(Exception):
    """There is no index to read; pages do without."""


@dataclass(frozen=True)
class Snapshot:
    """The index as it stood at one moment.

    Attributes:
        build: the name of the build.
        index: the open index.
        searcher: reads what was committed at that moment.
        words: reads the words that the documents bear (see `vocabulary`).
        generation: a number that moves with every commit and every rebuild.
        products: the index of products of the same build.
    """

    build: str
    index: Index
    searcher: Searcher
    words: Searcher
    generation: int
    products: Snapshot | None = None


_Stamp = tuple[str, str, int, int]
_NOTHING: _Stamp = ("", "", 0, 0)
_BOTH_NOTHING = (_NOTHING, _NOTHING)
_lock = Lock()
_looked_at = float("-inf")
_stamps: tuple[_Stamp, _Stamp] = _BOTH_NOTHING
_snapshot: Snapshot | None = None


def find_snapshot() -> Snapshot | None:
    """Return what can be read now, ``None`` without an index; looks at the disk twice a second."""
    global _looked_at
    if monotonic() - _looked_at < INTERVAL_SECONDS:
        return _snapshot
    with _lock:
        if monotonic() - _looked_at >= INTERVAL_SECONDS:
            _look()
            _looked_at = monotonic()
    return _snapshot


def get_snapshot() -> Snapshot:
    """Return what can be read now.

    Raises:
        IndexAwayError: there is no index.
    """
    snapshot = find_snapshot()
    if snapshot is None:
        raise IndexAwayError
    return snapshot


def get_products_snapshot() -> Snapshot:
    """Return the index of products as it can be read now.

    Raises:
        IndexAwayError: there is no index.
    """
    products = get_snapshot().products
    if products is None:
        raise IndexAwayError
    return products


def total(found: SearchResult) -> int:
    """Return how many documents match in all."""
    return int(found.count)  # type: ignore[attr-defined] # tantivy has it, its stubs do not


def forget() -> None:
    """Look at the disk again at the next question: for tests and for the process that wrote."""
    global _looked_at
    _looked_at = float("-inf")


class Answering:
    """While the index answers: damage found on the way becomes `IndexAwayError`.

    tantivy reports damage as `ValueError`, or panics, which Python sees as an exception outside
    `Exception`; both leave a mark for the worker, which rebuilds.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __enter__(self) -> Searcher:
        return self._snapshot.searcher

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None and (
            issubclass(kind, ValueError | OSError) or kind.__name__ == "PanicException"
        ):
            store.suspect(self._snapshot.build)
            drop()
            raise IndexAwayError from error


def drop() -> None:
    """Stop reading the snapshot in memory."""
    global _snapshot, _stamps
    with _lock:
        _snapshot, _stamps = None, _BOTH_NOTHING


def _look() -> None:
    global _snapshot, _stamps
    build = store.live_build()
    if not build or store.is_suspect(build):
        _snapshot, _stamps = None, _BOTH_NOTHING
        return
    folders = store.folder_of(build), store.products_of(build)
    try:
        stamps = _stamp_of(build, folders[0]), _stamp_of(build, folders[1])
        if stamps == _stamps:
            return
        before = _snapshot if _stamps[0][:2] == stamps[0][:2] else None
        products = before.products if before is not None else None
        if products is None or stamps[1] != _stamps[1]:
            products = _opened(build, folders[1], stamps[1], products)
        if before is None or stamps[0] != _stamps[0]:
            before = _opened(build, folders[0], stamps[0], before)
        _snapshot = replace(before, products=products)
        _stamps = stamps
    except (ValueError, OSError):
        # The folder may have been replaced between two looks: only a live build is suspect.
        if store.live_build() == build:
            store.suspect(build)
        _snapshot, _stamps = None, _BOTH_NOTHING


def _opened(build: str, folder: Path, stamp: _Stamp, before: Snapshot | None) -> Snapshot:
    index = before.index if before is not None else Index.open(str(folder))
    index.config_reader("manual")
    index.reload()
    # Few words are new from one moment to the next, and opening their small index is quick.
    words = Index.open(str(folder_of_words(folder))).searcher()
    generation = crc32(repr(stamp).encode()) or 1
    return Snapshot(build, index, index.searcher(), words, generation)


def _stamp_of(build: str, folder: Path) -> _Stamp:
    stat = (folder / "meta.json").stat()
    return (build, str(folder), stat.st_mtime_ns, stat.st_size)
