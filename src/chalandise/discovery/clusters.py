"""The map: clusters and points of the same question."""

from __future__ import annotations

from typing import Any, NamedTuple

from tantivy import Query, Searcher

from chalandise.discovery.answering import answer
from chalandise.discovery.cells import COARSEST, FINEST, tile_of
from chalandise.discovery.clauses import Clauses, clauses_of
from chalandise.discovery.criteria import Box, Search, Sort
from chalandise.discovery.discs import squares_around, squares_query
from chalandise.discovery.matching import filter_by
from chalandise.discovery.memory import Memory, key_of
from chalandise.discovery.reader import Snapshot, get_snapshot
from chalandise.discovery.results import MapCluster, MapPoint, MapView
from chalandise.discovery.schema import cell_field

FINER = 3
"""How many zooms finer than the map the grid is: squares of 64 pixels on tiles of 512."""
FEW = 30
"""Up to so many results are shown one by one at any zoom."""
POINTS_FROM_ZOOM = 15
LISTED_FROM_ZOOM = 12
"""From here on a screen seldom holds more than some hundred: reading them is quicker than counting."""
MOST_POINTS = 500
MOST_SQUARES = 4000
DEEPEST_ZOOM = 22

KEPT_TO_GRID = 11
"""Squares of fifteen kilometres: some hundreds in a region, whose counts are kept."""

_views: Memory[MapView] = Memory(128)
_wholes: Memory[list[Square]] = Memory(64)


def map_view(search: Search, *, zoom: int) -> MapView:
    """Return what the box of ``search`` shows at ``zoom`` (0 to 22, tiles of 512 pixels).

    Clusters and points together count exactly the establishments with a position that
    `find_establishments` finds for the same question.
    """
    zoom = max(0, min(DEEPEST_ZOOM, zoom))
    asked = search.but(cursor="", limit=1, sort=Sort.BEST)
    return answer(
        get_snapshot,
        _views,
        (zoom, key_of(asked)),
        lambda snapshot: _view(snapshot, clauses_of(snapshot, asked), asked, zoom),
        lambda: MapView(clusters=(), points=(), count=0, is_degraded=True),
    )


def _view(snapshot: Snapshot, clauses: Clauses, asked: Search, zoom: int) -> MapView:
    searcher, box = snapshot.searcher, asked.bbox
    grid = _grid(box, zoom)
    listed = _listed(searcher, clauses, box, grid) if zoom >= LISTED_FROM_ZOOM else None
    if listed is not None and (zoom >= POINTS_FROM_ZOOM or len(listed) <= FEW):
        return _one_by_one(listed)
    query = _located(clauses, box)
    if listed is not None:
        squares = _sorted_into(listed)
    elif box is not None and grid <= KEPT_TO_GRID and clauses.is_only("bbox"):
        squares = _within(snapshot, clauses, asked.scope, box, grid)
    else:
        squares = _counted(searcher, query, grid)
    count = sum(square.held for square in squares)
    if count <= FEW:
        hits = searcher.search(query, FEW, count=False).hits
        return _one_by_one(_read(searcher, [address for _score, address in hits], grid))
    clusters, points = [], []
    for square in sorted(squares, key=lambda one: (-one.held, one.cell)):
        if square.held == 1:
            points.append(MapPoint(square.first, square.latitude, square.longitude))
        else:
            clusters.append(MapCluster(square.latitude, square.longitude, square.held))
    return MapView(tuple(clusters), tuple(points), count)


def _located(clauses: Clauses, box: Box | None) -> Query:
    """Return the question about what has a position; whoever is in a box has one."""
    located = [] if box is not None else [filter_by(Query.exists_query("latitude"))]
    return clauses.query(*located)


class Square(NamedTuple):
    """A square of the grid that holds something: how much, where on average, and the first."""

    cell: int
    held: int
    latitude: float
    longitude: float
    first: int


