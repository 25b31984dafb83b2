"""What a card in a list shows of a product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalandise.catalogue.models import Offer
from chalandise.catalogue.queries.terms import terms_of
from chalandise.catalogue.terms import OfferTerms


@dataclass(frozen=True)
class ProductCard:
    """A product in a list, at its lowest price.

    Attributes:
        terms: of the cheapest offer that can be ordered, else of the cheapest.
        offer_count: how many variants there are; above one, the card says « from ».
        has_several_prices: whether the variants differ in price.
    """

    terms: OfferTerms
    offer_count: int
    has_several_prices: bool


def cards_of(product_ids: Iterable[int], *, at: datetime) -> list[ProductCard]:
    """Return the cards of products, in the order given; at most five statements."""
    wanted = list(product_ids)
    pairs = list(
        Offer.objects.filter(variant__product__in=wanted)
        .order_by("variant__position", "pk")
        .values_list("variant__product_id", "pk")
    )
    terms = terms_of([offer_id for _product_id, offer_id in pairs], at=at)
    by_product: dict[int, list[OfferTerms]] = {}
    for product_id, offer_id in pairs:
        by_product.setdefault(product_id, []).append(terms[offer_id])
    return [_card(by_product[one]) for one in wanted if one in by_product]


def _card(offers: list[OfferTerms]) -> ProductCard:
    shown = min(offers, key=lambda terms: (not terms.is_orderable, terms.price_cents))
    return ProductCard(
        terms=shown,
        offer_count=len(offers),
        has_several_prices=len({terms.price_cents for terms in offers}) > 1,
    )
