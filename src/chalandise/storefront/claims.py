"""« C’est mon commerce »: the public beginning of a claim."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chalandise.directory.queries import get_establishment_on
from chalandise.storefront.home import crumbs_to
from chalandise.web.doors import found_or_404
from chalandise.web.request import PortalRequest


@never_cache
def claim(request: PortalRequest, slug: str) -> HttpResponse:
    """Let somebody show that a sheet is theirs."""
    shop = found_or_404(get_establishment_on, request.portal, slug)
    context = {
        "section": "merchants",
        "shop": shop,
        "crumbs": crumbs_to(
            request,
            (_("Shops"), reverse("storefront:directory")),
            (shop.name, reverse("storefront:shop", args=[slug])),
            (_("This is my shop"), ""),
        ),
        "noindex": True,
    }
    return render(request, "storefront/claims/start.html", context)
