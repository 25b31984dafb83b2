"""Builds a whole index beside the live one, then puts it in its place in one step."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from tantivy import Document, Index, Query

from chalandise.discovery import reader, store
from chalandise.discovery.documents import Gatherer
from chalandise.discovery.product_documents import ProductGatherer
from chalandise.discovery.writer import Writer
from chalandise.journal.outbox import Reader

Progress = Callable[[int], None]


def outbox_reader(build: str) -> Reader:
    """Return the outbox reader that feeds one build.

    Each build keeps its own place: what commits while it is made is delivered to it afterwards,
    whatever another build has read meanwhile.
    """
    return Reader(f"search:{build}")


def rebuild(progress: Progress = lambda count: None) -> int:
    """Build the index anew and put it in place; return how many establishments it holds.

    Raises:
        BusyError: another rebuild is under way.
    """
    with store.only_one("rebuild"):
        build = store.new_build()
        store.beat()
        try:
            count = _fill(build, progress)
        except BaseException:
            shutil.rmtree(store.folder_of(build), ignore_errors=True)
            outbox_reader(build).forget()
            raise
        finally:
            store.end_beat()
        for old in store.go_live(build):
            outbox_reader(old).forget()
    reader.drop()
    reader.forget()
    return count


def _fill(build: str, progress: Progress) -> int:
    outbox_reader(build).skip_to_now()  # before the first row is read
    gatherer = Gatherer()
    count = _write(store.folder_of(build), gatherer.all_published(), progress)
    _write(store.products_of(build), ProductGatherer(gatherer).all_published(), lambda _count: None)
    return count


def _write(folder: Path, chunks: Iterable[list[Document]], progress: Progress) -> int:
    writer = Writer(folder, is_new=True)
    count = 0
    for documents in chunks:
        count += writer.add(documents)
        store.beat()
        progress(count)
    writer.commit()
    writer.close()
    _prove(folder, count)
    return count


def _prove(folder: Path, count: int) -> None:
    """Read the new index back before anybody relies on it."""
    index = Index.open(str(folder))
    index.reload()
    found = reader.total(index.searcher().search(Query.all_query(), 1))
    if found != count:
        raise ValueError(f"the new index holds {found} of {count} documents")
