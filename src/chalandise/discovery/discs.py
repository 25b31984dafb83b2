"""Everything within so many metres of a point, exactly.

Squares of the grid that lie wholly inside the disc are taken as they are; the squares its edge
crosses are read, and only what truly lies inside is taken, by its number. List, count, facets and
map then agree to the last shop.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from math import cos, hypot, pi, radians

from tantivy import Occur, Query, Searcher

from chalandise.discovery.cells import (
    COARSEST,
    EARTH_RADIUS_M,
    FINEST,
    box_around,
    distance_m,
    place_of,
    tile_of,
)
from chalandise.discovery.criteria import Box, Point
from chalandise.discovery.memory import Memory
from chalandise.discovery.reader import Snapshot
from chalandise.discovery.schema import cell_field, schema

FIRST_SQUARES = 4
"""Squares across the disc to begin with, at most."""
BOX_SQUARES = 4
FEW_SQUARES = 40
"""Up to so many squares are looked up one by one, which is quicker than as a set."""
HALVINGS = 3
"""How often a square on the edge is cut in four."""
MOST_ON_THE_EDGE = 50_000
METRES_AROUND = 2 * pi * EARTH_RADIUS_M
_POLAR = radians(89.9)

Squares = dict[int, list[int]]


_ids: Memory[list[int]] = Memory(64)


def disc_query(snapshot: Snapshot, near: Point, radius_m: float) -> Query:
    """Return what lies within ``radius_m`` metres of ``near``, edge included."""
    inside, edge = cover(near, radius_m)
    parts = [(Occur.Should, squares_query(inside))] if inside else []
    key = (snapshot.generation, near, radius_m)
    ids = _ids.get(key, lambda: _on_the_edge(snapshot.searcher, edge, near, radius_m))
    if ids:
        parts.append((Occur.Should, Query.term_set_query(schema(), "id", ids)))
    return Query.boolean_query(parts) if parts else Query.empty_query()


def _on_the_edge(searcher: Searcher, edge: Squares, near: Point, radius_m: float) -> list[int]:
    if not edge:
        return []
    hits = searcher.search(squares_query(edge), MOST_ON_THE_EDGE, count=False).hits
    addresses = [address for _score, address in hits]
    if not addresses:
        return []
    return [
        int(pk or 0)
        for pk, latitude, longitude in zip(
            searcher.fast_field_values("id", addresses),
            searcher.fast_field_values("latitude", addresses),
            searcher.fast_field_values("longitude", addresses),
            strict=True,
        )
        if latitude is not None
        and longitude is not None
        and distance_m(near.latitude, near.longitude, latitude, longitude) <= radius_m
    ]


def squares_around(box: Box) -> Squares:
    """Return a few squares that hold a box."""
    zoom = FINEST
    while True:
        left, top = tile_of(box.north, box.west, zoom)
        right, bottom = tile_of(box.south, box.east, zoom)
        if zoom == COARSEST or max(right - left, bottom - top) < BOX_SQUARES:
            break
        zoom -= 1
    cells = [x << zoom | y for x in range(left, right + 1) for y in range(top, bottom + 1)]
    return {zoom: cells}


def squares_query(squares: Squares) -> Query:
    """Return what lies in some squares, given by zoom."""
    parts: list[Query] = []
    for zoom, cells in squares.items():
        field = cell_field(zoom)
        if len(cells) <= FEW_SQUARES:
            parts += [Query.term_query(schema(), field, cell, "basic") for cell in cells]
        else:
            parts.append(Query.term_set_query(schema(), field, cells))
    return Query.boolean_query([(Occur.Should, part) for part in parts])


@lru_cache(maxsize=256)
def cover(near: Point, radius_m: float) -> tuple[Squares, Squares]:
    """Return the squares wholly inside a disc and those its edge crosses, each by zoom."""
    west, south, east, north = box_around(near.latitude, near.longitude, radius_m)
    zoom = FINEST
    while True:
        left, top = tile_of(north, west, zoom)
        right, bottom = tile_of(south, east, zoom)
        if zoom == COARSEST or max(right - left, bottom - top) < FIRST_SQUARES:
            break
        zoom -= 1
    inside: dict[int, list[int]] = defaultdict(list)
    edge: dict[int, list[int]] = {}
    least, most = _stretch(near.latitude, radius_m)
    level = [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    last = min(FINEST, zoom + HALVINGS)
    while level:
        centre = place_of(near.latitude, near.longitude, zoom)
        side = METRES_AROUND * cos(radians(near.latitude)) / (1 << zoom)
        crossed = []
        for column, row in level:
            nearest, farthest = _reach(centre, column, row)
            if farthest * side * most <= radius_m:
                inside[zoom].append(column << zoom | row)
            elif nearest * side * least <= radius_m:
                crossed.append((column, row))
        if zoom == last:
            if crossed:
                edge[zoom] = [column << zoom | row for column, row in crossed]
            break
        level = [
            (2 * column + right_half, 2 * row + lower_half)
            for column, row in crossed
            for right_half in (0, 1)
            for lower_half in (0, 1)
        ]
        zoom += 1
    return dict(inside), edge


def _stretch(latitude: float, radius_m: float) -> tuple[float, float]:
    """Return by how much a metre on the map may be shorter or longer within the disc.

    The map's scale goes with the cosine of the latitude. A path inside the disc keeps within its
    band of latitudes, so these two bounds hold for every distance that matters.
    """
    here, angle = radians(abs(latitude)), radius_m / EARTH_RADIUS_M
    least = cos(min(here + angle, _POLAR)) / cos(min(here, _POLAR))
    most = cos(max(here - angle, 0.0)) / cos(min(here, _POLAR))
    return least * 0.999, most * 1.001


def _reach(centre: tuple[float, float], column: int, row: int) -> tuple[float, float]:
    """Return how far the nearest and the farthest points of a square are, in squares."""
    across, down = centre[0] - column, centre[1] - row
    nearest = hypot(max(-across, across - 1, 0.0), max(-down, down - 1, 0.0))
    farthest = hypot(max(across, 1 - across), max(down, 1 - down))
    return nearest, farthest
