"""Positions: sane degrees, and Lambert-93 metres turned into degrees.

INSEE writes metropolitan positions in Lambert-93 (EPSG:2154). The inverse projection follows the
IGN note NT/G 71, algorithms ALG0002 and ALG0004, with the constants of RGF93.
"""

import math
import re

_ECCENTRICITY = 0.0818191910428158
_N = 0.7256077650532670
_C = 11754255.4260960
_XS, _YS = 700000.0, 12655612.0498760
_CENTRAL_MERIDIAN = math.radians(3)
_ITERATIONS = 8

# boxes of French land, with a margin: (south, north, west, east)
_FRANCE = (
    (41.0, 51.5, -5.6, 9.8),  # metropolitan France, Corsica, Monaco
    (14.2, 18.4, -63.4, -60.7),  # Antilles
    (1.9, 6.0, -54.9, -51.4),  # Guyane
    (-21.6, -20.7, 55.0, 56.0),  # La Réunion
    (-13.2, -12.4, 44.8, 45.5),  # Mayotte
    (46.6, 47.3, -56.7, -56.0),  # Saint-Pierre-et-Miquelon
    (-23.4, -19.3, 158.0, 168.6),  # Nouvelle-Calédonie
    (-28.0, -7.5, -155.0, -134.0),  # Polynésie
    (-14.6, -13.0, -178.5, -175.9),  # Wallis-et-Futuna
)

_PAIR = re.compile(r"^\s*\(?\s*(-?\d{1,3}(?:[.,]\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*\)?\s*$")


def to_degrees(raw: object) -> float | None:
    """Read a number with a point or a decimal comma."""
    if raw is None:
        return None
    try:
        value = float(str(raw).strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def sane_position(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """Return the position if it lies in France, with latitude and longitude swapped back if need be."""
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    for first, second in ((latitude, longitude), (longitude, latitude)):
        for south, north, west, east in _FRANCE:
            if south <= first <= north and west <= second <= east:
                return round(first, 6), round(second, 6)
    return None


def read_pair(raw: object) -> tuple[float, float] | None:
    """Read `48.8350, 2.3058` or a `{"lat": …, "lon": …}` object."""
    if isinstance(raw, dict):
        return sane_position(to_degrees(raw.get("lat")), to_degrees(raw.get("lon", raw.get("lng"))))
    match = _PAIR.match(str(raw)) if raw else None
    if not match:
        return None
    return sane_position(to_degrees(match.group(1)), to_degrees(match.group(2)))


def from_lambert93(x: float, y: float) -> tuple[float, float] | None:
    """Turn Lambert-93 metres into latitude and longitude, None outside metropolitan France."""
    if not (0 < x < 1_300_000 and 6_000_000 < y < 7_200_000):
        return None
    radius = math.hypot(x - _XS, y - _YS)
    gamma = math.atan2(x - _XS, _YS - y)
    longitude = _CENTRAL_MERIDIAN + gamma / _N
    isometric = -math.log(abs(radius / _C)) / _N
    latitude = 2 * math.atan(math.exp(isometric)) - math.pi / 2
    for _ in range(_ITERATIONS):
        sine = _ECCENTRICITY * math.sin(latitude)
        latitude = (
            2 * math.atan(((1 + sine) / (1 - sine)) ** (_ECCENTRICITY / 2) * math.exp(isometric))
            - math.pi / 2
        )
    return sane_position(math.degrees(latitude), math.degrees(longitude))
