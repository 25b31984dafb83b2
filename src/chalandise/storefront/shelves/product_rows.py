"""Rows of product cards on other pages: the shelf of a shop, what is made nearby."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from chalandise.catalogue.models import Product
from chalandise.directory.models import Establishment
from chalandise.discovery.criteria import Point
from chalandise.discovery.product_criteria import ProductSearch, ProductSort
from chalandise.discovery.products import find_products
from chalandise.portals.models import Portal
from chalandise.storefront.shelves.product_tiles import find_tiles
from chalandise.web.cards import ProductTile

ROW = 8
LOOKED_AT = 60
OF_ONE_SHOP = 2
"""So many products of one shop in a row, while others have some too."""


def shelf_of(portal: Portal, shop: Establishment, *, at: dt.datetime) -> list[ProductTile]:
    """Return the first products of a shop, what can be had first; no query where it has none."""
    results = find_products(ProductSearch.on(portal, shop=shop.pk, limit=ROW))
    return find_tiles(results.ids, at=at) if results.ids else []


def made_nearby(portal: Portal, near: Point | None, *, at: dt.datetime) -> list[ProductTile]:
    """Return products made by their sellers, nearest first, from several shops."""
    order = ProductSort.NEAREST if near else ProductSort.BEST
    search = ProductSearch.on(
        portal, made_here=True, in_stock=True, near=near, order=order, limit=LOOKED_AT
    )
    return _from_several_shops(search, at=at)


def picked_shelves(portal: Portal, shops: tuple[int, ...], *, at: dt.datetime) -> list[ProductTile]:
    """Return products of the shops that a selection puts forward; no query where there are none."""
    if not shops:
        return []
    search = ProductSearch.on(portal, shops=shops, in_stock=True, limit=LOOKED_AT)
    return _from_several_shops(search, at=at)


def _from_several_shops(search: ProductSearch, *, at: dt.datetime) -> list[ProductTile]:
    results = find_products(search)
    if results.is_degraded or not results.ids:
        return []
    shops = dict(Product.objects.filter(pk__in=results.ids).values_list("pk", "establishment_id"))
    chosen = _mixed([(pk, shops[pk]) for pk in results.ids if pk in shops])[:ROW]
    return find_tiles(chosen, at=at, metres=results.distances_m)


def _mixed(pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Put what goes beyond `OF_ONE_SHOP` after everything else."""
    shown: Counter[int] = Counter()
    first: list[int] = []
    after: list[int] = []
    for pk, shop in pairs:
        shown[shop] += 1
        (first if shown[shop] <= OF_ONE_SHOP else after).append(pk)
    return first + after
