"""A product finished in one go: what the law asks of it said, and shown to customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from chalandise.catalogue.actions.editing import edit_offer, edit_product
from chalandise.catalogue.actions.photos import add_photo
from chalandise.catalogue.actions.prices import price_book
from chalandise.catalogue.actions.shelf import publish_product
from chalandise.catalogue.models import Offer, Product
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.catalogue.states import ProductState
from chalandise.journal.states import Actor


@dataclass(frozen=True)
class Answers:
    """What a merchant answered to what the law asks of a kind; nothing that was not said.

    Attributes:
        product: what `edit_product` takes.
        offer: what `edit_offer` takes, of the only form.
        publisher_price_cents: of a new book.
        photo: the file as it was sent.
    """

    product: Mapping[str, object] = field(default_factory=dict)
    offer: Mapping[str, object] = field(default_factory=dict)
    publisher_price_cents: int | None = None
    photo: bytes | None = None


@transaction.atomic
def finish_product(
    product: Product, answers: Answers, *, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Write the answers and show the product to customers if nothing lacks any more.

    Returns:
        What still lacks, as `missing_to_publish` says it; nothing: customers see it.

    Raises:
        BadFieldError, BookPriceError, BadPriceError, PictureRefusedError: nothing is changed.
    """
    if answers.photo is not None:
        add_photo(product, answers.photo, alt="", by=by, at=at)
    if answers.product:
        edit_product(product, answers.product, by=by, at=at)
    offer = _only_offer(product)
    if offer is not None and answers.offer:
        edit_offer(offer, answers.offer, by=by, at=at)
    if offer is not None and answers.publisher_price_cents is not None:
        price_book(
            offer,
            publisher_price_cents=answers.publisher_price_cents,
            is_old_stock=offer.is_old_stock,
            by=by,
            at=at,
        )
    product.refresh_from_db()  # what was fetched with it, photographs too, is from before
    missing = missing_to_publish(product)
    if not missing and product.state != ProductState.PUBLISHED:
        publish_product(product, by=by, at=at)
    return missing


def _only_offer(product: Product) -> Offer | None:
    """Return the offer of a product that has one form; several are told on pages of their own."""
    found = Offer.objects.filter(variant__product=product).select_related("variant__product")
    offers = list(found.order_by("pk")[:2])
    return offers[0] if len(offers) == 1 else None
