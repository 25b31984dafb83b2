"""`establishments` and `establishments/{id}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from chalandise.api.answers import answer, with_list
from chalandise.api.parameters import ListParameters, PortalParameters, described, read
from chalandise.api.portal import portal_of
from chalandise.api.rows import rows_of, write_rows
from chalandise.api.schemas import EstablishmentDetail, EstablishmentList, Problem
from chalandise.directory.hours import HoursError
from chalandise.directory.models import Establishment
from chalandise.directory.queries import list_provenance, opening_of
from chalandise.directory.states import Label, Service
from chalandise.discovery.criteria import Search
from chalandise.discovery.names import category_names, territory_names
from chalandise.discovery.results import Facets, FacetValue
from chalandise.discovery.search import count_facets, find_establishments
from chalandise.kernel.errors import NotFoundError
from chalandise.web.pictures import photograph
from chalandise.web.request import PortalRequest

router = Router(tags=["establishments"])


@router.get(
    "establishments",
    url_name="establishments",
    response={200: EstablishmentList, 422: Problem, 429: Problem},
    openapi_extra=described(ListParameters),
    summary="Find establishments",
)
def list_establishments(request: PortalRequest) -> HttpResponse:
    """A page of what matches, with the cursor of the next one."""
    asked = read(ListParameters, request)
    search = asked.search(
        portal_of(request, asked.portal), sort=asked.sort, limit=asked.limit, cursor=asked.cursor
    )
    results = find_establishments(search)
    payload: dict[str, Any] = {
        "count": results.count,
        "items": (),
        "next": results.next_cursor or None,
        "is_corrected": results.is_corrected,
        "is_relaxed": results.is_relaxed,
        "is_degraded": results.is_degraded,
    }
    if asked.facets:
        payload["facets"] = _facets(search)
    return answer(with_list(payload, "items", write_rows(results.ids, results.distances_m)))


@router.get(
    "establishments/{uuid:public_id}",
    url_name="establishment",
    response={200: EstablishmentDetail, 404: Problem, 429: Problem},
    openapi_extra=described(PortalParameters),
    summary="One establishment",
)
def get_establishment(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """One establishment with its hours, its pictures, and where each fact comes from."""
    portal = portal_of(request, read(PortalParameters, request).portal)
    found = (
        Establishment.objects.on(portal)
        .published()
        .with_card()
        .prefetch_related("facts")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFoundError
    return answer({**rows_of([found.pk])[found.pk], **_detail(found)})


def _detail(found: Establishment) -> dict[str, Any]:
    pictures = [(photo, photograph(photo)) for photo in found.photos.all()]
    return {
        "siret": found.siret,
        "description": found.description,
        "hours": {one.purpose: one.value for one in found.hours.all() if one.value},
        "closings": [
            {
                "starts_on": one.starts_on.isoformat(),
                "ends_on": one.ends_on.isoformat(),
                "reason": one.reason,
            }
            for one in found.closings.all()
        ],
        "status": _status(found),
        "pictures": [
            {
                "url": view.src,
                "alternative_text": photo.alternative_text,
                "width": view.width,
                "height": view.height,
            }
            for photo, view in pictures
        ],
        "hours_verified_at": _instant(found.hours_verified_at),
        "updated_at": _instant(found.updated_at),
        "provenance": [
            {
                "source": one.label,
                "kind": one.kind,
                "licence": one.licence,
                "dated_on": one.dated_on.isoformat() if one.dated_on else None,
                "verified_at": _instant(one.verified_at),
                "fields": list(one.fields),
            }
            for one in list_provenance(found)
        ],
    }


def _status(found: Establishment) -> dict[str, Any] | None:
    try:
        schedule = opening_of(found)
    except HoursError:
        return None
    if schedule is None:
        return None
    status = schedule.status(timezone.now())
    return {
        "is_open": status.is_open,
        "is_unknown": status.is_unknown,
        "closes_at": _instant(status.closes_at),
        "opens_at": _instant(status.opens_at),
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _facets(search: Search) -> dict[str, Any]:
    facets: Facets = count_facets(search)
    known = {key: one for key, one in category_names().items() if not one.is_retired}
    categories = {key: one.shown_name for key, one in known.items()}
    communes = territory_names(one.key for one in facets.communes)
    return {
        "categories": named((one for one in facets.categories if one.key in known), categories),
        "communes": named(facets.communes, communes),
        "services": named(facets.services, dict(Service.choices)),
        "labels": named(facets.labels, dict(Label.choices)),
    }


def named(values: Iterable[FacetValue], names: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return the values of a facet with their names in the reader’s language."""
    return [
        {"key": one.key, "name": str(names.get(one.key, one.key)), "count": one.count}
        for one in values
    ]
