"""What the law and good manners ask a public site to say, written from the portal's own identity."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chalandise.discovery.criteria import Search
from chalandise.discovery.search import count_establishments
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.home import areas_of, crumbs_to
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest


@shared_page
def about(request: PortalRequest) -> HttpResponse:
    """Say who runs the site, for whom, and what it costs."""
    context = {
        "count": count_establishments(Search.on(request.portal)),
        "areas": areas_of(request),
        "introduction": request.portal.introduction,
        "commission": request.portal.commission_bp,
    }
    return _page(request, "about", _("About this site"), context)


@shared_page
def legal(request: PortalRequest) -> HttpResponse:
    """Say who publishes and who hosts (LCEN, art. 1-1), and what becomes of personal data."""
    context: dict[str, object] = {"commission": request.portal.commission_bp}
    return _page(request, "legal", _("Legal notice and personal data"), context)


@shared_page
def accessibility(request: PortalRequest) -> HttpResponse:
    """Declare how accessible the site is (law of 11 February 2005, art. 47; RGAA 4.1)."""
    return _page(request, "accessibility", _("Accessibility statement"), {})


@shared_page
def data(request: PortalRequest) -> HttpResponse:
    """Say where the data come from, under which licences, and how to take them away."""
    return _page(request, "data", _("Data and licences"), {})


@shared_page
def guarantee(request: PortalRequest) -> HttpResponse:
    """Give the boxed text on legal guarantees word for word (C. conso D211-2)."""
    return _page(request, "guarantee", _("Your legal guarantees"), {})


def _page(
    request: PortalRequest, name: str, title: str, context: dict[str, object]
) -> HttpResponse:
    crumbs = crumbs_to(request, (title, ""))
    if name != "about":
        crumbs.insert(-1, (_("About this site"), reverse("storefront:about")))
    values = {"title": title, "crumbs": crumbs, "canonical": canonical_here(request), **context}
    return render(request, f"storefront/about/{name}.html", values)
