"""The map: clusters and points of the same question."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple, cast

from tantivy import DocAddress, Query, Searcher

from chalandise.discovery.answering import answer
from chalandise.discovery.cells import COARSEST, FINEST, tile_of
from chalandise.discovery.clauses import Clauses, clauses_of
from chalandise.discovery.criteria import Box, Search, Sort
from chalandise.discovery.discs import squares_query
from chalandise.discovery.matching import filter_by
from chalandise.discovery.memory import Memory, key_of
from chalandise.discovery.reader import Snapshot, get_snapshot
from chalandise.discovery.results import MapCluster, MapView
from chalandise.discovery.schema import cell_field

FINER = 3
"""How many zooms finer than the map the grid is: squares of 64 pixels on tiles of 512."""
FEW = 30
"""Up to so many results are shown one by one at any zoom."""
MANY = 150
"""More marks than the map of a page has squares are too many: those of crowded neighbours join."""
CROWDED = 3
"""Of four squares that make one twice as wide, as many hold something."""
POINTS_FROM_ZOOM = 15
LISTED_FROM_ZOOM = 12
"""From here on a screen seldom holds more than some hundred: reading them is quicker than counting."""
MOST_LISTED = 2000
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
    query, grid = _located(clauses, box), _grid(box, zoom)
    listed = _listed(searcher, query, grid) if zoom >= LISTED_FROM_ZOOM else None
    if listed is not None:
        if len(listed.cells) <= (MOST_POINTS if zoom >= POINTS_FROM_ZOOM else FEW):
            return _one_by_one(searcher, listed)
        return _drawn(_sorted_into(searcher, listed, grid))
    if box is not None and grid <= KEPT_TO_GRID and clauses.is_only("bbox"):
        squares = _within(snapshot, clauses, asked.scope, box, grid)
    else:
        squares = _counted(searcher, query, grid)
    if sum([square[0] for square in squares]) <= FEW:
        hits = searcher.search(query, FEW, count=False).hits
        return _one_by_one(searcher, _read(searcher, hits, grid))
    return _drawn(_joined(squares, grid))


def _located(clauses: Clauses, box: Box | None) -> Query:
    """Return the question about what has a position; whoever is in a box has one."""
    located = [] if box is not None else [filter_by(Query.exists_query("latitude"))]
    return clauses.query(*located)


Square = tuple[int, int, float, float, int]
"""A square of the grid that holds something: how much, its number, where on average (latitude,
longitude), and who, if there is only one."""


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
        column, row = square[1] >> grid, square[1] & rows
        if left < column < right and top < row < bottom:
            inside.append(square)
        elif left <= column <= right and top <= row <= bottom:
            cut.append(square[1])
    if cut:
        edge = filter_by(squares_query({grid: cut}))
        inside += _counted(snapshot.searcher, clauses.query(edge), grid)
    return inside


def _counted(searcher: Searcher, query: Query, grid: int) -> list[Square]:
    answer = searcher.aggregate(query, {"squares": _squares(cell_field(grid))})
    return [
        (
            int(one["doc_count"]),
            int(one["key"]),
            one["latitude"]["value"],
            one["longitude"]["value"],
            int(one["first"]["value"]),
        )
        for one in answer["squares"]["buckets"]
    ]


class Spots(NamedTuple):
    """Matches, column by column: the squares they stand in, where, and their place in the index."""

    cells: list[int]
    latitudes: list[float]
    longitudes: list[float]
    addresses: list[DocAddress]


def _listed(searcher: Searcher, query: Query, grid: int) -> Spots | None:
    """Return every match, unless there are too many."""
    hits = searcher.search(query, MOST_LISTED + 1, count=False).hits
    return _read(searcher, hits, grid) if len(hits) <= MOST_LISTED else None


def _read(searcher: Searcher, hits: list[Any], grid: int) -> Spots:
    if not hits:
        return Spots([], [], [], [])
    addresses = [address for _score, address in hits]
    # A match has a position, so none of the three is missing.
    cells, latitudes, longitudes = (
        cast("list[Any]", searcher.fast_field_values(name, addresses))
        for name in (cell_field(grid), "latitude", "longitude")
    )
    return Spots(cells, latitudes, longitudes, addresses)


def _sorted_into(searcher: Searcher, spots: Spots, grid: int) -> list[Square]:
    """Return the squares that matches stand in, as `_counted` does, crowded ones joined.

    Up to two thousand matches a request: each is met once, and nothing is made for it.
    """
    cells = spots.cells
    if joint := _crowded(set(cells), grid):
        cells = [joint.get(cell, cell) for cell in cells]
    held: dict[int, list[Any]] = {}
    for cell, latitude, longitude, address in zip(
        cells, spots.latitudes, spots.longitudes, spots.addresses, strict=True
    ):
        if (square := held.get(cell)) is None:
            held[cell] = [1, latitude, longitude, address]
        else:
            square[0] += 1
            square[1] += latitude
            square[2] += longitude
    alone = [cell for cell, square in held.items() if square[0] == 1]
    names = dict(zip(alone, _ids(searcher, [held[cell][3] for cell in alone]), strict=True))
    return [
        (count, cell, latitudes / count, longitudes / count, names.get(cell, 0))
        for cell, (count, latitudes, longitudes, _address) in held.items()
    ]


def _joined(squares: list[Square], grid: int) -> list[Square]:
    """Return the squares that were counted, crowded ones joined."""
    joint = _crowded({one[1] for one in squares}, grid)
    found = [one for one in squares if one[1] not in joint]
    blocks: dict[int, list[Square]] = {}
    for one in squares:
        if one[1] in joint:
            blocks.setdefault(joint[one[1]], []).append(one)
    for cell, some in blocks.items():
        held = sum([one[0] for one in some])
        latitude = sum([one[0] * one[2] for one in some]) / held
        longitude = sum([one[0] * one[3] for one in some]) / held
        found.append((held, cell, latitude, longitude, 0))
    return found


def _crowded(cells: set[int], grid: int) -> dict[int, int]:
    """Return the squares that join, each with a number of its block below zero; few never do.

    A block is a square twice as wide; its squares join when most of them hold something.
    """
    if len(cells) <= MANY:
        return {}
    rows = (1 << grid) - 1
    blocks = {cell: 1 + ((cell >> grid >> 1) << grid | (cell & rows) >> 1) for cell in cells}
    crowded = {block for block, held in Counter(blocks.values()).items() if held >= CROWDED}
    return {cell: -block for cell, block in blocks.items() if block in crowded}


def _drawn(squares: list[Square]) -> MapView:
    """Return what the squares show, the fullest first."""
    squares.sort(reverse=True)
    return MapView(
        tuple([MapCluster(one[2], one[3], one[0]) for one in squares if one[0] > 1]),
        tuple([one[4] for one in squares if one[0] == 1]),
        sum([one[0] for one in squares]),
    )


def _one_by_one(searcher: Searcher, spots: Spots) -> MapView:
    points = tuple(_ids(searcher, spots.addresses))
    return MapView((), points, len(points))


def _ids(searcher: Searcher, addresses: list[DocAddress]) -> list[Any]:
    return searcher.fast_field_values("id", addresses) if addresses else []


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
