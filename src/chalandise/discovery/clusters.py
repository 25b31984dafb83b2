"""The map: clusters and points of the same question."""

from __future__ import annotations

from typing import Any, NamedTuple

from tantivy import Query, Searcher

from chalandise.discovery.answering import answer
from chalandise.discovery.cells import COARSEST, FINEST, tile_of
from chalandise.discovery.clauses import Clauses, clauses_of
from chalandise.discovery.criteria import Box, Search, Sort
from chalandise.discovery.discs import squares_query
from chalandise.discovery.matching import filter_by
from chalandise.discovery.memory import Memory, key_of
from chalandise.discovery.reader import Snapshot, get_snapshot, total
from chalandise.discovery.results import MapCluster, MapPoint, MapView
from chalandise.discovery.schema import cell_field

FINER = 3
"""How many zooms finer than the map the grid is: squares of 64 pixels on tiles of 512."""
FEW = 30
"""Up to so many results are shown one by one at any zoom."""
POINTS_FROM_ZOOM = 15
MOST_POINTS = 500
MOST_SQUARES = 4000
DEEPEST_ZOOM = 22

KEPT_TO_GRID = 11
"""Squares of fifteen kilometres: some hundreds in a region, whose counts are kept."""

_views: Memory[MapView] = Memory(512)
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
    located = [] if box is not None else [filter_by(Query.exists_query("latitude"))]
    query = clauses.query(*located)
    if zoom >= POINTS_FROM_ZOOM:
        found = searcher.search(query, MOST_POINTS)
        if total(found) <= MOST_POINTS:
            return _one_by_one(searcher, [address for _score, address in found.hits])
    grid = _grid(box, zoom)
    if box is not None and grid <= KEPT_TO_GRID and clauses.is_only("bbox"):
        squares = _within(snapshot, clauses, asked.scope, box, grid)
    else:
        squares = _counted(searcher, query, grid)
    count = sum(square.held for square in squares)
    if count <= FEW:
        hits = searcher.search(query, FEW, count=False).hits
        return _one_by_one(searcher, [address for _score, address in hits])
    clusters, points = [], []
    for square in sorted(squares, key=lambda one: (-one.held, one.cell)):
        if square.held == 1:
            points.append(MapPoint(square.first, square.latitude, square.longitude))
        else:
            clusters.append(MapCluster(square.latitude, square.longitude, square.held))
    return MapView(tuple(clusters), tuple(points), count)


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


def _one_by_one(searcher: Searcher, addresses: list[Any]) -> MapView:
    if not addresses:
        return MapView((), (), 0)
    values = zip(
        searcher.fast_field_values("id", addresses),
        searcher.fast_field_values("latitude", addresses),
        searcher.fast_field_values("longitude", addresses),
        strict=True,
    )
    points = tuple(
        MapPoint(int(pk or 0), float(latitude or 0), float(longitude or 0))
        for pk, latitude, longitude in values
    )
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
