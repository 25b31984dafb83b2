"""Small plane geometry: distance, and whether an outline holds a point."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

EARTH_RADIUS_METRES = 6_371_000


def distance_metres(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Return the distance along the ground between two points, good to half a percent."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_turn = math.sin((other_phi - phi) / 2) ** 2 + (
        math.cos(phi)
        * math.cos(other_phi)
        * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(half_turn))


def holds(geometry: dict[str, Any], latitude: float, longitude: float) -> bool:
    """Tell whether a GeoJSON polygon or multipolygon holds a point; holes do not count."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return any(
        sum(_crosses(ring, latitude, longitude) for ring in rings) % 2 == 1 for rings in polygons
    )


def _crosses(ring: Sequence[Sequence[float]], latitude: float, longitude: float) -> bool:
    """Tell whether a ray going east from the point crosses the ring an odd number of times."""
    is_inside = False
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        if (y1 > latitude) != (y2 > latitude):
            crossing = x1 + (latitude - y1) * (x2 - x1) / (y2 - y1)
            is_inside ^= longitude < crossing
    return is_inside
