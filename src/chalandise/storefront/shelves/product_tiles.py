"""From products to the plain values that their cards show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from django.conf import settings
from django.urls import get_script_prefix
from django.utils.translation import get_language

from chalandise.catalogue.queries.cards import ProductCard, cards_of
from chalandise.catalogue.states import NetUnit
from chalandise.catalogue.terms import OfferTerms
from chalandise.storefront.addresses import path_of
from chalandise.web.cards import PictureView, ProductTile
from chalandise.web.formatting import BOUND, money
from chalandise.web.memory import Recent
from chalandise.web.pictures import illustration

NOWHERE: Mapping[int, float] = {}
_TileKey = tuple[int, dt.datetime, str | None, str]
_kept: Recent[_TileKey, ProductTile] = Recent(2048)


def find_tiles(
    product_ids: Sequence[int], *, at: dt.datetime, metres: Mapping[int, float] = NOWHERE
) -> list[ProductTile]:
    """Return the cards of products, in the order given, kept for the minute that ``at`` names.

    Args:
        product_ids: primary keys, in the order to show.
        at: the moment whose prices are said.
        metres: distances known already, by primary key.
    """
    kept = _find(product_ids, at, lambda ids: cards_of(ids, at=at))
    return [_measured(kept[pk], metres.get(pk)) for pk in product_ids if pk in kept]


def find_offers_and_tiles(
    product_id: int, beside: Sequence[int], *, at: dt.datetime
) -> tuple[tuple[OfferTerms, ...], list[ProductTile]]:
    """Return the terms of the offers of a product, read anew, and the cards of others, in their order.

    One statement for all together (see `cards_of`).
    """
    own: list[ProductCard] = []

    def read(ids: list[int]) -> list[ProductCard]:
        cards = cards_of([product_id, *ids], at=at)
        own.extend(one for one in cards if one.terms.product_id == product_id)
        return [one for one in cards if one.terms.product_id != product_id]

    tiles = _find(beside, at, read)
    own = own or cards_of([product_id], at=at)
    return own[0].offers if own else (), [tiles[pk] for pk in beside if pk in tiles]


def _find(
    product_ids: Iterable[int], at: dt.datetime, read: Callable[[list[int]], list[ProductCard]]
) -> dict[int, ProductTile]:
    """Return the cards by product; ``read`` brings those that are not kept."""
    said = (at, get_language(), get_script_prefix())

    def load(missing: list[_TileKey]) -> dict[_TileKey, ProductTile]:
        cards = read([pk for pk, *_rest in missing])
        return {(card.terms.product_id, *said): tile_of(card) for card in cards}

    kept = _kept.get_many([(pk, *said) for pk in product_ids], load)
    return {pk: tile for (pk, *_said), tile in kept.items()}


def picture_of_terms(terms: OfferTerms, icon: str) -> PictureView:
    """Return the first photograph of a product, or the illustration of its category."""
    if not terms.photo_name:
        return illustration(icon)
    base = f"{settings.MEDIA_URL}photos/{terms.photo_name}"
    return PictureView(
        src=f"{base}-480.webp",
        alt=terms.photo_alt or terms.product_name,
        width=480,
        height=480,
        is_illustration=False,
    )


def unit_price_of(terms: OfferTerms) -> str:
    """Write the price of a kilogram or a litre: « 12,80 €/kg »; blank where there is none."""
    if terms.unit_price_cents is None:
        return ""
    unit = str(NetUnit(terms.unit_price_unit).label)
    return f"{money(terms.unit_price_cents)}{BOUND}/{BOUND}{unit}"


def tile_of(card: ProductCard) -> ProductTile:
    """Return what the card of a product shows."""
    terms = card.terms
    crossed_out = terms.reference_price_cents
    return ProductTile(
        name=terms.product_name,
        url=f"{path_of('storefront:products')}{terms.product_slug}/",
        shop=card.shop_name,
        place=card.place,
        picture=picture_of_terms(terms, card.category_icon),
        price=money(terms.price_cents),
        crossed_out=money(crossed_out) if crossed_out else "",
        unit_price=unit_price_of(terms),
        is_from=card.has_several_prices,
        is_made_here=terms.is_made_here,
        is_orderable=terms.is_orderable,
    )


def _measured(tile: ProductTile, metres: float | None) -> ProductTile:
    return tile if metres is None else replace(tile, metres=metres)
