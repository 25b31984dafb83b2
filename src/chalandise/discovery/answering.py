"""How every question is answered: from memory, else from the index, else without it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from chalandise.discovery.clauses import Clauses
from chalandise.discovery.criteria import Search
from chalandise.discovery.memory import Memory
from chalandise.discovery.paging import read_page
from chalandise.discovery.reader import Answering, IndexAwayError, Snapshot
from chalandise.discovery.results import Results

Answer = TypeVar("Answer")


def answer(
    open_snapshot: Callable[[], Snapshot],
    kept: Memory[Answer],
    key: Hashable,
    look: Callable[[Snapshot], Answer],
    without: Callable[[], Answer],
) -> Answer:
    """Return what an index answers, remembered while it stands still.

    Args:
        open_snapshot: gives the index of establishments or that of products.
        kept: the last answers to this kind of question.
        key: what decides the answer, the index apart.
        look: asks the index.
        without: answers while the index is away.
    """
    try:
        snapshot = open_snapshot()
        with Answering(snapshot):
            return kept.get((snapshot.generation, key), lambda: look(snapshot))
    except IndexAwayError:
        return without()


def results_of(snapshot: Snapshot, clauses: Clauses, search: Search) -> Results:
    """Return the page of results that the question asks for; see `paging.read_page`."""
    page, plan = read_page(snapshot.searcher, clauses, search), clauses.plan
    return Results(
        ids=tuple(page.ids),
        count=page.count,
        next_cursor=page.next_cursor,
        distances_m=page.distances_m,
        is_corrected=plan is not None and plan.is_corrected,
        is_relaxed=plan is not None and plan.is_relaxed,
    )
