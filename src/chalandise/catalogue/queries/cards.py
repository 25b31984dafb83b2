"""What a card in a list shows of a product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalandise.catalogue.queries.offer_rows import OfferRow, rows_of_products
from chalandise.catalogue.queries.terms import terms_of_rows
from chalandise.catalogue.terms import OfferTerms


@dataclass(frozen=True)
class ProductCard:
    """A product in a list, at its lowest price.

    Attributes:
        terms: of the cheapest offer that can be ordered, else of the cheapest.
        offers: the terms of all its variants.
        has_several_prices: whether the variants differ in price.
        shop_name: who sells it.
        place: the commune of the shop.
        category_icon: what stands for it where it has no photograph.
    """

    terms: OfferTerms
    offers: tuple[OfferTerms, ...]
    has_several_prices: bool
    shop_name: str
    place: str
    category_icon: str


def cards_of(product_ids: Iterable[int], *, at: datetime) -> list[ProductCard]:
    """Return the cards of products, in the order given; at most four statements.

    One for all that is said of them, one more where a basket is among them, two where a promotion runs.
    """
    wanted = list(product_ids)
    rows = {row.offer.pk: row for row in rows_of_products(wanted, at=at)}
    by_product: dict[int, list[OfferTerms]] = {}
    for terms in terms_of_rows(rows.values(), at=at).values():
        by_product.setdefault(terms.product_id, []).append(terms)
    return [_card(by_product[one], rows) for one in wanted if one in by_product]


def _card(offers: list[OfferTerms], rows: Mapping[int, OfferRow]) -> ProductCard:
    shown = min(offers, key=lambda terms: (not terms.is_orderable, terms.price_cents))
    product = rows[shown.offer_id].offer.variant.product
    return ProductCard(
        terms=shown,
        offers=tuple(offers),
        has_several_prices=len({terms.price_cents for terms in offers}) > 1,
        shop_name=product.establishment.name,
        place=product.establishment.commune.name,
        category_icon=product.category.icon,
    )
