"""What a page shows of an outline: where its map looks, and a drawing that needs no script."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chalandise.directory.models import Establishment
from chalandise.logistics.models import DeliveryZone

AROUND_DEGREES = 0.09  # ten kilometres north and south of the shop
SIDE = 320


@dataclass(frozen=True)
class OutlineView:
    """An outline as drawn.

    Attributes:
        bounds: what the map shows first, « west,south,east,north ».
        points: the corners for an SVG polygon of `SIDE` by `SIDE`; blank without outline.
        spot: where the shop stands in the same drawing, None when unknown or far outside.
    """

    bounds: str
    points: str = ""
    spot: tuple[float, float] | None = None
    side: int = SIDE


def outline_view(shop: Establishment, zone: DeliveryZone | None) -> OutlineView:
    """Return how to show a zone's outline, or the surroundings of its shop."""
    here = _place_of(shop)
    polygon = zone.polygon if zone else None
    if not polygon:
        wide = AROUND_DEGREES / max(0.1, math.cos(math.radians(here[1])))
        sides = (here[0] - wide, here[1] - AROUND_DEGREES, here[0] + wide, here[1] + AROUND_DEGREES)
        return OutlineView(",".join(f"{one:.5f}" for one in sides))
    corners = [(x, y) for x, y in polygon["coordinates"][0]]
    west, east = min(x for x, _y in corners), max(x for x, _y in corners)
    south, north = min(y for _x, y in corners), max(y for _x, y in corners)
    squeeze = max(0.1, math.cos(math.radians((south + north) / 2)))
    scale = (SIDE - 32) / max((east - west) * squeeze, north - south, 1e-6)

    def drawn(x: float, y: float) -> tuple[float, float]:
        middle = SIDE / 2
        across = (x - (west + east) / 2) * squeeze * scale
        return round(middle + across, 1), round(middle - (y - (south + north) / 2) * scale, 1)

    spot = drawn(*here) if shop.latitude is not None else None
    is_inside = spot is not None and all(0 <= one <= SIDE for one in spot)
    return OutlineView(
        f"{west:.5f},{south:.5f},{east:.5f},{north:.5f}",
        " ".join(f"{x:g},{y:g}" for x, y in (drawn(*one) for one in corners[:-1])),
        spot if is_inside else None,
    )


def _place_of(shop: Establishment) -> tuple[float, float]:
    """Return longitude and latitude of a shop, else of its commune, else of the middle of France."""
    for one in (shop, shop.commune):
        if one.latitude is not None and one.longitude is not None:
            return one.longitude, one.latitude
    return 2.5, 46.6
