"""`map` and `contours`: what a map draws, as GeoJSON."""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.http import HttpResponse
from ninja import Router

from chalandise.api.answers import GEOJSON, answer, with_list
from chalandise.api.parameters import ContourParameters, MapParameters, described, read
from chalandise.api.portal import portal_of
from chalandise.api.problems import TOO_LARGE, ProblemError
from chalandise.api.rows import POINT, write_spots
from chalandise.api.schemas import ContourCollection, MapCollection, Problem
from chalandise.discovery.clusters import map_view
from chalandise.portals.queries import scope_keys
from chalandise.territories.queries import (
    MOST_OUTLINES,
    are_too_many,
    contours_of,
    territory_credit,
)
from chalandise.territories.states import Kind
from chalandise.web.request import PortalRequest

router = Router(tags=["map"])

_KEPT = 12
_CLUSTER = POINT.replace("%s", '{"cluster":true,"point_count":%d}')

_lock = Lock()
_contours: OrderedDict[tuple[str, ...], str] = OrderedDict()


@router.get(
    "map",
    url_name="map",
    response={200: MapCollection, 422: Problem, 429: Problem},
    openapi_extra=described(MapParameters),
    summary="Clusters and points of a box",
)
def get_map(request: PortalRequest) -> HttpResponse:
    """What a box shows at a zoom, with the same filters and the same words as the list."""
    asked = read(MapParameters, request)
    view = map_view(asked.search(portal_of(request, asked.portal)), zoom=asked.zoom)
    spots = write_spots(view.points)
    features = [
        _CLUSTER % (longitude, latitude, held) for latitude, longitude, held in view.clusters
    ]
    features += [spots[pk] for pk in view.points if pk in spots]
    payload = {
        "type": "FeatureCollection",
        "features": (),
        "count": view.count,
        "is_degraded": view.is_degraded,
    }
    return answer(with_list(payload, "features", features), content_type=GEOJSON)


@router.get(
    "contours",
    url_name="contours",
    response={200: ContourCollection, 422: Problem, 429: Problem},
    openapi_extra=described(ContourParameters),
    summary="Outlines of the portal and of what lies inside",
)
def get_contours(request: PortalRequest) -> HttpResponse:
    """Simplified outlines: good for drawing, not for telling where an address lies."""
    asked = read(ContourParameters, request)
    keys = tuple(scope_keys(portal_of(request, asked.portal)))
    response = HttpResponse(_outlines(keys, asked.kind), content_type=GEOJSON)
    response.is_shared_page = True  # type: ignore[attr-defined] # see web.page_cache
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _outlines(keys: tuple[str, ...], kind: Kind | None) -> str:
    """Return the GeoJSON text, kept in memory: outlines change once a year."""
    wanted = (kind or "", *keys)
    with _lock:
        if wanted in _contours:
            _contours.move_to_end(wanted)
            return _contours[wanted]
    if kind is not None and are_too_many(keys, kind):
        raise ProblemError(TOO_LARGE, f"more than {MOST_OUTLINES} outlines: ask for a wider kind")
    collection: dict[str, Any] = contours_of(keys, kind=kind)
    collection["attribution"] = territory_credit().attribution
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    with _lock:
        _contours[wanted] = text
        while len(_contours) > _KEPT:
            _contours.popitem(last=False)
    return text
