"""Turns typed words into a query: as typed, else with close spellings, else some of the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from chalandise.discovery.reader import Snapshot, total
from chalandise.discovery.schema import schema
from chalandise.discovery.vocabulary import close_spellings
from chalandise.discovery.words import spell, stem

MOST_WORDS = 8
_FEW_TERMS = 200
"""Up to so many terms are asked one by one; more of them together."""
_FEW_GO_ON_FROM = 4
"""Letters from which a word goes on in so few ways that they are looked up first."""


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


def terms_query(field: str, terms: Sequence[str]) -> Query:
    """Return what has at least one of some stems in a field of words."""
    if len(terms) > _FEW_TERMS:
        return Query.term_set_query(schema(), field, list(terms))
    return keys_query(field, terms)


def keys_query(field: str, keys: Sequence[str]) -> Query:
    """Return what bears at least one of ``keys`` in a field of keys; nothing for none."""
    return any_of([Query.term_query(schema(), field, key, "basic") for key in keys])


_plans: Memory[WordsPlan] = Memory(512)
_wholes: Memory[bool] = Memory(256)


def within(snapshot: Snapshot, scope: tuple[str, ...]) -> list[tuple[Occur, Query]]:
    """Return the condition that keeps to a scope; none where the index holds nothing else.

    Whether it does is counted once as long as the index stands still: a portal of its own, which
    shows all that it holds, need not prove it for every document that it finds.
    """
    inside = keys_query("territories", scope)

    def count() -> bool:
        outside = Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, inside)])
        return total(snapshot.searcher.search(outside, 1)) == 0

    is_whole = bool(scope) and _wholes.get((snapshot.generation, scope), count)
    return [] if is_whole else [filter_by(inside)]


def plan_words(snapshot: Snapshot, scope: tuple[str, ...], words: str) -> WordsPlan | None:
    """Return how to look for ``words`` within a scope, ``None`` where there is nothing to look for.

    Whether a spelling is corrected depends on the scope alone, never on the other filters: with
    « ouvert maintenant » added, a known word still means what it meant.
    """
    if not spell(words):
        return None
    key = (snapshot.generation, scope, words)
    return _plans.get(key, lambda: _plan(snapshot, scope, words))


def _plan(snapshot: Snapshot, scope: tuple[str, ...], words: str) -> WordsPlan:
    searcher, inside = snapshot.searcher, within(snapshot, scope)

    def finds(query: Query) -> bool:
        both = Query.boolean_query([*inside, (Occur.Must, query)])
        return bool(searcher.search(both, 1, count=False).hits)

    spelt = list(dict.fromkeys(spell(words)))[:MOST_WORDS]
    last = len(spelt) - 1
    as_typed = [_as_typed(searcher, word, begun=index == last) for index, word in enumerate(spelt)]
    bonus = (
        Occur.Should,
        Query.const_score_query(
            Query.term_query(schema(), "whole_name", whole_name(words), "basic"), WHOLE_NAME
        ),
    )
    strict = Query.boolean_query([(Occur.Must, all_of(as_typed)), bonus])
    if (last == 0 and _is_plainly_known(finds, searcher, spelt[0])) or finds(strict):
        return WordsPlan(strict)
    taken, is_corrected = [], False
    for index, query in enumerate(as_typed):
        # A question of one word was asked above.
        is_known = last > 0 and (_is_plainly_known(finds, searcher, spelt[index]) or finds(query))
        close = None if is_known else _misspelt(finds, snapshot, spelt[index], begun=index == last)
        taken.append(close or query)
        is_corrected |= close is not None
    together = all_of(taken)
    if last == 0 or finds(together):
        return WordsPlan(together, is_corrected=is_corrected)
    return WordsPlan(any_of(taken), is_corrected=is_corrected, is_relaxed=True)


def _is_plainly_known(finds: Callable[[Query], bool], searcher: Searcher, word: str) -> bool:
    """Tell, in a tenth of the time of scoring them all, whether somebody has a common word."""
    stemmed = stem(word)
    field = max(POINTS, key=lambda one: searcher.doc_freq(one, stemmed))
    return finds(Query.const_score_query(Query.term_query(schema(), field, stemmed, "basic"), 0.0))


def _as_typed(searcher: Searcher, word: str, *, begun: bool) -> Query:
    """Return what has ``word``, or while it is being typed a longer one.

    Fields that do not know the word are left out: they would add nothing to any score.
    """
    stemmed = stem(word)
    known = [field for field in POINTS if searcher.doc_freq(field, stemmed)]
    whole = _best_place({field: keys_query(field, [stemmed]) for field in known}, 1.0)
    if not begun or len(word) < SHORTEST_PREFIX:
        return whole
    going_on = list(POINTS)
    if len(word) >= _FEW_GO_ON_FROM:
        terms = {field: _going_on(searcher, field, word) for field in POINTS}
        if all(some <= {stemmed} for some in terms.values()):
            return whole  # nothing goes on from the word: the whole word says it all
        going_on = [field for field, some in terms.items() if some]
    begins = {
        field: Query.fuzzy_term_query(schema(), field, word, distance=0, prefix=True)
        for field in going_on
    }
    longer = _best_place(begins, PREFIX)
    return Query.disjunction_max_query([whole, longer]) if known else longer


def _going_on(searcher: Searcher, field: str, word: str) -> set[str]:
    """Return two of the terms that begin like ``word``, or all of them if they are fewer."""
    return {term for term, _count in searcher.terms_with_prefix(field, word, limit=2)}


def _misspelt(
    finds: Callable[[Query], bool], snapshot: Snapshot, word: str, *, begun: bool
) -> Query | None:
    """Return what has the closest spellings of ``word``, ``None`` where nothing comes close.

    The spellings come from the vocabulary of the whole index: whether somebody of the scope bears
    one is asked field by field, the cheapest question first. Two letters are wrong only where
    nobody has a spelling with one.
    """
    for typos in range(1, allowed_typos(word) + 1):
        close = close_spellings(snapshot.words, word, typos=typos, begun=begun)
        places = {field: terms_query(field, close[field]) for field in POINTS if field in close}
        weight = {field: _weight(snapshot.searcher, field, close[field]) for field in places}
        cheapest_first = sorted(places, key=weight.__getitem__)
        if any(finds(Query.const_score_query(places[field], 0.0)) for field in cheapest_first):
            return _best_place(places, TYPO)
    return None


def _weight(searcher: Searcher, field: str, terms: Sequence[str]) -> int:
    """Return how many documents bear one of ``terms``, at most."""
    return sum(searcher.doc_freq(field, term) for term in terms)


def _best_place(places: Mapping[str, Query], share: float) -> Query:
    """Score the best place where a word stands, and a little the others; nothing for no place."""
    if not places:
        return Query.empty_query()
    return Query.disjunction_max_query(
        [Query.const_score_query(query, POINTS[field] * share) for field, query in places.items()],
        tie_breaker=ALSO,
    )
