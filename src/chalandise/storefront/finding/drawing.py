"""The small maps of the home page and of the sheets: contours turned into SVG on the server.

It needs no script and weighs a few kilobytes: outlines are projected, thinned to what a picture of
this size can show, and written as relative integers.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape

from chalandise.directory.models import Establishment
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys
from chalandise.territories.models import TerritoryContour
from chalandise.territories.queries import contours_of
from chalandise.territories.states import Kind

WIDTH, HEIGHT, MARGIN = 800, 600, 34
THINNEST = 3.2  # units between two points; about a pixel on a large screen
SMALLEST_RING = 60.0  # square units; islets below would be dots
MOST_KEYS = 400
KEPT = 64
GROUNDS_KEPT = 1024

Ring = list[tuple[float, float]]
_INSIDE = {
    Kind.REGION: Kind.DEPARTEMENT,
    Kind.DEPARTEMENT: Kind.EPCI,
    Kind.EPCI: Kind.COMMUNE,
}


@dataclass(frozen=True)
class Drawing:
    """A territory ready to be drawn.

    Attributes:
        land: the outline of the whole, as SVG path data; blank when no contour is known.
        parts: the outlines of what it is made of.
        centres: where to write the count of a sub-portal, by its primary key.
    """

    land: str = ""
    parts: tuple[str, ...] = ()
    centres: dict[int, tuple[float, float]] = field(default_factory=dict)
    width: int = WIDTH
    height: int = HEIGHT

    def __bool__(self) -> bool:
        """Tell whether there is something to draw."""
        return bool(self.land)


@dataclass(frozen=True)
class Situation:
    """Where a shop stands in its département.

    Attributes:
        land: the outline of the département, as SVG path data.
        around: the outline of its intercommunality, blank where there is none.
        x: where the shop is, from the left.
        y: from the top.
    """

    land: str
    around: str
    x: int
    y: int
    width: int = WIDTH
    height: int = HEIGHT


_kept: OrderedDict[tuple[object, ...], Drawing] = OrderedDict()


def draw_portal(portal: Portal, children: Sequence[Portal]) -> Drawing:
    """Return the drawing of a portal and of its sub-portals.

    Two queries at most the first time, none once it is known: contours never change while the
    process lives, except when they are loaded for the first time, so blanks are not kept.
    """
    key = (portal.pk, *scope_keys(portal), *((c.pk, *scope_keys(c)) for c in children))
    drawing = _kept.get(key)
    if drawing is None:
        drawing = _draw(portal, children)
        if drawing:
            _kept[key] = drawing
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return drawing


def _draw(portal: Portal, children: Sequence[Portal]) -> Drawing:
    own = scope_keys(portal)
    asked = list(dict.fromkeys([*own, *(key for child in children for key in scope_keys(child))]))
    if len(asked) > MOST_KEYS:
        children, asked = [], own[:MOST_KEYS]
    rows = TerritoryContour.objects.filter(territory__in=asked)
    rings = {row.territory_id: rings_of(row.geometry) for row in rows}
    land = [ring for key in own for ring in rings.get(key, [])]
    if not land:
        return Drawing()
    projection = Projection.around(land)
    shapes = [
        [ring for key in scope_keys(child) for ring in rings.get(key, [])] for child in children
    ]
    centres = {
        child.pk: _centre([projection.ring(ring) for ring in shape])
        for child, shape in zip(children, shapes, strict=True)
        if shape
    }
    drawn = _inner_shapes(own) or shapes
    return Drawing(
        land=path_of([projection.ring(ring) for ring in land]),
        parts=tuple(
            filter(None, (path_of([projection.ring(r) for r in shape]) for shape in drawn))
        ),
        centres=centres,
    )


_lands: OrderedDict[str, tuple[str, Projection]] = OrderedDict()
_grounds: OrderedDict[tuple[str, str], tuple[str, str, Projection]] = OrderedDict()


def situate(shop: Establishment) -> Situation | None:
    """Return the small picture of where a shop stands; one query the first time, then none."""
    if shop.latitude is None or shop.longitude is None:
        return None
    key = (shop.commune.departement_id or "", shop.commune.epci_id or "")
    ground = _grounds.get(key) or _read_ground(*key)
    if ground is None:
        return None
    _grounds[key] = ground
    while len(_grounds) > GROUNDS_KEPT:
        _grounds.popitem(last=False)
    land, around, projection = ground
    x, y = projection.point(shop.longitude, shop.latitude)
    return Situation(land, around, round(x), round(y))


def _read_ground(departement: str, epci: str) -> tuple[str, str, Projection] | None:
    """Return outline, inner outline and projection; a département is drawn once for all inside."""
    known = _lands.get(departement)
    rows = TerritoryContour.objects.in_bulk([epci] if known else [departement, epci])
    if known is None:
        if departement not in rows:
            return None
        land = rings_of(rows[departement].geometry)
        projection = Projection.around(land)
        known = (path_of([projection.ring(ring) for ring in land]), projection)
        _lands[departement] = known
        while len(_lands) > KEPT:
            _lands.popitem(last=False)
    around = rings_of(rows[epci].geometry) if epci in rows else []
    return (known[0], path_of([known[1].ring(ring) for ring in around]), known[1])


def _inner_shapes(keys: Sequence[str]) -> list[list[Ring]]:
    inner = _INSIDE.get(Kind(keys[0].partition("-")[0])) if len(keys) == 1 else None
    if inner is None:
        return []
    return [rings_of(one["geometry"]) for one in contours_of(keys, kind=inner)["features"]]


def rings_of(geometry: dict[str, Any]) -> list[Ring]:
    """Return the outer rings of a GeoJSON polygon or multipolygon."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [[(x, y) for x, y, *_height in polygon[0]] for polygon in polygons]


