"""The shelves of the territory: products by category, by shop, made here."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.catalogue.models import Product, ProductCategory
from chalandise.directory.models import Establishment
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.product_tiles import find_tiles
from chalandise.web.memory import while_unchanged
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

PAGE = 24


@shared_page
def products(request: PortalRequest) -> HttpResponse:
    """List what can be bought, newest first."""
    at = timezone.now().replace(second=0, microsecond=0)
    key = request.GET.get("category", "")[:60].replace("\x00", "")
    category = next((one for one in categories() if one.pk == key), None)
    shop = _shop(request.GET.get("shop", ""))
    is_made_here = request.GET.get("made_here") == "1"
    found = Product.objects.published().on(request.portal)
    if category is not None:
        found = found.under(category.pk)
    if shop is not None:
        found = found.at(shop)
    if is_made_here:
        found = found.filter(is_made_here=True)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdecimal() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    ids = list(found.order_by("-pk").values_list("pk", flat=True)[: PAGE + 1])
    page = ids[:PAGE]
    kept = {"category": key if category else "", "made_here": "1" if is_made_here else ""}
    kept |= {"shop": shop.slug} if shop else {}
    context = {
        "section": "products",
        "heading": category.name if category else _("Products"),
        "category": category,
        "shop": shop,
        "branches": _near(category),
        "is_made_here": is_made_here,
        "made_here_url": _query({**kept, "made_here": "" if is_made_here else "1"}),
        "tiles": find_tiles(page, at=at),
        "next_url": _query({**kept, "after": str(page[-1])}) if len(ids) > PAGE else "",
        "first_url": _query(kept) if after else "",
        "crumbs": crumbs_to(
            request,
            *([(_("Products"), reverse("storefront:products"))] if category else []),
            (category.name if category else _("Products"), ""),
        ),
        "canonical": canonical_here(request, urlencode({"category": key}) if category else ""),
        "noindex": bool(after or shop),
    }
    return render(request, "storefront/products/list.html", context)


@while_unchanged(1)
def categories() -> list[ProductCategory]:
    """Return the whole classification of products, in its order."""
    return list(ProductCategory.objects.filter(is_blocked=False).order_by("position"))


def _near(category: ProductCategory | None) -> list[ProductCategory]:
    """Return the branches, or the leaves of the branch that is looked at."""
    branch = (category.parent_id or category.pk) if category else None
    return [one for one in categories() if one.parent_id == branch]


def _shop(slug: str) -> Establishment | None:
    if not slug or "\x00" in slug or len(slug) > 120:
        return None
    return Establishment.objects.filter(slug=slug).select_related("commune").first()


def _query(values: dict[str, str]) -> str:
    return f"?{urlencode({key: value for key, value in values.items() if value})}"