def _within(
    snapshot: Snapshot, clauses: Clauses, scope: tuple[str, ...], box: Box, grid: int
) -> list[Square]:
    """Return the squares of a box that asks for everything.

    A wide map holds most of the index: its squares are counted once as long as the index stands
    still, and only those that the edge of the box cuts are counted again.
    """

    def count() -> list[Square]:
        everything = clauses.query(filter_by(Query.exists_query("latitude")), without=("bbox",))
        return _counted(snapshot.searcher, everything, grid)

    whole = _wholes.get((snapshot.generation, scope, grid), count)
    left, top = tile_of(box.north, box.west, grid)
    right, bottom = tile_of(box.south, box.east, grid)
    rows = (1 << grid) - 1
    inside, cut = [], []
    for square in whole:
        column, row = square.cell >> grid, square.cell & rows
        if left < column < right and top < row < bottom:
            inside.append(square)
        elif left <= column <= right and top <= row <= bottom:
            cut.append(square.cell)
    if cut:
        edge = filter_by(squares_query({grid: cut}))
        inside += _counted(snapshot.searcher, clauses.query(edge), grid)
    return inside


def _counted(searcher: Searcher, query: Query, grid: int) -> list[Square]:
    answer = searcher.aggregate(query, {"squares": _squares(cell_field(grid))})
    return [
        Square(
            int(one["key"]),
            int(one["doc_count"]),
            one["latitude"]["value"],
            one["longitude"]["value"],
            int(one["first"]["value"]),
        )
        for one in answer["squares"]["buckets"]
    ]


Spot = tuple[int, int, float, float]
"""One match: the square it stands in, who, and where (latitude, longitude)."""


def _listed(searcher: Searcher, clauses: Clauses, box: Box | None, grid: int) -> list[Spot] | None:
    """Return every match, unless there are too many.

    The index finds the squares around the box, which is quick; what lies outside of the box is
    left out here.
    """
    if box is None:
        query = _located(clauses, box)
    else:
        around = filter_by(squares_query(squares_around(box)))
        query = clauses.query(around, without=("bbox",))
    hits = searcher.search(query, MOST_POINTS + 1, count=False).hits
    if len(hits) > MOST_POINTS:
        return None
    spots = _read(searcher, [address for _score, address in hits], grid)
    return spots if box is None else _inside(box, spots)


def _inside(box: Box, spots: list[Spot]) -> list[Spot]:
    west, south, east, north = box.west, box.south, box.east, box.north
    return [one for one in spots if south <= one[2] <= north and west <= one[3] <= east]


def _read(searcher: Searcher, addresses: list[Any], grid: int) -> list[Spot]:
    if not addresses:
        return []
    columns = (cell_field(grid), "id", "latitude", "longitude")
    return list(
        zip(*(searcher.fast_field_values(name, addresses) for name in columns), strict=True)
    )


def _sorted_into(spots: list[Spot]) -> list[Square]:
    """Return the squares that matches stand in, as `_counted` does.

    Hundreds of matches a request: each is met once, and nothing is made for it.
    """
    held: dict[int, list[Any]] = {}
    for cell, pk, latitude, longitude in spots:
        if (square := held.get(cell)) is None:
            held[cell] = [1, latitude, longitude, pk]
            continue
        square[0] += 1
        square[1] += latitude
        square[2] += longitude
        square[3] = min(square[3], pk)
    return [
        Square(cell, count, latitudes / count, longitudes / count, first)
        for cell, (count, latitudes, longitudes, first) in held.items()
    ]


def _one_by_one(spots: list[Spot]) -> MapView:
    points = tuple(MapPoint(pk, latitude, longitude) for _cell, pk, latitude, longitude in spots)
    return MapView((), points, len(points))


def _grid(box: Box | None, zoom: int) -> int:
    """Return the zoom of the grid: fine enough to be useful, coarse enough to be quick."""
    grid = max(COARSEST, min(FINEST, zoom + FINER))
    while grid > COARSEST and _squares_across(box, grid) > MOST_SQUARES:
        grid -= 1
    return grid


def _squares_across(box: Box | None, grid: int) -> int:
    if box is None:
        return int(4**grid)
    left, top = tile_of(box.north, box.west, grid)
    right, bottom = tile_of(box.south, box.east, grid)
    return (right - left + 1) * (bottom - top + 1)


def _squares(field: str) -> dict[str, Any]:
    return {
        "terms": {"field": field, "size": 4 * MOST_SQUARES},
        "aggs": {
            "latitude": {"avg": {"field": "latitude"}},
            "longitude": {"avg": {"field": "longitude"}},
            "first": {"min": {"field": "id"}},
        },
    }
