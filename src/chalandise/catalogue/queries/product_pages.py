"""What the page of a product shows, in one statement that each connection keeps ready.

Prices and stock are not here: they are asked of the offers (`terms`), which every list asks too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from chalandise.catalogue.durability import as_pairs, take_back_of
from chalandise.catalogue.models import Offer, Product, ProductPhoto, Variant
from chalandise.catalogue.states import ProductState
from chalandise.directory.naming import spoken
from chalandise.directory.queries.statements import ANY_TEXT, Statement
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys

BESIDE = 8
"""So many other products of the same shelf stand on a page."""

_SHOWN = (
    *("pk", "slug", "name", "description", "is_made_here", "labels", "origin", "alcohol_degree"),
    *("season_months", "food_sheet", "safety", "durability"),
    *("category_id", "category__name", "category__name_en", "category__icon"),
    *("establishment_id", "establishment__slug", "establishment__name"),
    *("offers", "gtins", "others", "pictures"),
)
_PLACE = ("region_id", "departement_id", "epci_id", "commune_id", "key")


@dataclass(frozen=True)
class PagePhoto:
    """A photograph of a product, as it is shown."""

    name: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class ProductPage:
    """A product that customers may see.

    Attributes:
        durability: what customers are told of how long it lasts, by key of the sheet.
        takes_back: which old things are taken back one for one, blank where none are.
        offer_ids: what can be chosen, in the order of the variants.
        gtins: the bar codes that are known, in the same order.
        beside: other products of the same shelf, newest first.
    """

    pk: int
    slug: str
    name: str
    description: str
    is_made_here: bool
    labels: tuple[str, ...]
    origin: str
    alcohol_degree: Decimal | None
    season_months: tuple[int, ...]
    food_sheet: dict[str, str]
    safety: dict[str, str]
    durability: tuple[tuple[str, str], ...]
    takes_back: str
    category_key: str
    category_name: str
    category_name_en: str
    category_icon: str
    shop_id: int
    shop_slug: str
    shop_name: str
    offer_ids: tuple[int, ...]
    gtins: tuple[str, ...]
    beside: tuple[int, ...]
    photos: tuple[PagePhoto, ...]

    @property
    def shown_category(self) -> str:
        """What the reader calls the kind of product; pages of both languages share this answer."""
        return spoken(self.category_name, self.category_name_en)


def get_product_on(portal: Portal, slug: str) -> ProductPage:
    """Return a product that the portal's visitors may see; one statement.

    Raises:
        NotFoundError: absent, off the shelf, or sold elsewhere.
    """
    rows = [] if "\x00" in slug else _statement().rows(slug)
    if not rows or not set(scope_keys(portal)).intersection(rows[0][-len(_PLACE) :]):
        raise NotFoundError
    return _page(rows[0])


@cache
def _statement() -> Statement:
    return Statement.by_text(
        Product.objects.published()
        .filter(slug=ANY_TEXT)
        .annotate(
            offers=ArraySubquery(_offers()),
            gtins=ArraySubquery(_gtins()),
            others=ArraySubquery(_shelf()),
            pictures=ArraySubquery(_photos()),
        )
        .values_list(
            *_SHOWN,
            *(f"establishment__commune__{name}" for name in _PLACE),
        )
    )


def _offers() -> QuerySet[Offer, Any]:
    found = Offer.objects.filter(variant__product=OuterRef("pk"))
    return found.order_by("variant__position", "variant__pk").values_list("pk")


def _gtins() -> QuerySet[Variant, Any]:
    found = Variant.objects.filter(product=OuterRef("pk")).exclude(gtin="")
    return found.order_by("position", "pk").values_list("gtin")


def _shelf() -> QuerySet[Product, Any]:
    found = Product.objects.filter(
        establishment=OuterRef("establishment"), state=ProductState.PUBLISHED
    ).exclude(pk=OuterRef("pk"))
    return found.order_by("-published_at", "pk").values_list("pk")[:BESIDE]


def _photos() -> QuerySet[ProductPhoto, Any]:
    one = JSONObject(**{name: F(name) for name in ("name", "alt", "width", "height")})
    photos = ProductPhoto.objects.filter(product=OuterRef("pk"))
    return photos.order_by("position", "pk").values_list(one, flat=True)


def _page(row: tuple[Any, ...]) -> ProductPage:
    (pk, slug, name, description, is_made_here, labels, origin, degree, season, food_sheet, safety,
     durability, category_id, category, category_en, icon, shop_id, shop_slug, shop_name, offers, gtins, beside,
     photos, *_place) = row  # fmt: skip
    return ProductPage(
        pk=pk,
        slug=slug,
        name=name,
        description=description,
        is_made_here=is_made_here,
        labels=tuple(labels),
        origin=origin,
        alcohol_degree=degree,
        season_months=tuple(season),
        food_sheet=json.loads(food_sheet),
        safety=json.loads(safety),
        durability=as_pairs(json.loads(durability), category_key=category_id),
        takes_back=take_back_of(category_id, labels),
        category_key=category_id,
        category_name=category,
        category_name_en=category_en,
        category_icon=icon,
        shop_id=shop_id,
        shop_slug=shop_slug,
        shop_name=shop_name,
        offer_ids=tuple(offers),
        gtins=tuple(gtins),
        beside=tuple(beside),
        photos=tuple(PagePhoto(**json.loads(one)) for one in photos),
    )
