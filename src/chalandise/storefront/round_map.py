"""The picture of a round on a page: drawn by the server, and over it the map where a script is.

What the script is told of an order comes with the page and is asked for at no address of its own:
places, names and times, never a pickup code. The map itself asks for the portal's public ground only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from chalandise.logistics.plan import Spot, Visit
from chalandise.portals.models import Portal
from chalandise.storefront.finding.ground import contours_address
from chalandise.storefront.rounds import Ground, draw_round, numbers_label

_DIGITS = 6  # a tenth of a metre


@dataclass(frozen=True)
class Told:
    """A visit in the words of the list beside the picture."""

    time: str
    name: str
    address: str


def picture_of(
    visits: Sequence[Visit],
    told: Sequence[Told],
    commune_keys: Collection[str],
    *,
    portal: Portal,
    ground: Ground | None = None,
) -> SafeString:
    """Draw a round and its map; blank for fewer than two places.

    Args:
        visits: in their order.
        told: what the list says of each of them.
        commune_keys: whose ground the drawing shows.
        portal: whose ground the map shows.
        ground: what all drawings of the page share; one query where there is none.
    """
    drawing = draw_round(visits, commune_keys, ground)
    if drawing is None:
        return SafeString()
    return render_to_string(
        "storefront/orders/_round_picture.html",
        {
            "drawing": drawing,
            "round": round_of(visits, told),
            "contours": contours_address(portal),
            "tiles": settings.MAP_TILES_URL,
            "tiles_attribution": settings.MAP_TILES_CREDIT,
        },
    )


def round_of(visits: Sequence[Visit], told: Sequence[Told]) -> dict[str, object]:
    """Return what the script draws: places with the visits made there, and the line between them."""
    places: dict[tuple[float, float], list[dict[str, object]]] = {}
    line: list[tuple[float, float]] = []
    for number, (visit, said) in enumerate(zip(visits, told, strict=True), 1):
        if visit.stop.spot is None:
            continue
        at = _lonlat(visit.stop.spot)
        if line[-1:] != [at]:
            line.append(at)
        one = {"number": number, "time": said.time, "name": said.name, "where": said.address}
        places.setdefault(at, []).append(one)
    stops = [
        {
            "at": at,
            "label": numbers_label([int(str(one["number"])) for one in made]),
            "visits": made,
        }
        for at, made in places.items()
    ]
    return {"stops": stops, "line": line}


def _lonlat(spot: Spot) -> tuple[float, float]:
    return (round(spot.longitude, _DIGITS), round(spot.latitude, _DIGITS))
