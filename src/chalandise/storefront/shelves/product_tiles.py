"""From products to the plain values that their cards show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

from chalandise.catalogue.models import Product
from chalandise.catalogue.queries.cards import ProductCard, cards_of
from chalandise.catalogue.states import NetUnit
from chalandise.catalogue.terms import OfferTerms
from chalandise.web.cards import PictureView, ProductTile
from chalandise.web.formatting import BOUND, money
from chalandise.web.memory import Recent
from chalandise.web.pictures import illustration

NOWHERE: Mapping[int, float] = {}
_TileKey = tuple[int, dt.datetime, str | None, str]
_kept: Recent[_TileKey, ProductTile] = Recent(4096)


@dataclass(frozen=True)
class _Shop:
    name: str
    place: str
    icon: str


def find_tiles(
    product_ids: Sequence[int], *, at: dt.datetime, metres: Mapping[int, float] = NOWHERE
) -> list[ProductTile]:
    """Return the cards of products, in the order given, kept for the minute that ``at`` names.

    Args:
        product_ids: primary keys, in the order to show.
        at: the moment whose prices are said.
        metres: distances known already, by primary key.
    """
    said = (at, get_language(), get_script_prefix())

    def load(missing: list[_TileKey]) -> dict[_TileKey, ProductTile]:
        ids = [pk for pk, *_rest in missing]
        shops = _shops_of(ids)
        return {
            (card.terms.product_id, *said): _tile(card, shops[card.terms.product_id])
            for card in cards_of(ids, at=at)
        }

    keys = [(pk, *said) for pk in product_ids]
    kept = _kept.get_many(keys, load)
    return [_measured(kept[key], metres.get(key[0])) for key in keys if key in kept]


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


def _shops_of(product_ids: Sequence[int]) -> dict[int, _Shop]:
    rows = Product.objects.filter(pk__in=product_ids).values_list(
        "pk", "establishment__name", "establishment__commune__name", "category__icon"
    )
    return {pk: _Shop(name, place, icon) for pk, name, place, icon in rows}


def _tile(card: ProductCard, shop: _Shop) -> ProductTile:
    terms = card.terms
    crossed_out = terms.reference_price_cents
    return ProductTile(
        name=terms.product_name,
        url=reverse("storefront:product", args=[terms.product_slug]),
        shop=shop.name,
        place=shop.place,
        picture=picture_of_terms(terms, shop.icon),
        price=money(terms.price_cents),
        crossed_out=money(crossed_out) if crossed_out else "",
        unit_price=unit_price_of(terms),
        is_from=card.has_several_prices,
        is_made_here=terms.is_made_here,
        is_orderable=terms.is_orderable,
    )


def _measured(tile: ProductTile, metres: float | None) -> ProductTile:
    return tile if metres is None else replace(tile, metres=metres)
