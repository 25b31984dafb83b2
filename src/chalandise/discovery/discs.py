"""Everything within so many metres of a point, exactly.

Squares of the grid that lie wholly inside the disc are taken as they are; the squares its edge
crosses are read, and only what truly lies inside is taken, by its number. List, count, facets and
map then agree to the last shop.
"""

from __future__ import annotations

from collections import defaultdict

from tantivy import Occur, Query, Searcher

from chalandise.discovery.cells import (
    COARSEST,
    FINEST,
    box_around,
    corners_of,
    distance_m,
    tile_of,
)
from chalandise.discovery.criteria import Point
from chalandise.discovery.schema import cell_field, schema

FIRST_SQUARES = 4
"""Squares across the disc to begin with, at most."""
HALVINGS = 3
"""How often a square on the edge is cut in four."""
MOST_ON_THE_EDGE = 20_000


def disc_query(searcher: Searcher, near: Point, radius_m: float) -> Query:
    """Return what lies within ``radius_m`` metres of ``near``, edge included."""
    inside, edge = cover(near, radius_m)
    parts = [(Occur.Should, squares_query(inside))] if inside else []
    if edge:
        hits = searcher.search(squares_query(edge), MOST_ON_THE_EDGE, count=False).hits
        addresses = [address for _score, address in hits]
        ids = [
            pk
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
        if ids:
            parts.append((Occur.Should, Query.term_set_query(schema(), "id", ids)))
    return Query.boolean_query(parts) if parts else Query.empty_query()


def squares_query(squares: dict[int, list[int]]) -> Query:
    """Return what lies in some squares, given by zoom."""
    return Query.boolean_query(
        [
            (Occur.Should, Query.term_set_query(schema(), cell_field(zoom), cells))
            for zoom, cells in squares.items()
        ]
    )


def cover(near: Point, radius_m: float) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
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
    edge: dict[int, list[int]] = defaultdict(list)
    level = [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    last = min(FINEST, zoom + HALVINGS)
    while level:
        crossed = []
        for column, row in level:
            nearest, farthest = _reach(near, column, row, zoom)
            if farthest <= radius_m:
                inside[zoom].append(column << zoom | row)
            elif nearest <= radius_m:
                crossed.append((column, row))
        if zoom == last:
            edge[zoom] = [column << zoom | row for column, row in crossed]
            break
        level = [
            (2 * column + right_half, 2 * row + lower_half)
            for column, row in crossed
            for right_half in (0, 1)
            for lower_half in (0, 1)
        ]
        zoom += 1
    return dict(inside), {zoom: cells for zoom, cells in edge.items() if cells}


def _reach(near: Point, column: int, row: int, zoom: int) -> tuple[float, float]:
    """Return bounds on the distance of a square: never farther, never nearer than these."""
    west, south, east, north = corners_of(column, row, zoom)
    latitude = min(max(near.latitude, south), north)
    longitude = min(max(near.longitude, west), east)
    here = (near.latitude, near.longitude)
    corners = [distance_m(*here, lat, lon) for lat in (south, north) for lon in (west, east)]
    # A side of the square bends away from the straight line between its corners: the nearest
    # point found on the flat grid may be a little off, so the lower bound gives way by a hundredth.
    return distance_m(*here, latitude, longitude) * 0.99, max(corners) * 1.0001
