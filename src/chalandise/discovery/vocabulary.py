"""The words that an index knows, in a small index of their own beside it.

A mistyped word is looked for here first, once, among some tens of thousands of words; the large
index is then asked for the few real words that come close, as if they had been typed.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

from tantivy import Document, Index, Query, Schema, SchemaBuilder, Searcher

from chalandise.discovery.schema import WORD_FIELDS
from chalandise.discovery.words import stem

BEGUN_FROM = 6
"""Letters from which a mistyped word may also be only begun."""
_HEAP_BYTES = 16_000_000
_MOST_CLOSE = 1000


def folder_of_words(folder: Path) -> Path:
    """Return where the words of an index lie: inside its folder, so that they leave together."""
    return folder / "words"


@cache
def vocabulary_schema() -> Schema:
    """Return the schema: one document for each word of each field, `entry` being both."""
    fields = SchemaBuilder()
    fields.add_text_field("word", tokenizer_name="raw", index_option="basic")
    fields.add_text_field("entry", tokenizer_name="raw", index_option="basic", fast=True)
    return fields.build()


class Vocabulary:
    """Writes down the words of documents, each once; none is ever struck out before a rebuild.

    A word that no document bears any more finds nothing in the large index, and so does no harm.
    """

    def __init__(self, folder: Path, *, is_new: bool) -> None:
        if is_new:
            folder.mkdir(parents=True)
            index = Index(vocabulary_schema(), path=str(folder), reuse=False)
        else:
            index = Index.open(str(folder))
        self._writer = index.writer(_HEAP_BYTES, 1)
        self._searcher = index.searcher()
        self._known: set[str] = set()
        self._is_changed = is_new

    def learn(self, document: Document) -> None:
        """Write down what is new in the word fields of a document."""
        for field in WORD_FIELDS:
            for word in str(document.get_first(field) or "").split():
                entry = f"{field} {word}"
                if entry not in self._known:
                    self._known.add(entry)
                    if not self._searcher.doc_freq("entry", entry):
                        self._write(word, entry)

    def commit(self) -> None:
        """Show readers the words learnt so far."""
        if self._is_changed:
            self._writer.commit()
            self._is_changed = False

    def close(self) -> None:
        """End, once the segments are merged."""
        self._writer.wait_merging_threads()

    def _write(self, word: str, entry: str) -> None:
        document = Document()
        document.add_text("word", word)
        document.add_text("entry", entry)
        self._writer.add_document(document)
        self._is_changed = True


def close_spellings(words: Searcher, word: str, *, typos: int, begun: bool) -> dict[str, list[str]]:
    """Return the stems that ``word`` may have meant, by field, with so many letters wrong."""
    query = Query.fuzzy_term_query(
        vocabulary_schema(),
        "word",
        stem(word),
        distance=typos,
        prefix=begun and len(word) >= BEGUN_FROM,
    )
    found: dict[str, list[str]] = defaultdict(list)
    # In the order of the entries, which also brings them along: they need not be fetched.
    hits = words.search(query, _MOST_CLOSE, count=False, order_by_field="entry").hits
    for entry, _address in hits:
        field, close = str(entry).split(" ", 1)
        found[field].append(close)
    return dict(found)
