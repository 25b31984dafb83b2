"""Outlines that people draw: read from what they typed or sent, and made sure of; plain Python.

A corner is written « latitude, longitude », one a line, with a point or (then parted by ; ) a comma
for the decimals; a GeoJSON polygon is taken as well. Corners are kept to a decimetre or so.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from chalandise.logistics.errors import BadSettingError
from chalandise.territories.shapes import distance_metres

LEAST_CORNERS, MOST_CORNERS = 3, 500
LEAST_METRES, MOST_METRES = 50, 200_000  # from one end to the other
LONGEST_TEXT = 60_000
DECIMALS = 6
HALF_TURN = 180

Corner = tuple[float, float]  # longitude, latitude, as GeoJSON has them
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,15})?")


def read_outline(text: str) -> dict[str, Any] | None:
    """Return the GeoJSON polygon that a text means; None for a blank one.

    Raises:
        BadSettingError: of field ``polygon``; ``unreadable`` carries the line in ``line``.
    """
    text = text.replace("\x00", "").strip().lstrip("\ufeff")
    if not text:
        return None
    if len(text) > LONGEST_TEXT:
        raise BadSettingError("polygon", "too_many")
    corners = _of_geojson(text) if text.startswith("{") else _of_lines(text)
    if not corners:
        raise BadSettingError("polygon", "bad_corners")
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    return {"type": "Polygon", "coordinates": [[list(one) for one in (*corners, *corners[:1])]]}


def write_outline(polygon: dict[str, Any] | None) -> str:
    """Return the corners of a polygon, one a line, as `read_outline` reads them."""
    ring = polygon["coordinates"][0][:-1] if polygon else []
    return "\n".join(
        f"{latitude:.{DECIMALS}f}, {longitude:.{DECIMALS}f}" for longitude, latitude in ring
    )


def check_ring(ring: Sequence[Sequence[float]]) -> None:
    """Raise `BadSettingError` for a closed ring that encloses no single, sensible place."""
    corners = [(float(x), float(y)) for x, y in ring[:-1]]
    if len(set(corners)) < LEAST_CORNERS:
        raise BadSettingError("polygon", "bad_corners")
    west, east = min(x for x, _y in corners), max(x for x, _y in corners)
    south, north = min(y for _x, y in corners), max(y for _x, y in corners)
    across = distance_metres(south, west, north, east)
    if across > MOST_METRES or east - west > HALF_TURN:  # over the date line, drawn the long way
        raise BadSettingError("polygon", "too_large")
    if crosses_itself(corners):
        raise BadSettingError("polygon", "crossing")
    if across < LEAST_METRES or _area(corners) < _least_area(north):
        raise BadSettingError("polygon", "too_small")


def crosses_itself(corners: Sequence[Corner]) -> bool:
    """Tell whether two sides of an outline touch elsewhere than where they follow each other."""
    sides = list(pairwise([*corners, corners[0]]))
    count = len(sides)
    for here in range(count):
        for there in range(here + 1, count):
            is_next = there == here + 1 or (here == 0 and there == count - 1)
            if is_next:
                if _folds_back(sides[here], sides[there]):
                    return True
            elif _touch(*sides[here], *sides[there]):
                return True
    return False


def _of_lines(text: str) -> list[Corner]:
    corners = []
    for line in text.splitlines():
        said = line.strip()
        if not said:
            continue
        parts = [one.strip().replace(",", ".") for one in said.split(";")]
        if ";" not in said:
            parts = [one for one in re.split(r"[,\s]+", said) if one]
        if len(parts) != 2 or not all(_NUMBER.fullmatch(one) for one in parts):
            raise BadSettingError("polygon", "unreadable", said[:40])
        latitude, longitude = (float(one) for one in parts)
        corners.append(_corner(longitude, latitude, said[:40]))
    return corners


def _of_geojson(text: str) -> list[Corner]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise BadSettingError("polygon", "bad_file") from None
    for inner in ("features", "geometry"):
        if isinstance(found, dict) and inner in found:
            found = found[inner]
            if isinstance(found, list):
                found = found[0] if len(found) == 1 else None
    rings = found.get("coordinates") if isinstance(found, dict) else None
    if not isinstance(rings, list) or found.get("type") != "Polygon" or len(rings) != 1:
        raise BadSettingError("polygon", "bad_file")
    ring = rings[0]
    if not isinstance(ring, list):
        raise BadSettingError("polygon", "bad_file")
    corners = []
    for one in ring:
        if not isinstance(one, list) or len(one) < 2 or not all(map(_is_number, one[:2])):
            raise BadSettingError("polygon", "bad_file")
        corners.append(_corner(float(one[0]), float(one[1]), ""))
    return corners


def _corner(longitude: float, latitude: float, said: str) -> Corner:
    if not (abs(longitude) <= HALF_TURN and abs(latitude) <= 90):
        raise BadSettingError("polygon", "unreadable" if said else "bad_file", said)
    return round(longitude, DECIMALS), round(latitude, DECIMALS)


def _is_number(one: object) -> bool:
    """Tell a number of degrees: neither endless, nor of so many digits that no float holds it."""
    return isinstance(one, int | float) and not isinstance(one, bool) and abs(one) <= HALF_TURN


def _turn(a: Corner, b: Corner, c: Corner) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _is_between(a: Corner, b: Corner, c: Corner) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _touch(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Tell whether two sides have a point in common."""
    ab_c, ab_d, cd_a, cd_b = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if (ab_c > 0) != (ab_d > 0) and (cd_a > 0) != (cd_b > 0) and 0 not in (ab_c, ab_d, cd_a, cd_b):
        return True
    return (
        (ab_c == 0 and _is_between(a, b, c))
        or (ab_d == 0 and _is_between(a, b, d))
        or (cd_a == 0 and _is_between(c, d, a))
        or (cd_b == 0 and _is_between(c, d, b))
    )


def _folds_back(one: tuple[Corner, Corner], other: tuple[Corner, Corner]) -> bool:
    """Tell whether two neighbouring sides lie upon each other."""
    shared = next(corner for corner in one if corner in other)
    far, end = (next((c for c in side if c != shared), shared) for side in (one, other))
    if shared in (far, end):
        return True  # the same corner twice in a row
    is_straight = _turn(far, shared, end) == 0
    ahead = (far[0] - shared[0]) * (end[0] - shared[0]) + (far[1] - shared[1]) * (
        end[1] - shared[1]
    )
    return is_straight and ahead > 0


def _area(corners: Sequence[Corner]) -> float:
    """Return the area in square degrees."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*corners, corners[0]]))) / 2


def _least_area(latitude: float) -> float:
    """Return a thousand square metres in square degrees, at a latitude."""
    metres = 111_195
    return 1000 / (metres * metres * max(0.01, math.cos(math.radians(latitude))))
