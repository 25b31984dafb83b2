"""Structured data of products, in the words of schema.org."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.utils.html import strip_tags

from chalandise.catalogue.queries.product_pages import ProductPage
from chalandise.catalogue.terms import OfferTerms
from chalandise.web.pictures import photo_link

CONTEXT = "https://schema.org"


class Choosable(Protocol):
    """A variant with its terms and what is left of it."""

    @property
    def terms(self) -> OfferTerms:
        """The terms."""

    @property
    def is_possible(self) -> bool:
        """Whether it can be ordered now."""


def product_data(
    shown: ProductPage, choices: Sequence[Choosable], *, url: str, base: str
) -> dict[str, Any]:
    """Describe a product and its offers."""
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Product",
        "@id": url,
        "name": shown.name,
        "url": url,
        "category": shown.shown_category,
        "offers": [_offer(shown, one, url) for one in choices],
    }
    photos = [photo_link(one.name, "1600.jpg", base=base) for one in shown.photos]
    if photos:
        data["image"] = photos
    if shown.description and (text := " ".join(strip_tags(shown.description).split())[:500]):
        data["description"] = text
    if len(shown.gtins) == 1:
        data["gtin"] = shown.gtins[0]
    return data


def _offer(shown: ProductPage, choice: Choosable, url: str) -> dict[str, Any]:
    terms = choice.terms
    stock = "InStock" if choice.is_possible else "OutOfStock"
    return {
        "@type": "Offer",
        "url": url,
        "price": f"{terms.price_cents // 100}.{terms.price_cents % 100:02d}",
        "priceCurrency": "EUR",
        "availability": f"{CONTEXT}/{stock if terms.is_orderable else 'InStoreOnly'}",
        "itemCondition": f"{CONTEXT}/"
        f"{'UsedCondition' if 'second_hand' in shown.labels else 'NewCondition'}",
        **({"name": terms.variant_name} if terms.variant_name else {}),
        "seller": {"@type": "Organization", "name": shown.shop_name},
    }
