"""Finding establishments: one page, how many, and what would narrow the question."""

from __future__ import annotations

from chalandise.discovery.answering import answer, results_of
from chalandise.discovery.clauses import clauses_of
from chalandise.discovery.criteria import Search, Sort
from chalandise.discovery.facets import MOST_VALUES, count_values
from chalandise.discovery.fallback import look_up_names
from chalandise.discovery.memory import Memory, key_of
from chalandise.discovery.reader import get_snapshot, total
from chalandise.discovery.results import Facets, Results

FACETS = {
    "categories": "categories",
    "communes": "communes",
    "services": "services",
    "labels": "labels",
}
"""Facets, and the dimension each is counted without."""

MOST_COMMUNES = 40_000
"""More than France has."""

_pages: Memory[Results] = Memory(2048)
_totals: Memory[int] = Memory(1024)
_facets: Memory[Facets] = Memory(64)
_communes: Memory[dict[str, int]] = Memory(16)


def find_establishments(search: Search) -> Results:
    """Return one page of what matches.

    Raises:
        TooDeepError: the list was followed beyond its end.
        BadCursorError: the cursor does not belong to this question.
        OutOfBoundsError: ``open_at`` lies beyond what the index knows.
    """
    return answer(
        get_snapshot,
        _pages,
        key_of(search),
        lambda snapshot: results_of(snapshot, clauses_of(snapshot, search), search),
        lambda: look_up_names(search),
    )


def count_establishments(search: Search) -> int:
    """Return how many match, without fetching any."""
    return answer(
        get_snapshot,
        _totals,
        key_of(search),
        lambda snapshot: total(snapshot.searcher.search(clauses_of(snapshot, search).query(), 1)),
        lambda: look_up_names(search).count,
    )


def count_facets(search: Search, *, communes: int = MOST_VALUES) -> Facets:
    """Return the values that narrow the question, with counts; empty when the index is away.

    Args:
        search: the question.
        communes: of how many communes to tell.
    """
    asked, few = search.but(cursor="", limit=1, sort=Sort.BEST), {"communes": communes}
    return answer(
        get_snapshot,
        _facets,
        (communes, key_of(asked)),
        lambda snapshot: Facets(
            **count_values(snapshot.searcher, clauses_of(snapshot, asked), FACETS, few)
        ),
        Facets,
    )


def count_by_commune(search: Search) -> dict[str, int]:
    """Return how many match in every commune that has some, by key; empty when the index is away.

    The facets of a list stop at `facets.MOST_VALUES` values; a region has thousands of communes.
    """
    asked = search.but(cursor="", limit=1, sort=Sort.BEST)
    return answer(
        get_snapshot,
        _communes,
        key_of(asked),
        lambda snapshot: {
            one.key: one.count
            for one in count_values(
                snapshot.searcher,
                clauses_of(snapshot, asked),
                {"communes": "communes"},
                most=MOST_COMMUNES,
            )["communes"]
        },
        dict,
    )
