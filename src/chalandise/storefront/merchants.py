"""The page for merchants: your sheet exists already, here is how to take it in hand."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.discovery.criteria import LONGEST_WORDS, Search
from chalandise.discovery.search import find_establishments
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.finding.shop_cards import find_cards
from chalandise.storefront.home import crumbs_to
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

SHOWN = 10


@shared_page
def merchants(request: PortalRequest) -> HttpResponse:
    """Find one's own sheet by name, and learn what can be done with it."""
    words = " ".join(request.GET.get("name", "")[:LONGEST_WORDS].split())
    shops = []
    if words:
        found = find_establishments(Search.on(request.portal, words=words, limit=SHOWN))
        shops = find_cards(found.ids, at=timezone.now().replace(second=0, microsecond=0))
    context = {
        "section": "merchants",
        "words": words,
        "shops": shops,
        "crumbs": crumbs_to(request, (_("For merchants"), "")),
        "canonical": canonical_here(request),
        "noindex": bool(words),
    }
    return render(request, "storefront/claims/merchants.html", context)
