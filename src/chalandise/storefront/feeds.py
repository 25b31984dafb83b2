"""What machines read: robots.txt, the site map, the manifest, the portal's colours."""

from __future__ import annotations

from django.db.models import Max
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from chalandise.catalogue.models import Product, ProductQuerySet
from chalandise.directory.models import Category, Establishment, EstablishmentQuerySet
from chalandise.portals.queries import base_address
from chalandise.storefront.addresses import root_base
from chalandise.web.page_cache import shared_page
from chalandise.web.portal_map import portal_map
from chalandise.web.request import PortalRequest
from chalandise.web.theme import Palette, theme_css

SITEMAP_SIZE = 5_000
A_YEAR = "public, max-age=31536000, immutable"
PAGES = (
    "home",
    "directory",
    "products",
    "categories",
    "communes",
    "map",
    "about",
    "ranking",
    "data",
)


@shared_page
def robots(request: PortalRequest) -> HttpResponse:
    """Welcome robots on the pages worth reading, and spare them the endless ones."""
    return render(
        request,
        "storefront/robots.txt",
        {"base": base_address(request.portal)},
        content_type="text/plain; charset=utf-8",
    )


@shared_page
def sitemap_index(request: PortalRequest) -> HttpResponse:
    """List the parts of the site map: the pages, then sheets and products by the thousand."""
    shops, products = _shops(request).count(), _products(request).count()
    base = base_address(request.portal)
    parts = [f"{base}/plan-des-pages.xml"]
    for name, count in (("commerces", shops), ("produits", products)):
        parts += [
            f"{base}/plan-des-{name}-{n}.xml" for n in range(1, -(-count // SITEMAP_SIZE) + 1)
        ]
    return _xml(request, "storefront/sitemap_index.xml", {"parts": parts})


@shared_page
def sitemap_pages(request: PortalRequest) -> HttpResponse:
    """List the pages that are not sheets."""
    base, prefix = base_address(request.portal), reverse("storefront:home")
    paths = [reverse(f"storefront:{name}") for name in PAGES]
    paths += [
        reverse("storefront:category", args=[key])
        for key in Category.objects.proposed().order_by("position").values_list("key", flat=True)
    ]
    addresses = [f"{base}/{path.removeprefix(prefix)}" for path in paths]
    addresses += [
        f"{base_address(place.portal)}/"
        for place in portal_map().by_slug.values()
        if place.portal.parent_id == request.portal.pk
    ]
    newest = _shops(request).aggregate(newest=Max("updated_at"))["newest"]
    entries = [(address, newest) for address in addresses]
    return _xml(request, "storefront/sitemap.xml", {"entries": entries})


@shared_page
def sitemap_shops(request: PortalRequest, number: int) -> HttpResponse:
    """List the addresses of some thousands of sheets, with the day each last changed."""
    if not 1 <= number <= 1000:
        raise Http404
    base = root_base(request)
    start = (number - 1) * SITEMAP_SIZE
    rows = (
        _shops(request)
        .order_by("pk")
        .values_list("slug", "updated_at")[start : start + SITEMAP_SIZE]
    )
    entries = [(f"{base}/commerces/{slug}/", changed) for slug, changed in rows]
    if not entries:
        raise Http404
    return _xml(request, "storefront/sitemap.xml", {"entries": entries})


@shared_page
def sitemap_products(request: PortalRequest, number: int) -> HttpResponse:
    """List the addresses of some thousands of products, with the day each last changed."""
    if not 1 <= number <= 1000:
        raise Http404
    base = root_base(request)
    start = (number - 1) * SITEMAP_SIZE
    found = _products(request).order_by("pk").values_list("slug", "updated_at")
    rows = found[start : start + SITEMAP_SIZE]
    entries = [(f"{base}/produits/{slug}/", changed) for slug, changed in rows]
    if not entries:
        raise Http404
    return _xml(request, "storefront/sitemap.xml", {"entries": entries})


def _products(request: PortalRequest) -> ProductQuerySet:
    return Product.objects.published().on(request.portal)


def _shops(request: PortalRequest) -> EstablishmentQuerySet:
    return Establishment.objects.on(request.portal).published()


def _xml(request: PortalRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, context, content_type="application/xml; charset=utf-8")


@shared_page
def manifest(request: PortalRequest) -> HttpResponse:
    """Let a telephone keep the portal among its applications."""
    home = reverse("storefront:home")
    return JsonResponse(
        {
            "name": request.identity.name,
            "short_name": request.identity.name[:30],
            "start_url": home,
            "scope": home,
            "display": "browser",
            "lang": "fr",
            "background_color": "#FBF7F0",
            "theme_color": Palette.of(request.identity.brand_colour).brand,
            "icons": [
                {
                    "src": static("web/dist/favicon.svg"),
                    "sizes": "any",
                    "type": "image/svg+xml",
                },
                {
                    "src": static("web/dist/touch-icon.png"),
                    "sizes": "180x180",
                    "type": "image/png",
                },
            ],
        },
        content_type="application/manifest+json",
    )


@require_safe
def theme(request: PortalRequest, slug: str, fingerprint: str) -> HttpResponse:
    """Send the colours of a portal; the address changes with them, so they are kept for a year."""
    place = portal_map().below(request.root_portal, slug)
    if place is None:
        raise Http404
    brand = place.identity.brand_colour
    response = HttpResponse(theme_css(brand), content_type="text/css; charset=utf-8")
    is_current = Palette.of(brand).fingerprint == fingerprint
    response["Cache-Control"] = A_YEAR if is_current else "no-cache"
    return response
