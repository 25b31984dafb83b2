"""The map, and the list beside it that says the same."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.discovery.criteria import Search
from chalandise.portals.queries import scope_keys
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.finding.asking import read_question, tidy_query
from chalandise.storefront.finding.ground import contours_address
from chalandise.storefront.finding.listing import follow_retired, list_shops
from chalandise.storefront.home import crumbs_to
from chalandise.territories.queries import outline_box
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

CARRIED = ("q", "place", "near", "around", "territory", "category", "service", "label", "open")
"""Parameters that stay when the map moves."""
FRANCE = (-5.2, 41.3, 9.6, 51.1)


@shared_page
def map_page(request: PortalRequest) -> HttpResponse:
    """Show where shops stand; without script, the list alone."""
    at = timezone.now().replace(second=0, microsecond=0)
    query = tidy_query(request.GET)
    asked = read_question(query, request.portal, at=at)
    if (elsewhere := follow_retired(request, asked.category, query)) is not None:
        return elsewhere
    listing = list_shops(asked, query, request.portal, at=at)
    keys = [asked.place.key] if asked.place else scope_keys(request.portal)
    box = outline_box(keys) or outline_box(scope_keys(request.portal)) or FRANCE
    context = {
        "section": "map",
        "asked": asked,
        "place_value": asked.place_label,
        "near_value": asked.near_text,
        "listing": listing,
        "carried": [
            (name, one) for name in query for one in query.getlist(name) if name in CARRIED
        ],
        "bounds": ",".join(f"{side:.4f}" for side in box),
        "map_query": _map_query(asked.search),
        "contours": contours_address(request.portal),
        "points": f"{get_script_prefix()}api/v1/map",
        "sheet": reverse("storefront:shop", args=["SLUG"]).replace("SLUG", "{slug}"),
        "tiles": settings.MAP_TILES_URL,
        "tiles_attribution": settings.MAP_TILES_CREDIT,
        "crumbs": crumbs_to(request, (_("Map"), "")),
        "canonical": canonical_here(request),
        "noindex": bool(request.GET),
    }
    return render(request, "storefront/map/map.html", context)


def _map_query(search: Search) -> str:
    """Return the same question in the words of `api/v1/map`, so that map and list agree."""
    asked = QueryDict(mutable=True)
    for name, value in (
        ("q", search.words),
        ("category", search.category),
        ("territory", search.territory),
        ("open_at", search.open_at.isoformat() if search.open_at else ""),
    ):
        if value:
            asked[name] = value
    asked.setlist("service", list(search.services))
    asked.setlist("label", list(search.labels))
    if search.near is not None and search.radius_km is not None:
        asked["near"] = f"{search.near.latitude},{search.near.longitude}"
        asked["radius"] = f"{search.radius_km:g}"
    return asked.urlencode()
