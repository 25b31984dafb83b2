"""Suggestions while a visitor types: trades, communes, then establishments; and products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tantivy import DocAddress, Occur, Query

from chalandise.discovery.criteria import LONGEST_WORDS
from chalandise.discovery.matching import all_of, filter_by, keys_query, terms_query, within
from chalandise.discovery.memory import Memory
from chalandise.discovery.names import CategoryName, category_names, territory_names
from chalandise.discovery.ranking import allowed_typos
from chalandise.discovery.reader import (
    Answering,
    IndexAwayError,
    Snapshot,
    get_products_snapshot,
    get_snapshot,
)
from chalandise.discovery.results import Suggestion
from chalandise.discovery.schema import schema
from chalandise.discovery.vocabulary import close_spellings
from chalandise.discovery.words import spell, stem
from chalandise.kernel.text import fold

MOST = 8
CATEGORIES = 3
COMMUNES = 3
SYNONYM_FROM = 4
"""Letters before a synonym suggests its trade; fewer suggest too much."""

_counts: Memory[dict[str, int]] = Memory(256)


def suggest(typed: str, *, scope: Sequence[str], limit: int = MOST) -> list[Suggestion]:
    """Return trades, communes and establishments of the scope that begin like what was typed.

    Empty while the index is away: a suggestion is a help, never a need.
    """
    words = spell(typed[:LONGEST_WORDS])
    if not words:
        return []
    keys = tuple(scope)
    try:
        snapshot = get_snapshot()
        with Answering(snapshot):
            categories = _categories(snapshot, keys, words)
            communes = _communes(snapshot, keys, typed)
            room = max(1, limit - len(categories) - len(communes))
            named = _named(snapshot, "establishment", keys, words, room)
            found = [*categories, *communes, *named]
    except IndexAwayError:
        return []
    return found[:limit]


def suggest_products(typed: str, *, scope: Sequence[str], limit: int) -> list[Suggestion]:
    """Return products of the scope whose names begin like what was typed; none without an index."""
    words = spell(typed[:LONGEST_WORDS])
    if not words:
        return []
    try:
        snapshot = get_products_snapshot()
        with Answering(snapshot):
            return _named(snapshot, "product", tuple(scope), words, limit)
    except IndexAwayError:
        return []


def category_counts(snapshot: Snapshot, scope: tuple[str, ...]) -> dict[str, int]:
    """Return how many establishments of a scope each category has; counted once a generation."""
    inside = keys_query("territories", scope)

    def count() -> dict[str, int]:
        asked = {"c": {"terms": {"field": "categories", "size": 500}}}
        answer = snapshot.searcher.aggregate(inside, asked)
        return {one["key"]: int(one["doc_count"]) for one in answer["c"]["buckets"]}

    return _counts.get((snapshot.generation, scope), count)


def _categories(snapshot: Snapshot, scope: tuple[str, ...], words: list[str]) -> list[Suggestion]:
    counts = category_counts(snapshot, scope)
    found: list[tuple[int, int, CategoryName]] = []
    for one in category_names().values():
        if one.is_retired or not counts.get(one.key):
            continue
        if any(_begins(phrase, words) for phrase in one.names):
            found.append((0, -counts[one.key], one))
        elif len(words[-1]) >= SYNONYM_FROM and any(_begins(p, words) for p in one.synonyms):
            found.append((1, -counts[one.key], one))
    found.sort(key=lambda row: row[:2])
    return [
        Suggestion("category", one.key, one.shown_plural, count=counts[one.key])
        for _place, _count, one in found[:CATEGORIES]
    ]


def _begins(phrase: tuple[str, ...], words: list[str]) -> bool:
    """Tell whether every word is in ``phrase``, the last one perhaps only begun."""
    *whole, last = words
    return all(stem(word) in phrase for word in whole) and any(
        part.startswith((last, stem(last))) for part in phrase
    )


def _communes(snapshot: Snapshot, scope: tuple[str, ...], typed: str) -> list[Suggestion]:
    query = Query.boolean_query(
        [*within(snapshot, scope), filter_by(_begun("place", spell(typed)))]
    )
    answer = snapshot.searcher.aggregate(query, {"c": {"terms": {"field": "communes", "size": 12}}})
    counts = {one["key"]: int(one["doc_count"]) for one in answer["c"]["buckets"]}
    names = territory_names(counts)
    start = " ".join(spell(typed))
    ranked = sorted(
        (key for key in counts if key in names),
        key=lambda key: (
            not " ".join(spell(names[key])).startswith(start),
            -counts[key],
            fold(names[key]),
        ),
    )
    return [Suggestion("commune", key, names[key], count=counts[key]) for key in ranked[:COMMUNES]]


def _named(
    snapshot: Snapshot, kind: str, scope: tuple[str, ...], words: list[str], limit: int
) -> list[Suggestion]:
    """Return what has a name that begins so, else one that comes close."""
    searcher, inside = snapshot.searcher, within(snapshot, scope)
    hits: list[tuple[Any, DocAddress]] = []
    for look in (_begun_names, _misspelt_names):
        query = Query.boolean_query([*inside, (Occur.Must, look(snapshot, words))])
        hits = searcher.search(query, limit, count=False, weight_by_field="quality").hits
        if hits:
            break
    shown = (str(searcher.doc(address)["shown"][0]).split("\t") for _score, address in hits)
    return [Suggestion(kind, slug, name, detail) for slug, name, detail in shown]


def _begun(field: str, words: list[str]) -> Query:
    """Return what has all the words in a field, the last one perhaps only begun."""
    *whole, last = words
    found = [
        Query.const_score_query(Query.term_query(schema(), field, stem(word), "basic"), 1.0)
        for word in whole
    ]
    begun = Query.fuzzy_term_query(schema(), field, last, distance=0, prefix=True)
    exact = Query.term_query(schema(), field, stem(last), "basic")
    found.append(
        Query.disjunction_max_query(
            [Query.const_score_query(exact, 2.0), Query.const_score_query(begun, 1.0)]
        )
    )
    return all_of(found)


def _begun_names(_snapshot: Snapshot, words: list[str]) -> Query:
    return _begun("name", words)


def _misspelt_names(snapshot: Snapshot, words: list[str]) -> Query:
    last = len(words) - 1
    spellings = [
        _names_close_to(snapshot, word, begun=place == last) for place, word in enumerate(words)
    ]
    return all_of([Query.const_score_query(terms_query("name", some), 1.0) for some in spellings])


def _names_close_to(snapshot: Snapshot, word: str, *, begun: bool) -> list[str]:
    """Return the closest words of names, the word itself among them."""
    known = [stem(word)]
    for typos in range(1, allowed_typos(word) + 1):
        close = close_spellings(snapshot.words, word, typos=typos, begun=begun)
        if "name" in close:
            return [*known, *close["name"]]
    return known
