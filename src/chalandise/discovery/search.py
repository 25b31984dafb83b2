"""Finding establishments: one page, how many, and what would narrow the question."""

from __future__ import annotations

from tantivy import Searcher

from chalandise.discovery.clauses import Clauses, clauses_of
from chalandise.discovery.criteria import Search, Sort
from chalandise.discovery.facets import count_values
from chalandise.discovery.fallback import look_up_names
from chalandise.discovery.memory import Memory, key_of
from chalandise.discovery.paging import read_page
from chalandise.discovery.reader import Answering, IndexAwayError, Snapshot, get_snapshot, total
from chalandise.discovery.results import Facets, Results

FACETS = {
    "categories": "categories",
    "communes": "communes",
    "services": "services",
    "labels": "labels",
}
"""Facets, and the dimension each is counted without."""

_pages: Memory[Results] = Memory(4096)
_totals: Memory[int] = Memory(1024)
_facets: Memory[Facets] = Memory(512)


def find_establishments(search: Search) -> Results:
    """Return one page of what matches.

    Raises:
        TooDeepError: the list was followed beyond its end.
        BadCursorError: the cursor does not belong to this question.
        OutOfBoundsError: ``open_at`` lies beyond what the index knows.
    """
    try:
        snapshot = get_snapshot()
        with Answering(snapshot) as searcher:
            key = (snapshot.generation, key_of(search))
            return _pages.get(key, lambda: _find(snapshot, searcher, search))
    except IndexAwayError:
        return look_up_names(search)


def _find(snapshot: Snapshot, searcher: Searcher, search: Search) -> Results:
    clauses = clauses_of(snapshot, search)
    page = read_page(searcher, clauses, search)
    plan = clauses.plan
    return Results(
        ids=tuple(page.ids),
        count=page.count,
        next_cursor=page.next_cursor,
        distances_m=page.distances_m,
        is_corrected=plan is not None and plan.is_corrected,
        is_relaxed=plan is not None and plan.is_relaxed,
    )


def count_establishments(search: Search) -> int:
    """Return how many match, without fetching any."""
    try:
        snapshot = get_snapshot()
        with Answering(snapshot) as searcher:
            key = (snapshot.generation, key_of(search))
            return _totals.get(
                key, lambda: total(searcher.search(clauses_of(snapshot, search).query(), 1))
            )
    except IndexAwayError:
        return look_up_names(search).count


def count_facets(search: Search) -> Facets:
    """Return the values that narrow the question, with counts; empty when the index is away."""
    try:
        snapshot = get_snapshot()
        with Answering(snapshot) as searcher:
            key = (snapshot.generation, key_of(search.but(cursor="", limit=1, sort=Sort.BEST)))
            return _facets.get(key, lambda: _count(searcher, clauses_of(snapshot, search)))
    except IndexAwayError:
        return Facets()


def _count(searcher: Searcher, clauses: Clauses) -> Facets:
    return Facets(**count_values(searcher, clauses, FACETS))
