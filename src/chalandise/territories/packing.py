"""Packs outlines into short strings and back, so that the whole country weighs a few megabytes.

Each ring is a Google encoded polyline: steps from point to point in units of 0.0001 degree (about
11 metres), five bits a character. Neighbours keep the very same points on the border they share,
because each point is rounded on its own, whatever ring it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

UNIT = 10_000
"""Steps in a degree."""

Point = tuple[float, float]
PackedRings = list[list[str]]
"""Polygons, each a list of packed rings: the outer one first, then its holes."""


def pack_ring(points: Iterable[Sequence[float]]) -> str:
    """Return the ring as text; points that round to the one before are dropped."""
    text: list[str] = []
    last_x = last_y = 0
    for position, (longitude, latitude) in enumerate(points):
        x, y = round(longitude * UNIT), round(latitude * UNIT)
        if position and (x, y) == (last_x, last_y):
            continue
        text.append(_pack_step(x - last_x) + _pack_step(y - last_y))
        last_x, last_y = x, y
    return "".join(text)


def unpack_ring(text: str) -> list[Point]:
    """Return the points, longitude first, that :func:`pack_ring` packed."""
    steps: list[int] = []
    value = shift = 0
    for character in text.encode("ascii"):
        bits = character - 63
        value |= (bits & 31) << shift
        if bits & 32:
            shift += 5
            continue
        steps.append(~(value >> 1) if value & 1 else value >> 1)
        value = shift = 0
    points: list[Point] = []
    x = y = 0
    for step_x, step_y in zip(steps[::2], steps[1::2], strict=True):
        x += step_x
        y += step_y
        points.append((x / UNIT, y / UNIT))
    return points


def unpack_geometry(polygons: PackedRings) -> dict[str, Any]:
    """Return packed polygons as a GeoJSON geometry."""
    shapes = [[unpack_ring(ring) for ring in polygon] for polygon in polygons]
    if len(shapes) == 1:
        return {"type": "Polygon", "coordinates": shapes[0]}
    return {"type": "MultiPolygon", "coordinates": shapes}


def box_of(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a GeoJSON polygon or multipolygon."""
    shapes = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        shapes = [shapes]
    points = [point for polygon in shapes for point in polygon[0]]
    longitudes = [point[0] for point in points]
    latitudes = [point[1] for point in points]
    return (min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _pack_step(step: int) -> str:
    """Return one signed step as printable characters."""
    value = ~(step << 1) if step < 0 else step << 1
    text = ""
    while value >= 32:
        text += chr((value & 31 | 32) + 63)
        value >>= 5
    return text + chr(value + 63)
