"""Selections: establishments that a portal puts forward for a while, and what they sell."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from chalandise.editorial.queries import get_shown_selection, shown_ids, shown_items
from chalandise.storefront.addresses import canonical_here, social_image
from chalandise.storefront.finding.shop_cards import cards_by_id
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.shelves.product_rows import picked_shelves
from chalandise.web.doors import found_or_404
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest


@shared_page
def selection(request: PortalRequest, slug: str) -> HttpResponse:
    """Show one selection, in the order its editor gave it."""
    shown = found_or_404(get_shown_selection, request.portal, slug, on=timezone.localdate())
    at = timezone.now().replace(second=0, microsecond=0)
    items = shown_items(shown)
    cards = cards_by_id([item.establishment_id for item in items], at=at)
    picks = [
        (cards[item.establishment_id], item.note)
        for item in items
        if item.establishment_id in cards
    ]
    context = {
        "selection": shown,
        "picks": picks,
        "social_image": social_image(request, [card.picture for card, _note in picks]),
        "tiles": picked_shelves(request.portal, tuple(shown_ids(shown)), at=at),
        "products_url": f"{reverse('storefront:products')}?{urlencode({'selection': shown.slug})}",
        "crumbs": crumbs_to(request, (shown.title, "")),
        "canonical": canonical_here(request),
    }
    return render(request, "storefront/selections/detail.html", context)
