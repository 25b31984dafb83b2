"""One page of a question, in each of the orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tantivy import DocAddress, FieldType, Order, Query, Searcher, SearchResult

from chalandise.discovery.cells import distance_m
from chalandise.discovery.clauses import Clauses
from chalandise.discovery.criteria import Point, Search, Sort
from chalandise.discovery.cursors import Cursor, mark_of, read_cursor, write_cursor
from chalandise.discovery.discs import cover, squares_query
from chalandise.discovery.errors import BadCursorError, TooDeepError
from chalandise.discovery.matching import filter_by
from chalandise.discovery.product_criteria import STORED_ORDERS, ProductSearch
from chalandise.discovery.ranking import lot_of
from chalandise.discovery.reader import total
from chalandise.discovery.schema import schema

MOST_READ = 2000
"""Results that can be read one after the other where the order is not a stored number."""
_SLACK = 24
_FIRST_REACH_M = 250.0
_LAST_REACH_M = 256_000.0
_MOST_CANDIDATES = 50_000


@dataclass(frozen=True)
class Page:
    """Establishments in order, how many there are in all, and where the next page begins."""

    ids: list[int]
    count: int
    next_cursor: str
    distances_m: dict[int, int]


def read_page(searcher: Searcher, clauses: Clauses, search: Search) -> Page:
    """Return the page that the question asks for.

    Raises:
        TooDeepError: the page lies beyond `MOST_READ`.
        BadCursorError: the cursor does not belong to this question.
    """
    after = read_cursor(search)
    if isinstance(search, ProductSearch) and search.order in STORED_ORDERS:
        by = STORED_ORDERS[search.order]
        return _by_stored(searcher, clauses, search, after, by=by)
    if search.sort is Sort.NAME:
        return _ranked(searcher, clauses, search, after, by="name")
    if search.sort is Sort.BEST and clauses.plan is not None:
        return _ranked(searcher, clauses, search, after, by="score")
    if search.near is not None:
        return _nearest(searcher, clauses, search, search.near, after)
    return _by_stored(searcher, clauses, search, after, by="standing")


def _by_stored(
    searcher: Searcher, clauses: Clauses, search: Search, after: Cursor | None, *, by: str
) -> Page:
    """Sort by a stored number that is unique: the next page begins just after the last one."""
    shown, more = 0, []
    if after is not None:
        if not isinstance(after.value, int):
            raise BadCursorError
        shown = after.shown
        beyond = Query.range_query(
            schema(), by, FieldType.Unsigned, after.value, None, include_lower=False
        )
        more = [filter_by(beyond)]
    found = searcher.search(
        clauses.query(*more), search.limit + 1, order_by_field=by, order=Order.Asc
    )
    hits = found.hits[: search.limit]
    addresses = [address for _value, address in hits]
    ids = _ids(searcher, addresses)
    word = ""
    if len(found.hits) > search.limit:
        last = Cursor(mark_of(search), shown + len(ids), int(hits[-1][0]), ids[-1])
        word = write_cursor(last)
    distances = _distances(searcher, search.near, ids, addresses)
    return Page(ids, shown + total(found), word, distances)


def _ranked(
    searcher: Searcher, clauses: Clauses, search: Search, after: Cursor | None, *, by: str
) -> Page:
    """Sort by score or by name; a window around the last place finds it again after a change."""
    shown = after.shown if after else 0
    if shown + search.limit > MOST_READ:
        raise TooDeepError(MOST_READ)
    start = max(0, shown - _SLACK)
    if by == "score":
        found, start = _around_page(searcher, clauses.query(), start, shown, search.limit)
        hits, ids = _in_order(found.hits, _ids(searcher, [one for _score, one in found.hits]))
    else:
        length = shown - start + search.limit + _SLACK
        found = searcher.search(
            clauses.query(), length, offset=start, order_by_field="by_name", order=Order.Asc
        )
        hits, ids = found.hits, _ids(searcher, [address for _name, address in found.hits])
    first = _place_after(after, [value for value, _address in hits], ids, shown - start)
    page = slice(first, first + search.limit)
    word, end = "", shown + len(ids[page])
    if len(ids) > first + search.limit and end + search.limit <= MOST_READ:
        value, pk = hits[page][-1][0], ids[page][-1]
        word = write_cursor(Cursor(mark_of(search), end, value, pk))
    addresses = [address for _value, address in hits[page]]
    distances = _distances(searcher, search.near, ids[page], addresses)
    return Page(ids[page], total(found), word, distances)


Hits = list[tuple[Any, DocAddress]]


def _around_page(
    searcher: Searcher, query: Query, start: int, shown: int, limit: int
) -> tuple[SearchResult, int]:
    """Return the results by score around a page, and where they begin.

    tantivy gives equal scores in the order of its files, which a change may turn round: the window
    never begins nor ends among equals that reach into the page, so that `_in_order` sees them all.
    """
    beyond = _SLACK
    while True:
        length = shown - start + limit + beyond
        found = searcher.search(query, length, offset=start, weight_by_field="quality")
        scores = [score for score, _address in found.hits]
        before, last = shown - start - 1, shown - start + limit - 1
        if start and len(scores) > before and scores[0] == scores[before]:
            start = 0
        elif len(scores) == length and scores[last] == scores[-1]:
            beyond *= 8
        else:
            return found, start


def _in_order(hits: Hits, ids: list[int]) -> tuple[Hits, list[int]]:
    """Put equal scores in the order of the lot, which is the same for ever.

    Scores are small floats: among tens of thousands, some lots are lost in rounding.
    """
    order = sorted(range(len(ids)), key=lambda at: (-hits[at][0], -lot_of(ids[at]), ids[at]))
    return [hits[at] for at in order], [ids[at] for at in order]


def _place_after(
    after: Cursor | None, values: Sequence[float | str], ids: Sequence[int], expected: int
) -> int:
    """Return where in the window the results after the last one shown begin."""
    if after is None:
        return 0
    if after.pk in ids:
        return ids.index(after.pk) + 1
    if values and type(values[0]) is not type(after.value):
        raise BadCursorError
    return min(expected, len(ids))  # the last one shown has gone: its place is what is left


def _nearest(
    searcher: Searcher, clauses: Clauses, search: Search, near: Point, after: Cursor | None
) -> Page:
    """Sort by distance: look around in ever larger discs until the page is full."""
    if after is not None and isinstance(after.value, str):
        raise BadCursorError
    done = (float(after.value), after.pk) if after else (-1.0, 0)
    shown = after.shown if after else 0
    located = filter_by(Query.exists_query("latitude"))
    reach = max(_FIRST_REACH_M, done[0] * 1.25)
    most = search.radius_km * 1000 if search.radius_km is not None else float("inf")
    radius = ("radius",)
    while True:
        is_last = reach >= most or reach > _LAST_REACH_M
        if is_last:
            query = clauses.query(located)
        else:  # a smaller disc lies inside the one that was asked
            query = clauses.query(filter_by(_around(near, reach)), without=radius)
        hits = searcher.search(query, _MOST_CANDIDATES, count=False).hits
        within = float("inf") if is_last else reach
        found = sorted(
            pair
            for pair in _pairs(searcher, near, [address for _score, address in hits])
            if done < pair and pair[0] <= within
        )
        if is_last or len(found) > search.limit:
            break
        reach *= 2
    page = found[: search.limit]
    count = total(searcher.search(clauses.query(located), 1))
    word = ""
    if len(found) > search.limit:
        distance, pk = page[-1]
        word = write_cursor(Cursor(mark_of(search), shown + len(page), distance, pk))
    return Page(
        [pk for _distance, pk in page], count, word, {pk: round(metres) for metres, pk in page}
    )


def _around(near: Point, reach_m: float) -> Query:
    inside, edge = cover(near, reach_m)
    squares = {zoom: [*inside.get(zoom, ()), *edge.get(zoom, ())] for zoom in {*inside, *edge}}
    return squares_query(squares)


def _pairs(searcher: Searcher, near: Point, addresses: list[DocAddress]) -> list[tuple[float, int]]:
    """Return distance and id of each document that has a position."""
    if not addresses:
        return []
    return [
        (distance_m(near.latitude, near.longitude, latitude, longitude), int(pk))
        for pk, latitude, longitude in zip(
            _ids(searcher, addresses),
            searcher.fast_field_values("latitude", addresses),
            searcher.fast_field_values("longitude", addresses),
            strict=True,
        )
        if latitude is not None and longitude is not None
    ]


def _distances(
    searcher: Searcher, near: Point | None, ids: list[int], addresses: list[DocAddress]
) -> dict[int, int]:
    if near is None or not ids:
        return {}
    return {pk: round(metres) for metres, pk in _pairs(searcher, near, addresses)}


def _ids(searcher: Searcher, addresses: list[DocAddress]) -> list[int]:
    if not addresses:
        return []
    return [int(pk or 0) for pk in searcher.fast_field_values("id", addresses)]
