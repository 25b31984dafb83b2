"""The grid of the map: squares of Web Mercator, one number for each square at each zoom."""

from __future__ import annotations

from math import asin, asinh, cos, degrees, pi, radians, sin, sqrt, tan

COARSEST = 5
FINEST = 17
ZOOMS = range(COARSEST, FINEST + 1)
EARTH_RADIUS_M = 6_371_008.8
MERCATOR_LIMIT = 85.05112878


def place_of(latitude: float, longitude: float, zoom: int) -> tuple[float, float]:
    """Return where a position stands, in squares from the west and from the north."""
    side = 1 << zoom
    latitude = max(-MERCATOR_LIMIT, min(MERCATOR_LIMIT, latitude))
    row = (1 - asinh(tan(radians(latitude))) / pi) / 2 * side
    return (longitude + 180) / 360 * side, row


def tile_of(latitude: float, longitude: float, zoom: int) -> tuple[int, int]:
    """Return the column and row, from the north-west, of the square that holds a position."""
    column, row = place_of(latitude, longitude, zoom)
    last = (1 << zoom) - 1
    return min(max(int(column), 0), last), min(max(int(row), 0), last)


def cell_of(latitude: float, longitude: float, zoom: int) -> int:
    """Return the number of the square that holds a position."""
    column, row = tile_of(latitude, longitude, zoom)
    return column << zoom | row


def cells_of(latitude: float, longitude: float) -> list[int]:
    """Return the numbers of the squares that hold a position, from `COARSEST` to `FINEST`."""
    column, row = tile_of(latitude, longitude, FINEST)
    return [(column >> (FINEST - zoom)) << zoom | (row >> (FINEST - zoom)) for zoom in ZOOMS]


def distance_m(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Return the metres between two positions along the great circle."""
    half = sin(radians(other_latitude - latitude) / 2) ** 2
    across = sin(radians(other_longitude - longitude) / 2) ** 2
    root = half + cos(radians(latitude)) * cos(radians(other_latitude)) * across
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(root)))


def box_around(
    latitude: float, longitude: float, radius_m: float
) -> tuple[float, float, float, float]:
    """Return west, south, east and north of the smallest box that holds the disc."""
    angle = radius_m / EARTH_RADIUS_M
    tall = degrees(angle)
    south, north = max(-90.0, latitude - tall), min(90.0, latitude + tall)
    if south == -90.0 or north == 90.0:
        return -180.0, south, 180.0, north
    wide = degrees(asin(min(1.0, sin(angle) / cos(radians(latitude)))))
    return max(-180.0, longitude - wide), south, min(180.0, longitude + wide), north
