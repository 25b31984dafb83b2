"""`products`: what the shops of the portal sell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import get_script_prefix
from django.utils import timezone
from ninja import Router

from chalandise.api.answers import answer
from chalandise.api.establishments import named
from chalandise.api.parameters import ProductParameters, described, read
from chalandise.api.portal import portal_of
from chalandise.api.rows import address_of_sheet
from chalandise.api.schemas import Problem, ProductList
from chalandise.catalogue.models import Product, ProductCategory
from chalandise.catalogue.queries.cards import ProductCard, cards_of
from chalandise.catalogue.states import Allergen, ProductLabel
from chalandise.directory.models import Establishment
from chalandise.directory.naming import spoken
from chalandise.directory.states import Service
from chalandise.discovery.names import territory_names
from chalandise.discovery.product_criteria import ProductSearch
from chalandise.discovery.products import count_product_facets, find_products
from chalandise.portals.models import Portal
from chalandise.web.request import PortalRequest

router = Router(tags=["products"])

NO_SHOP = 0
_FIELDS = (
    "pk",
    "public_id",
    "labels",
    "published_at",
    "category_id",
    "category__name",
    "category__name_en",
    "establishment__public_id",
    "establishment__slug",
    "establishment__name",
    "establishment__commune_id",
    "establishment__commune__name",
)


@router.get(
    "products",
    url_name="products",
    response={200: ProductList, 422: Problem, 429: Problem},
    openapi_extra=described(ProductParameters),
    summary="Find products",
)
def list_products(request: PortalRequest) -> HttpResponse:
    """A page of what matches, with the cursor of the next one."""
    asked = read(ProductParameters, request)
    portal = portal_of(request, asked.portal)
    search = asked.search(portal, shop=_shop(portal, asked.shop))
    results = find_products(search)
    payload: dict[str, Any] = {
        "count": results.count,
        "items": _items(results.ids, results.distances_m, at=timezone.now()),
        "next": results.next_cursor or None,
        "is_corrected": results.is_corrected,
        "is_relaxed": results.is_relaxed,
        "is_degraded": results.is_degraded,
    }
    if asked.facets:
        payload["facets"] = _facets(search)
    return answer(payload)


def _shop(portal: Portal, slug: str | None) -> int | None:
    """Return the key of a shop; of nobody when the portal shows none of that name."""
    if slug is None:
        return None
    shown = Establishment.objects.on(portal).published().filter(slug=slug)
    return shown.values_list("pk", flat=True).first() or NO_SHOP


def _items(
    ids: Sequence[int], distances_m: dict[int, int], *, at: datetime
) -> list[dict[str, Any]]:
    if not ids:
        return []
    rows = {row[0]: row for row in Product.objects.filter(pk__in=ids).values_list(*_FIELDS)}
    items = []
    for card in cards_of(ids, at=at):
        item = _item(card, rows[card.terms.product_id])
        if card.terms.product_id in distances_m:
            item["distance_m"] = distances_m[card.terms.product_id]
        items.append(item)
    return items


def _item(card: ProductCard, row: tuple[Any, ...]) -> dict[str, Any]:
    terms = card.terms
    allergens = terms.allergens
    (_pk, public_id, labels, published_at, category, *names, shop, slug, name, key, town) = row
    return {
        "id": str(public_id),
        "slug": terms.product_slug,
        "name": terms.product_name,
        "url": f"{get_script_prefix()}produits/{terms.product_slug}/",
        "category": {"key": category, "name": spoken(*names)},
        "shop": {
            "id": str(shop),
            "slug": slug,
            "name": name,
            "url": address_of_sheet(slug),
            "commune": town,
            "commune_key": key,
        },
        "price_cents": terms.price_cents,
        "reference_price_cents": terms.reference_price_cents,
        "unit_price_cents": terms.unit_price_cents,
        "unit_price_unit": terms.unit_price_unit,
        "has_several_prices": card.has_several_prices,
        "is_orderable": terms.is_orderable,
        "is_made_here": terms.is_made_here,
        "labels": labels,
        "allergens": None if allergens is None else list(allergens),
        "picture": f"{settings.MEDIA_URL}photos/{terms.photo_name}-480.webp"
        if terms.photo_name
        else None,
        "published_at": published_at.isoformat() if published_at else None,
    }


def _facets(search: ProductSearch) -> dict[str, Any]:
    facets = count_product_facets(search)
    keys = [one.key for one in facets.categories]
    kinds = ProductCategory.objects.filter(pk__in=keys).only("name", "name_en")
    categories = {one.pk: one.shown_name for one in kinds}
    return {
        "categories": named(facets.categories, categories),
        "communes": named(facets.communes, territory_names(one.key for one in facets.communes)),
        "services": named(facets.services, dict(Service.choices)),
        "labels": named(facets.labels, dict(ProductLabel.choices)),
        "traits": named(facets.traits, {}),
        "free_of": named(facets.free_of, dict(Allergen.choices)),
    }
