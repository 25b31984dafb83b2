"""Writing the index: one writer for each build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tantivy import Document, Index, IndexWriter, Query

from chalandise.discovery.schema import schema
from chalandise.discovery.vocabulary import Vocabulary, folder_of_words

HEAP_BYTES = 64_000_000
BUILD_BYTES = 256_000_000
"""As much a build may hold before it writes: a hundred thousand documents in one file are asked and
counted in one go. Memory is taken as it fills, so that a small index takes little."""
# One thread: documents keep their order and the shop's machine keeps its other cores.
THREADS = 1


class Writer:
    """Puts documents and their words in one index; `close` waits until its segments are merged."""

    def __init__(self, folder: Path, *, is_new: bool = False) -> None:
        if is_new:
            folder.mkdir(parents=True)
            index = Index(schema(), path=str(folder), reuse=False)
        else:
            index = Index.open(str(folder))
        self._writer: IndexWriter = index.writer(BUILD_BYTES if is_new else HEAP_BYTES, THREADS)
        self._vocabulary = Vocabulary(folder_of_words(folder), is_new=is_new)

    def add(self, documents: Iterable[Document]) -> int:
        """Add documents that are not there yet; return how many."""
        count = 0
        for document in documents:
            self._writer.add_document(document)
            self._vocabulary.learn(document)
            count += 1
        return count

    def remove(self, ids: Iterable[int]) -> None:
        """Remove the documents of these establishments.

        By query: `delete_documents_by_term` takes a number for a signed one, and on an unsigned
        field removes nothing without saying so.
        """
        self._writer.delete_documents_by_query(Query.term_set_query(schema(), "id", list(ids)))

    def commit(self) -> None:
        """Show readers everything written so far; the words first, so that none is missing."""
        self._vocabulary.commit()
        self._writer.commit()

    def close(self) -> None:
        """End, once the segments are merged."""
        self._vocabulary.close()
        self._writer.wait_merging_threads()
