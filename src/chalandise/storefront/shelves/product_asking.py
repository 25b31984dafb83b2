"""From the query of an address to a question about products; what cannot be understood is left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils import timezone

from chalandise.catalogue.models import ProductCategory
from chalandise.catalogue.prices import HIGHEST_PRICE_CENTS
from chalandise.catalogue.states import Allergen, ProductLabel
from chalandise.directory.models import Category, Establishment
from chalandise.discovery.criteria import LONGEST_WORDS
from chalandise.discovery.product_criteria import ProductSearch, ProductSort
from chalandise.editorial.models import Selection
from chalandise.editorial.queries import get_shown_selection, shown_ids
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal
from chalandise.storefront.finding.asking import (
    LONGEST_CURSOR,
    Asked,
    find_trade,
    known,
    read_question,
)
from chalandise.web.memory import while_unchanged

PARAMETERS = {
    "q": LONGEST_WORDS,
    "place": LONGEST_WORDS,
    "near": 40,
    "around": 1,
    "territory": 40,
    "category": 60,
    "trade": 60,
    "shop": 120,
    "service": 20,
    "label": 20,
    "free_of": 20,
    "made_here": 1,
    "in_stock": 1,
    "in_season": 1,
    "selection": 80,
    "today": 1,
    "open": 20,
    "day": 10,
    "time": 8,
    "price_min": 10,
    "price_max": 10,
    "sort": 10,
    "cursor": LONGEST_CURSOR,
}
"""What the address of a list of products may say, and how many letters of it are read."""

_OF_PLACES = ("q", "place", "near", "around", "territory", "service", "open", "cursor")
_SORTS = {one.value: one for one in ProductSort}


@dataclass(frozen=True)
class AskedProducts:
    """What a visitor asks of the shelves, checked and named.

    Attributes:
        search: the question as the index takes it.
        of_place: what is asked of places and shops.
        category: the category that narrows it.
        trade: the category of the shops that sell.
        shop: the one shop whose shelf is looked at.
        selection: the selection whose shops' shelves are looked at.
    """

    search: ProductSearch
    of_place: Asked
    category: ProductCategory | None = None
    trade: Category | None = None
    shop: Establishment | None = None
    selection: Selection | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all was asked."""
        search = self.search
        return bool(
            self.of_place.is_narrowed
            or self.category
            or self.trade
            or self.shop
            or self.selection
            or search.labels
            or search.free_of
            or search.traits
            or search.collect_at
            or search.least_cents is not None
            or search.most_cents is not None
        )


def read_products_question(query: QueryDict, portal: Portal, *, at: dt.datetime) -> AskedProducts:
    """Return what ``query`` asks on ``portal``; nine queries at most, whatever it holds."""
    about_places = QueryDict(mutable=True)
    for name in _OF_PLACES:
        if name in query:
            about_places.setlist(name, query.getlist(name))
    asked = read_question(about_places, portal, at=at)
    category = _category(query.get("category", ""))
    trade = find_trade(query.get("trade", ""))
    shop = _shop(portal, query.get("shop", ""))
    selection = _selection(portal, query.get("selection", ""), on=timezone.localdate(at))
    least, most = _cents(query.get("price_min", "")), _cents(query.get("price_max", ""))
    if least is not None and most is not None and least > most:
        least, most = most, least
    order = _SORTS.get(query.get("sort", ""), ProductSort.BEST)
    place = asked.search
    if order is ProductSort.NEAREST and place.near is None:
        order = ProductSort.BEST
    search = ProductSearch(
        scope=place.scope,
        words=place.words,
        category=category.pk if category else "",
        territory=place.territory,
        services=place.services,
        labels=known(query.getlist("label"), ProductLabel.values),
        free_of=known(query.getlist("free_of"), Allergen.values),
        made_here=query.get("made_here") == "1",
        in_stock=query.get("in_stock") == "1",
        in_season=query.get("in_season") == "1",
        collect_at=at if query.get("today") == "1" else None,
        trade=trade.pk if trade else "",
        shop=shop.pk if shop else None,
        shops=tuple(shown_ids(selection)) if selection else None,
        least_cents=least,
        most_cents=most,
        open_at=place.open_at,
        near=place.near,
        radius_km=place.radius_km,
        order=order,
        cursor=place.cursor,
    )
    return AskedProducts(
        search=search,
        of_place=asked,
        category=category,
        trade=trade,
        shop=shop,
        selection=selection,
    )


@while_unchanged(1)
def categories() -> list[ProductCategory]:
    """Return the whole classification of products, in its order."""
    return list(ProductCategory.objects.filter(is_blocked=False).order_by("position"))


def _category(key: str) -> ProductCategory | None:
    return next((one for one in categories() if one.pk == key), None) if key else None


@while_unchanged(512)
def _shop(portal: Portal, slug: str) -> Establishment | None:
    if not slug or "\x00" in slug:
        return None
    shown = Establishment.objects.on(portal).published().filter(slug=slug)
    return shown.select_related("commune").first()


def _selection(portal: Portal, slug: str, *, on: dt.date) -> Selection | None:
    if not slug or "\x00" in slug:
        return None
    try:
        return get_shown_selection(portal, slug, on=on)
    except NotFoundError:
        return None


def _cents(text: str) -> int | None:
    """Read « 12 », « 12,5 » or « 12.50 € »."""
    try:
        euros = Decimal(text.replace("€", "").replace(",", ".").strip())
    except InvalidOperation:
        return None
    if not euros.is_finite() or not 0 <= euros <= HIGHEST_PRICE_CENTS // 100:
        return None
    return int(euros * 100)
