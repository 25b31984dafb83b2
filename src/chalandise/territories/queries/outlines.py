"""Outlines for maps, and what stands near a point."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from chalandise.territories.models import Territory, TerritoryContour
from chalandise.territories.queries.places import list_intercommunalities
from chalandise.territories.shapes import distance_metres, holds
from chalandise.territories.states import Kind

Box = tuple[float, float, float, float]

_DEGREES_PER_METRE = 1 / 111_000
_REACH_METRES = 8_000
_CLOSE = (Kind.COMMUNE, Kind.ARRONDISSEMENT)


MOST_OUTLINES = 2_500
"""A map of more communes weighs megabytes: six regions have them."""


def contours_of(scope: Iterable[str], *, kind: Kind | None = None) -> dict[str, Any]:
    """Return a GeoJSON FeatureCollection of a scope. One query.

    Args:
        scope: keys of territories.
        kind: draw the territories of this kind inside the scope; without it, those of the scope
            themselves. Intercommunalities are drawn as soon as one of their communes is inside.
    """
    keys = list(scope)
    contours = TerritoryContour.objects.select_related("territory")
    if kind is None:
        contours = contours.filter(territory__in=keys)
    elif kind is Kind.EPCI:
        contours = contours.filter(
            territory__in=list_intercommunalities(keys).order_by().values("key")
        )
    else:
        inside = Territory.objects.of_kind(kind).within(keys).values("key")
        contours = contours.filter(territory__in=inside)
    features = [
        contour.as_feature(_properties(contour.territory))
        for contour in contours.order_by("territory__sort_key", "territory")
    ]
    return {"type": "FeatureCollection", "features": features}


def are_too_many(scope: Iterable[str], kind: Kind) -> bool:
    """Tell whether a scope holds more territories of a kind than one map draws. One query."""
    inside = Territory.objects.of_kind(kind).within(scope)
    return len(inside.order_by().values_list("key")[: MOST_OUTLINES + 1]) > MOST_OUTLINES


def outline_box(scope: Iterable[str]) -> Box | None:
    """Return west, south, east and north of a scope, ``None`` where no outline is known. One query."""
    boxes = TerritoryContour.objects.filter(territory__in=list(scope)).values_list(
        "west", "south", "east", "north"
    )
    wests, souths, easts, norths = list(zip(*boxes, strict=True)) or ((), (), (), ())
    return (min(wests), min(souths), max(easts), max(norths)) if wests else None


def find_commune_at(latitude: float, longitude: float) -> Territory | None:
    """Return the commune or arrondissement whose outline holds a point, else the nearest one.

    A guess for things that have coordinates and no address: outlines are simplified, so one point
    in a hundred falls next door. An INSEE code, when there is one, is always better. Two queries
    at most.
    """
    candidates = TerritoryContour.objects.filter(
        territory__kind__in=_CLOSE,
        west__lte=longitude,
        east__gte=longitude,
        south__lte=latitude,
        north__gte=latitude,
    ).select_related("territory")
    holding = [c.territory for c in candidates if holds(c.geometry, latitude, longitude)]
    if holding:
        return max(holding, key=lambda territory: territory.kind == Kind.ARRONDISSEMENT)
    return next(iter(list_communes_near(latitude, longitude, limit=1)), None)


def list_communes_near(
    latitude: float, longitude: float, *, metres: int = _REACH_METRES, limit: int = 12
) -> list[Territory]:
    """Return the communes whose town hall stands near a point, the nearest first. One query."""
    reach = metres * _DEGREES_PER_METRE
    near = Territory.objects.communes().filter(
        Q(latitude__range=(latitude - reach, latitude + reach))
        & Q(longitude__range=(longitude - 2 * reach, longitude + 2 * reach))
    )
    measured = [
        (distance_metres(latitude, longitude, place.latitude, place.longitude), place.key, place)
        for place in near
        if place.latitude is not None and place.longitude is not None
    ]
    return [place for distance, _, place in sorted(measured)[:limit] if distance <= metres]


def _properties(territory: Territory) -> dict[str, Any]:
    """Return what a map says of a territory."""
    return {
        "key": territory.key,
        "kind": territory.kind,
        "code": territory.code,
        "name": territory.full_name,
        "slug": territory.slug,
        "population": territory.population,
    }
