"""The products that answer a search for shops: a few cards, how many more, and where they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from chalandise.discovery.names import names_a_trade
from chalandise.discovery.product_criteria import ProductSearch
from chalandise.discovery.products import find_products
from chalandise.discovery.results import Results
from chalandise.storefront.finding.asking import Asked
from chalandise.storefront.finding.listing import change
from chalandise.storefront.shelves.product_tiles import find_tiles
from chalandise.web.cards import ProductTile

SHOWN = 6
_SHARED = ("q", "place", "near", "around", "territory", "service", "open")
"""What lists of shops and of products ask alike."""


@dataclass(frozen=True)
class ProductsBeside:
    """A row of products above shops.

    Attributes:
        tiles: the first few, best first.
        count: how many there are in all.
        url: the list of them all, which asks the very same.
        is_corrected: a close spelling was taken.
        comes_after: the words name a trade: shops were asked for, and stand first.
    """

    tiles: list[ProductTile]
    count: int
    url: str
    is_corrected: bool
    comes_after: bool


def find_products_beside(
    asked: Asked, query: QueryDict, shops: Results, *, at: dt.datetime
) -> ProductsBeside | None:
    """Return the products that answer the same question; None where they would be beside the point.

    That is without words, on the pages after the first, with a label, which says something else of a
    shop, without an index, and where the words fit shops better than any product. No query without
    products, a fixed number with some.
    """
    search = asked.search
    if not search.words or search.cursor or search.labels or shops.is_degraded:
        return None
    found = find_products(
        ProductSearch(
            scope=search.scope,
            words=search.words,
            trade=search.category,
            territory=search.territory,
            services=search.services,
            open_at=search.open_at,
            near=search.near,
            radius_km=search.radius_km,
            bbox=search.bbox,
            limit=SHOWN,
        )
    )
    if found.is_degraded or not found.ids or _strays(found) > _strays(shops):
        return None
    tiles = find_tiles(found.ids, at=at, metres=found.distances_m)
    return ProductsBeside(
        tiles,
        found.count,
        _address(asked, query),
        found.is_corrected,
        comes_after=bool(shops.count) and names_a_trade(search.words),
    )


def _strays(found: Results) -> int:
    """Return how far answers are from the words as typed; nothing at all is farthest."""
    if not found.count:
        return 3
    return 2 if found.is_relaxed else int(found.is_corrected)


def _address(asked: Asked, query: QueryDict) -> str:
    shared = QueryDict(mutable=True)
    for name in _SHARED:
        if name in query:
            shared.setlist(name, query.getlist(name))
    trade = asked.category.pk if asked.category else ""
    return f"{reverse('storefront:products')}{change(shared, trade=trade)}"
