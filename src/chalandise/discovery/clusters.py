"""The map: clusters and points of the same question."""

from __future__ import annotations

from typing import Any

from tantivy import Query, Searcher

from chalandise.discovery.cells import COARSEST, FINEST, tile_of
from chalandise.discovery.clauses import Clauses, clauses_of
from chalandise.discovery.criteria import Box, Search, Sort
from chalandise.discovery.matching import filter_by
from chalandise.discovery.memory import Memory, key_of
from chalandise.discovery.reader import Answering, IndexAwayError, get_snapshot, total
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

_views: Memory[MapView] = Memory(512)


def map_view(search: Search, *, zoom: int) -> MapView:
    """Return what the box of ``search`` shows at ``zoom`` (0 to 22, tiles of 512 pixels).

    Clusters and points together count exactly the establishments with a position that
    `find_establishments` finds for the same question.
    """
    zoom = max(0, min(DEEPEST_ZOOM, zoom))
    asked = search.but(cursor="", limit=1, sort=Sort.BEST)
    try:
        snapshot = get_snapshot()
        with Answering(snapshot) as searcher:
            key = (snapshot.generation, zoom, key_of(asked))
            return _views.get(
                key, lambda: _view(searcher, clauses_of(snapshot, asked), asked.bbox, zoom)
            )
    except IndexAwayError:
        return MapView(clusters=(), points=(), count=0, is_degraded=True)


def _view(searcher: Searcher, clauses: Clauses, box: Box | None, zoom: int) -> MapView:
    located = [] if box is not None else [filter_by(Query.exists_query("latitude"))]
    query = clauses.query(*located)
    if zoom >= POINTS_FROM_ZOOM:
        found = searcher.search(query, MOST_POINTS)
        if total(found) <= MOST_POINTS:
            return _one_by_one(searcher, [address for _score, address in found.hits])
    answer = searcher.aggregate(query, {"squares": _squares(cell_field(_grid(box, zoom)))})
    squares = answer["squares"]["buckets"]
    count = sum(int(square["doc_count"]) for square in squares)
    if count <= FEW:
        hits = searcher.search(query, FEW, count=False).hits
        return _one_by_one(searcher, [address for _score, address in hits])
    clusters, points = [], []
    for square in squares:
        latitude, longitude = square["latitude"]["value"], square["longitude"]["value"]
        held = int(square["doc_count"])
        if held == 1:
            points.append(MapPoint(int(square["first"]["value"]), latitude, longitude))
        else:
            clusters.append(MapCluster(latitude, longitude, held))
    return MapView(tuple(clusters), tuple(points), count)


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
