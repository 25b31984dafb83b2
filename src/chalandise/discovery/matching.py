"""Turns typed words into a query: as typed, else with close spellings, else some of the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tantivy import Occur, Query, Searcher

from chalandise.discovery.documents import whole_name
from chalandise.discovery.memory import Memory
from chalandise.discovery.ranking import (
    ALSO,
    POINTS,
    PREFIX,
    SHORTEST_PREFIX,
    TYPO,
    WHOLE_NAME,
    allowed_typos,
)
from chalandise.discovery.reader import Snapshot
from chalandise.discovery.schema import schema
from chalandise.discovery.words import spell, stem

MOST_WORDS = 8
_TYPO_PREFIX_FROM = 6


@dataclass(frozen=True)
class WordsPlan:
    """How the words of a question are looked for.

    Attributes:
        query: finds and scores.
        is_corrected: a close spelling was taken for a word that nobody has.
        is_relaxed: some of the words are enough.
    """

    query: Query
    is_corrected: bool = False
    is_relaxed: bool = False


def filter_by(query: Query) -> tuple[Occur, Query]:
    """Make a query a condition that adds nothing to the score."""
    return (Occur.Must, Query.const_score_query(query, 0.0))


def any_of(queries: Sequence[Query]) -> Query:
    """Return what at least one of ``queries`` finds; nothing for none."""
    if not queries:
        return Query.empty_query()
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, one) for one in queries])


def all_of(queries: Sequence[Query]) -> Query:
    """Return what every one of ``queries`` finds, scores added up."""
    return Query.boolean_query([(Occur.Must, one) for one in queries])


def keys_query(field: str, keys: Sequence[str]) -> Query:
    """Return what bears at least one of ``keys`` in a field of keys; nothing for none."""
    return any_of([Query.term_query(schema(), field, key, "basic") for key in keys])


_plans: Memory[WordsPlan] = Memory(2048)


def plan_words(snapshot: Snapshot, scope: tuple[str, ...], words: str) -> WordsPlan | None:
    """Return how to look for ``words`` within a scope, ``None`` where there is nothing to look for.

    Whether a spelling is corrected depends on the scope alone, never on the other filters: with
    « ouvert maintenant » added, a known word still means what it meant.
    """
    if not spell(words):
        return None
    key = (snapshot.generation, scope, words)
    return _plans.get(key, lambda: _plan(snapshot.searcher, scope, words))


def _plan(searcher: Searcher, scope: tuple[str, ...], words: str) -> WordsPlan:
    inside = filter_by(keys_query("territories", scope))

    def finds(query: Query) -> bool:
        both = Query.boolean_query([inside, (Occur.Must, query)])
        return bool(searcher.search(both, 1, count=False).hits)

    spelt = list(dict.fromkeys(spell(words)))[:MOST_WORDS]
    last = len(spelt) - 1
    as_typed = [_as_typed(word, begun=index == last) for index, word in enumerate(spelt)]
    bonus = (
        Occur.Should,
        Query.const_score_query(
            Query.term_query(schema(), "whole_name", whole_name(words), "basic"), WHOLE_NAME
        ),
    )
    strict = Query.boolean_query([(Occur.Must, all_of(as_typed)), bonus])
    if finds(strict):
        return WordsPlan(strict)
    taken, is_corrected = [], False
    for index, query in enumerate(as_typed):
        is_known = last > 0 and finds(query)  # a question of one word was asked above
        close = None if is_known else _misspelt(searcher, spelt[index], begun=index == last)
        if close is not None and finds(close):
            taken.append(close)
            is_corrected = True
        else:
            taken.append(query)
    together = all_of(taken)
    if last == 0 or finds(together):
        return WordsPlan(together, is_corrected=is_corrected)
    return WordsPlan(any_of(taken), is_corrected=is_corrected, is_relaxed=True)


def _as_typed(word: str, *, begun: bool) -> Query:
    """Return what has ``word``, or while it is being typed a longer one."""
    whole = _best_place(lambda field: Query.term_query(schema(), field, stem(word), "basic"), 1.0)
    if not begun or len(word) < SHORTEST_PREFIX:
        return whole
    longer = _best_place(
        lambda field: Query.fuzzy_term_query(schema(), field, word, distance=0, prefix=True), PREFIX
    )
    return Query.disjunction_max_query([whole, longer])


def _misspelt(searcher: Searcher, word: str, *, begun: bool) -> Query | None:
    """Return what has a close spelling of ``word``, ``None`` where nothing has.

    Fields are asked one by one first: a field that has no close spelling adds nothing to any score,
    yet would take most of the time of the whole.
    """
    typos = allowed_typos(word)
    if not typos:
        return None
    begins = begun and len(word) >= _TYPO_PREFIX_FROM

    def look(field: str) -> Query:
        return Query.fuzzy_term_query(schema(), field, stem(word), distance=typos, prefix=begins)

    held = [field for field in POINTS if searcher.search(look(field), 1, count=False).hits]
    return _best_place(look, TYPO, fields=held) if held else None


def _best_place(
    look: Callable[[str], Query], share: float, *, fields: Iterable[str] = tuple(POINTS)
) -> Query:
    """Score the best place where a word stands, and a little the others."""
    return Query.disjunction_max_query(
        [Query.const_score_query(look(field), POINTS[field] * share) for field in fields],
        tie_breaker=ALSO,
    )
