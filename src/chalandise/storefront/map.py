"""The map, and the list beside it that says the same."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.portals.queries import scope_keys
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.asking import read_question, tidy_query
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.listing import list_shops
from chalandise.territories.queries import outline_box
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

FRANCE = (-5.2, 41.3, 9.6, 51.1)


@shared_page
def map_page(request: PortalRequest) -> HttpResponse:
    """Show where shops stand; without script, the list alone."""
    at = timezone.now().replace(second=0, microsecond=0)
    query = tidy_query(request.GET)
    asked = read_question(query, request.portal, at=at)
    listing = list_shops(asked, query, at=at)
    keys = [asked.place.key] if asked.place else scope_keys(request.portal)
    box = outline_box(keys) or outline_box(scope_keys(request.portal)) or FRANCE
    context = {
        "section": "map",
        "asked": asked,
        "place_value": asked.place_label,
        "near_value": asked.near_text,
        "listing": listing,
        "bounds": ",".join(f"{side:.4f}" for side in box),
        "points": f"{get_script_prefix()}api/v1/map",
        "sheet": reverse("storefront:shop", args=["SLUG"]).replace("SLUG", "{slug}"),
        "tiles": settings.MAP_TILES_URL,
        "crumbs": crumbs_to(request, (_("Map"), "")),
        "canonical": canonical_here(request),
        "noindex": bool(request.GET),
    }
    return render(request, "storefront/map/map.html", context)