@dataclass(frozen=True)
class Projection:
    """Puts degrees on the page, the whole of some rings in its middle.

    Degrees are scaled alike on both axes after the parallel's own shortening: true enough for a
    département, and even for a region.
    """

    west: float
    north: float
    shrink: float
    scale: float
    left: float
    top: float

    @classmethod
    def around(cls, rings: Iterable[Ring]) -> Projection:
        """Return the projection that shows all of ``rings``."""
        points = [point for ring in rings for point in ring]
        west, east = min(x for x, _y in points), max(x for x, _y in points)
        south, north = min(y for _x, y in points), max(y for _x, y in points)
        shrink = math.cos(math.radians((south + north) / 2))
        wide, high = max((east - west) * shrink, 1e-6), max(north - south, 1e-6)
        scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
        return cls(west, north, shrink, scale, left, top)

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a place stands on the page."""
        return (
            self.left + (longitude - self.west) * self.shrink * self.scale,
            self.top + (self.north - latitude) * self.scale,
        )

    def ring(self, ring: Ring) -> Ring:
        """Return where a ring stands on the page."""
        return [self.point(x, y) for x, y in ring]


def path_of(rings: Iterable[Ring]) -> str:
    """Return path data, known to need no escaping."""
    large = (_ring_path(ring) for ring in rings if abs(_area(ring)) >= SMALLEST_RING)
    return escape("".join(large))


def _ring_path(ring: Ring) -> str:
    thin = _thinned(ring)
    first, *rest = [(round(x), round(y)) for x, y in thin]
    steps = []
    before = first
    for point in rest:
        dx, dy = point[0] - before[0], point[1] - before[1]
        if dx or dy:
            steps.append(f"{dx}{dy}" if dy < 0 else f"{dx} {dy}")
        before = point
    return f"M{first[0]} {first[1]}l{' '.join(steps)}z"


def _thinned(ring: Ring) -> Ring:
    """Keep the points that stand far enough from the last one kept."""
    kept = ring[:1]
    for point in ring[1:]:
        if math.dist(point, kept[-1]) >= THINNEST:
            kept.append(point)
    return kept


def _area(ring: Ring) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def _centre(rings: list[Ring]) -> tuple[float, float]:
    """Return the centre of gravity of the rings."""
    total = x_sum = y_sum = 0.0
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            cross = x1 * y2 - x2 * y1
            total += cross
            x_sum += (x1 + x2) * cross
            y_sum += (y1 + y2) * cross
    if not total:
        x, y = rings[0][0]
        return (x, y)
    return (round(x_sum / (3 * total)), round(y_sum / (3 * total)))
