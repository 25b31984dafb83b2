"""`territories`, `categories` and `suggest`: the words that the other requests take."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from ninja import Router

from chalandise.api.answers import answer
from chalandise.api.parameters import (
    PortalParameters,
    SuggestParameters,
    TerritoryParameters,
    described,
    read,
)
from chalandise.api.portal import portal_of
from chalandise.api.schemas import CategoryList, Problem, SuggestionList, TerritoryList
from chalandise.discovery.criteria import Search
from chalandise.discovery.errors import BadCursorError
from chalandise.discovery.names import category_names
from chalandise.discovery.search import count_facets
from chalandise.discovery.suggest import suggest
from chalandise.kernel.text import fold
from chalandise.portals.queries import scope_keys
from chalandise.territories.models import Territory
from chalandise.web.request import PortalRequest

router = Router(tags=["reference"])


@router.get(
    "categories",
    url_name="categories",
    response={200: CategoryList, 429: Problem},
    openapi_extra=described(PortalParameters),
    summary="Categories",
)
def list_categories(request: PortalRequest) -> HttpResponse:
    """Our classification, in order, with the number of establishments of the portal."""
    portal = portal_of(request, read(PortalParameters, request).portal)
    counts = {one.key: one.count for one in count_facets(Search.on(portal)).categories}
    items = [
        {
            "key": one.key,
            "name": one.shown_name,
            "plural": one.shown_plural,
            "parent": one.parent or None,
            "icon": one.icon,
            "tint": one.tint,
            "count": counts.get(one.key, 0),
        }
        for one in category_names().values()
        if not one.is_retired
    ]
    return answer({"count": len(items), "items": items, "next": None})


@router.get(
    "territories",
    url_name="territories",
    response={200: TerritoryList, 422: Problem, 429: Problem},
    openapi_extra=described(TerritoryParameters),
    summary="Territories of the portal",
)
def list_territories(request: PortalRequest) -> HttpResponse:
    """The territories inside the portal's scope, sorted by name as a French reader expects."""
    asked = read(TerritoryParameters, request)
    found = Territory.objects.within(scope_keys(portal_of(request, asked.portal)))
    if asked.kind is not None:
        found = found.of_kind(asked.kind)
    if asked.q:
        found = found.filter(search_key__startswith=fold(asked.q))
    page = found
    if asked.cursor:
        sort_key, key = _read_cursor(asked.cursor)
        page = found.filter(Q(sort_key__gt=sort_key) | Q(sort_key=sort_key, key__gt=key))
    rows = list(page.sorted()[: asked.limit + 1])
    items = [_territory(one) for one in rows[: asked.limit]]
    last = rows[asked.limit - 1] if len(rows) > asked.limit else None
    return answer(
        {
            "count": found.count(),
            "items": items,
            "next": _write_cursor(last.sort_key, last.key) if last else None,
        }
    )


@router.get(
    "suggest",
    url_name="suggest",
    response={200: SuggestionList, 422: Problem, 429: Problem},
    openapi_extra=described(SuggestParameters),
    summary="Suggestions while somebody types",
)
def list_suggestions(request: PortalRequest) -> HttpResponse:
    """Trades, communes and establishments that begin like what was typed."""
    asked = read(SuggestParameters, request)
    portal = portal_of(request, asked.portal)
    items = [
        {
            "kind": one.kind,
            "key": one.key,
            "label": one.label,
            "detail": one.detail,
            "count": one.count,
        }
        for one in suggest(asked.q, scope=scope_keys(portal), limit=asked.limit)
    ]
    return answer({"count": len(items), "items": items, "next": None})


def _territory(one: Territory) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": one.kind,
        "code": one.code,
        "name": one.name,
        "slug": one.slug,
        "postal_codes": one.postal_codes,
        "population": one.population,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "parents": one.ancestor_keys[:-1],
    }


def _write_cursor(sort_key: str, key: str) -> str:
    return urlsafe_b64encode(json.dumps([sort_key, key]).encode()).decode().rstrip("=")


def _read_cursor(word: str) -> tuple[str, str]:
    try:
        sort_key, key = json.loads(urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (ValueError, TypeError, Base64Error, RecursionError) as error:
        raise BadCursorError from error
    if not (isinstance(sort_key, str) and isinstance(key, str)) or "\x00" in sort_key + key:
        raise BadCursorError
    return sort_key, key
