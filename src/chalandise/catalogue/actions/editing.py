"""Products changed, one at a time or a whole table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from chalandise.catalogue.actions.announcing import announce
from chalandise.catalogue.actions.baskets import ask_anew, rebalance
from chalandise.catalogue.actions.locking import lock_product
from chalandise.catalogue.actions.prices import change_price, price_book
from chalandise.catalogue.actions.shelf import set_availability
from chalandise.catalogue.books import is_new_book
from chalandise.catalogue.errors import (
    BadFieldError,
    BadPriceError,
    BookPriceError,
    BulkEditError,
    NotPublishableError,
)
from chalandise.catalogue.fields import clean_offer_field, clean_product_field
from chalandise.catalogue.filing import file_under
from chalandise.catalogue.models import Offer, Product, ProductCategory
from chalandise.catalogue.queries.baskets import mark_of
from chalandise.catalogue.queries.makers import Makers
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.catalogue.states import ProductKind, ProductState
from chalandise.directory.models import Establishment
from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.kernel.sorting import french_sort_key

MOST_EDITED_AT_ONCE = 200
_OF_VARIANT = frozenset({"net_quantity", "net_unit", "weight_grams", "gtin", "sku", "variant_name"})


_OF_OFFER = [
    "vat_code",
    "made_to_order_minutes",
    "is_weight_priced",
    "estimate_grams",
    "tolerance_percent",
]


@dataclass(frozen=True)
class RowEdit:
    """One row of the table a merchant typed in; None leaves a thing as it is."""

    name: str | None = None
    price_cents: int | None = None
    publisher_price_cents: int | None = None
    category: str | None = None
    is_available: bool | None = None


@transaction.atomic
def edit_product(
    product: Product, changes: Mapping[str, object], *, by: Actor, at: datetime
) -> None:
    """Write what is said of a product, only what ``changes`` names.

    What is on the shelf stays there only with all that the law asks for. Another category brings
    its proposals with it (`file_under`), below what ``changes`` says itself.

    Raises:
        BadFieldError: a field cannot take its value; nothing is changed.
        NotPublishableError: a product on the shelf would lack something; nothing is changed.
    """
    words = _agreed_words(product)
    if "category" in changes:
        file_under(product, _category(changes["category"]))
    for field in changes.keys() - {"category"}:
        setattr(product, field, clean_product_field(field, changes[field]))
    if "safety" in changes:
        product.safety = Makers(product.establishment.organisation_id).completed(product.safety)
    product.sort_key = french_sort_key(product.name)[:200]
    product.save()
    is_filed_anew = bool(changes.keys() & {"category", "labels"})
    if is_filed_anew and not is_new_book(product.category_id, product.labels):
        # Nobody fixes its price any more.
        Offer.objects.filter(variant__product=product).exclude(publisher_price_cents=None).update(
            publisher_price_cents=None, is_old_stock=False
        )
    if is_filed_anew and product.kind == ProductKind.SIMPLE:
        for offer in Offer.objects.filter(variant__product=product).order_by("pk"):
            rebalance(offer, by=by, at=at)  # what becomes a book keeps its price in a basket too
    _keep_publishable(product)
    _ask_if_reworded(product, words, by=by, at=at)
    record(product, "changed", by=by, at=at, detail={"fields": sorted(changes)})
    announce(product, at=at)


@transaction.atomic
def edit_offer(offer: Offer, changes: Mapping[str, object], *, by: Actor, at: datetime) -> None:
    """Write the terms of an offer, prices apart, and the facts of its variant.

    Raises:
        BadFieldError: a field cannot take its value; nothing is changed.
        NotPublishableError: a product on the shelf would lack something; nothing is changed.
    """
    variant, product = offer.variant, offer.variant.product
    if changes.keys() & {"is_weight_priced"} and product.state != ProductState.DRAFT:
        # The history of prices would mix prices of a piece and of a kilogram.
        raise BadFieldError("is_weight_priced", "too_late")
    if changes.get("is_weight_priced") and product.kind == ProductKind.BASKET:
        raise BadFieldError("is_weight_priced", "basket")  # its makers are paid out of a price
    words = _agreed_words(product)
    for field, value in changes.items():
        clean = clean_offer_field(field, value)
        target: Any = variant if field in _OF_VARIANT else offer
        setattr(target, "name" if field == "variant_name" else field, clean)
    if not (variant.net_quantity and variant.net_unit):
        variant.net_quantity, variant.net_unit = None, ""
    if offer.is_weight_priced and not offer.estimate_grams:
        raise BadFieldError("estimate_grams", "missing")
    variant.save()
    offer.save(update_fields=_OF_OFFER)  # prices move by actions of their own, under a lock
    _keep_publishable(product)
    _ask_if_reworded(product, words, by=by, at=at)
    record(product, "offer_changed", by=by, at=at, detail={"fields": sorted(changes)})
    announce(product, at=at)


@transaction.atomic
def edit_many(
    establishment: Establishment, rows: Mapping[int, RowEdit], *, by: Actor, at: datetime
) -> int:
    """Write a table of changes, by offer, all or none; return how many rows changed.

    Raises:
        BulkEditError: some cells cannot be; carries each, and nothing is changed.
    """
    if len(rows) > MOST_EDITED_AT_ONCE:
        raise BulkEditError({0: ("rows", "too_many")})
    offers = {
        one.pk: one
        for one in Offer.objects.filter(
            pk__in=list(rows), variant__product__establishment=establishment
        )
        .select_related("variant__product__category", "variant__product__establishment")
        .order_by("pk")
    }
    problems: dict[int, tuple[str, str]] = {}
    changed = 0
    for offer_id, row in sorted(rows.items()):
        offer = offers.get(offer_id)
        if offer is None:
            problems[offer_id] = ("offer", "unknown_value")
            continue
        try:
            changed += _edit_row(offer, row, by=by, at=at)
        except BadFieldError as refused:
            problems[offer_id] = (refused.field, refused.reason)
        except BadPriceError:
            problems[offer_id] = ("price_cents", "not_a_price")
        except BookPriceError as refused:
            problems[offer_id] = ("price_cents", refused.reason)
        except NotPublishableError as refused:
            problems[offer_id] = ("category", refused.missing[0])
    if problems:
        raise BulkEditError(problems)
    return changed


def _edit_row(offer: Offer, row: RowEdit, *, by: Actor, at: datetime) -> int:
    product = offer.variant.product
    facts: dict[str, object] = {}
    if row.name is not None and row.name.strip() != product.name:
        facts["name"] = row.name
    if row.category is not None and row.category != product.category_id:
        facts["category"] = row.category
    if facts:
        edit_product(product, facts, by=by, at=at)
    is_priced = _price_row(offer, row, by=by, at=at)
    is_moved = row.is_available is not None and row.is_available != offer.is_available
    if is_moved and row.is_available is not None:
        set_availability(offer, is_available=row.is_available, by=by, at=at)
    return int(bool(facts) or is_priced or is_moved)


def _price_row(offer: Offer, row: RowEdit, *, by: Actor, at: datetime) -> bool:
    """Ask what the row says; tell whether that is another price than before."""
    price, publisher = row.price_cents, row.publisher_price_cents
    if publisher is not None and publisher != offer.publisher_price_cents:
        price_book(
            offer,
            price_cents=price,
            publisher_price_cents=publisher,
            is_old_stock=offer.is_old_stock,
            by=by,
            at=at,
        )
        return True
    if price is None or price == offer.price_cents:
        return False
    change_price(offer, price_cents=price, by=by, at=at)
    return True


def _category(key: object) -> ProductCategory:
    found = ProductCategory.objects.filter(pk=str(key), parent__isnull=False).first()
    if found is None:
        raise BadFieldError("category", "unknown_value")
    return found


def _agreed_words(product: Product) -> str:
    """Return the mark of the words that a basket's neighbours agreed to; nobody answers meanwhile."""
    if product.kind != ProductKind.BASKET:
        return ""
    return mark_of(lock_product(product.pk))


def _ask_if_reworded(product: Product, words: str, *, by: Actor, at: datetime) -> None:
    if words and mark_of(product) != words:
        ask_anew(product, by=by, at=at)


def _keep_publishable(product: Product) -> None:
    if product.state != ProductState.PUBLISHED:
        return
    own = [code for code in missing_to_publish(product) if not code.startswith("seller:")]
    if own:
        raise NotPublishableError(own)
