"""The few establishments nearest to a point: what stands next door, without counting the rest."""

from __future__ import annotations

from collections.abc import Hashable
from math import cos, radians

from tantivy import Query, Searcher

from chalandise.discovery.answering import answer
from chalandise.discovery.cells import FINEST, distance_m, tile_of
from chalandise.discovery.criteria import Point
from chalandise.discovery.discs import METRES_AROUND, squares_query
from chalandise.discovery.matching import filter_by, within
from chalandise.discovery.memory import Memory
from chalandise.discovery.reader import Snapshot, get_snapshot

MOST_CANDIDATES = 5000
MOST_PLACES = 4096
_WIDER = 2
"""By how many zooms the squares grow until enough is found."""
_CAREFUL = 0.99
"""A square is a little narrower towards the pole than at the point."""

_PLACE_ZOOM = 12
"""The squares, about a commune wide, for which the first size of squares is remembered."""
_MANY = 64
"""Beyond so many candidates it is worth beginning with smaller squares."""

_first_zooms: dict[Hashable, int] = {}
_near: Memory[tuple[int, ...]] = Memory(2048)


def find_nearest(
    near: Point, *, scope: tuple[str, ...], within_m: float, most: int
) -> tuple[int, ...]:
    """Return the primary keys of the nearest of a scope, nearest first; none without an index.

    The same as `find_establishments` sorted by nearness, for less: nine squares around the point
    hold all that is nearer than one square is wide, and the first size that holds enough will do.
    What was enough for the last who asked around there is where the next begins.
    """
    return answer(
        get_snapshot,
        _near,
        (near, scope, within_m, most),
        lambda snapshot: _look(snapshot, near, scope, within_m, most),
        tuple,
    )


def _look(
    snapshot: Snapshot, near: Point, scope: tuple[str, ...], within_m: float, most: int
) -> tuple[int, ...]:
    inside = within(snapshot, scope)
    place = (scope, tile_of(near.latitude, near.longitude, _PLACE_ZOOM))
    first = zoom = _first_zooms.get(place, FINEST)
    while True:
        reach = _CAREFUL * METRES_AROUND * cos(radians(near.latitude)) / (1 << zoom)
        is_last = reach >= within_m or zoom <= _WIDER
        squares = filter_by(squares_query({zoom: _nine(near, zoom)}))
        query = Query.boolean_query([*inside, squares])
        least = min(reach, within_m)
        measured = _measured(snapshot.searcher, query, near)
        if len(measured) == MOST_CANDIDATES and zoom == first < FINEST:
            first = zoom = FINEST  # some were left out
            continue
        found = [pair for pair in measured if pair[0] <= least]
        if len(found) >= most or is_last:
            _remember(place, zoom if len(measured) <= _MANY else min(FINEST, zoom + _WIDER))
            return tuple(pk for _metres, pk in sorted(found)[:most])
        zoom -= _WIDER


def _remember(place: Hashable, zoom: int) -> None:
    """Note with which squares to begin: which are chosen changes the cost, never the answer."""
    if len(_first_zooms) >= MOST_PLACES:
        _first_zooms.clear()
    _first_zooms[place] = zoom


def _nine(near: Point, zoom: int) -> list[int]:
    column, row = tile_of(near.latitude, near.longitude, zoom)
    last = (1 << zoom) - 1
    columns = range(max(0, column - 1), min(last, column + 1) + 1)
    rows = range(max(0, row - 1), min(last, row + 1) + 1)
    return [x << zoom | y for x in columns for y in rows]


def _measured(searcher: Searcher, query: Query, near: Point) -> list[tuple[float, int]]:
    hits = searcher.search(query, MOST_CANDIDATES, count=False).hits
    addresses = [address for _score, address in hits]
    if not addresses:
        return []
    return [
        (distance_m(near.latitude, near.longitude, latitude or 0.0, longitude or 0.0), int(pk or 0))
        for pk, latitude, longitude in zip(
            searcher.fast_field_values("id", addresses),
            searcher.fast_field_values("latitude", addresses),
            searcher.fast_field_values("longitude", addresses),
            strict=True,
        )
    ]
