"""Prices changed, promotions announced and called off."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from chalandise.catalogue.actions.announcing import announce
from chalandise.catalogue.actions.baskets import rebalance
from chalandise.catalogue.actions.locking import lock_offers
from chalandise.catalogue.books import require_book_price
from chalandise.catalogue.errors import BadPriceError, BasketError, PromotionClashError
from chalandise.catalogue.events import PriceChanged
from chalandise.catalogue.models import Offer, PriceChange, Promotion
from chalandise.catalogue.prices import require_price
from chalandise.catalogue.states import ProductKind
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor

_BOOK = ["publisher_price_cents", "is_old_stock"]


@transaction.atomic
def change_price(offer: Offer, *, price_cents: int, by: Actor, at: datetime) -> None:
    """Ask another price from now on; the old one stays in the history.

    Raises:
        BadPriceError: not a price; nothing is changed.
        BookPriceError: a new book, whose publisher fixes its price; nothing is changed.
        BasketError: too low for a gift basket, whose parts others sell; nothing is changed.
    """
    require_price(price_cents)
    (offer,) = lock_offers([offer.pk])
    if offer.price_cents == price_cents:
        return
    require_book_price(price_cents, offer.publisher_price_cents, is_old_stock=offer.is_old_stock)
    _ask(offer, price_cents, by=by, at=at)


@transaction.atomic
def price_book(
    offer: Offer,
    *,
    publisher_price_cents: int | None,
    is_old_stock: bool,
    by: Actor,
    at: datetime,
    price_cents: int | None = None,
) -> None:
    """Say what the publisher of a new book asks, and what it costs here from now on.

    Args:
        offer: of the book.
        publisher_price_cents: what its publisher asks; None while nobody knows.
        is_old_stock: declared published for over two years and not supplied for six months.
        by: who says so.
        at: when.
        price_cents: what it costs here; None leaves it as it is.

    Raises:
        BadPriceError: one of the two is no price; nothing is changed.
        BookPriceError: the price, or a promotion that is not over, is not within what the law
            leaves; nothing is changed.
    """
    for cents in (price_cents, publisher_price_cents):
        if cents is not None:
            require_price(cents)
    (offer,) = lock_offers([offer.pk])
    price_cents = price_cents or offer.price_cents
    promised = offer.promotions.filter(ends_at__gt=at).values_list("price_cents", flat=True)
    for asked in (price_cents, *promised):
        require_book_price(asked, publisher_price_cents, is_old_stock=is_old_stock)
    was = (offer.publisher_price_cents, offer.is_old_stock)
    now = (publisher_price_cents, is_old_stock and publisher_price_cents is not None)
    if was != now:
        offer.publisher_price_cents, offer.is_old_stock = now
        detail = {"offer": offer.pk, "publisher": now[0], "is_old_stock": now[1]}
        record(offer.variant.product, "book_priced", by=by, at=at, detail=detail)
    if offer.price_cents != price_cents:
        _ask(offer, price_cents, by=by, at=at)
    elif was != now:
        offer.save(update_fields=_BOOK)
        announce(offer.variant.product, at=at)


def _ask(offer: Offer, price_cents: int, *, by: Actor, at: datetime) -> None:
    """Ask another price of an offer that is held; what is known of a book goes with it."""
    was, offer.price_cents = offer.price_cents, price_cents
    offer.save(update_fields=["price_cents", *_BOOK])
    PriceChange.objects.create(
        offer=offer, price_cents=price_cents, changed_at=at, changed_by=by.label[:200]
    )
    detail = {"offer": offer.pk, "from": was, "to": price_cents}
    record(offer.variant.product, "price_changed", by=by, at=at, detail=detail)
    emit(PriceChanged(offer.pk), at=at)
    announce(offer.variant.product, at=at)
    rebalance(offer, by=by, at=at)


@transaction.atomic
def start_promotion(
    offer: Offer,
    *,
    price_cents: int,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    at: datetime,
) -> Promotion:
    """Announce a lower price between two moments, from now at the earliest.

    Raises:
        BadPriceError: not a price, or not lower than the ordinary one.
        BookPriceError: over five per cent off a new book.
        PromotionClashError: another promotion holds some of that time, or the time is over.
        BasketError: a gift basket, whose shares others are promised.
    """
    require_price(price_cents)
    if offer.variant.product.kind == ProductKind.BASKET:
        raise BasketError("promotion")
    (offer,) = lock_offers([offer.pk])  # its price, or its publisher's, may just be moving
    if price_cents >= offer.price_cents:
        raise BadPriceError(price_cents)
    require_book_price(price_cents, offer.publisher_price_cents, is_old_stock=offer.is_old_stock)
    starts_at = max(starts_at, at)
    if ends_at <= starts_at:
        raise PromotionClashError
    try:
        with transaction.atomic():
            made = Promotion.objects.create(
                offer=offer,
                price_cents=price_cents,
                starts_at=starts_at,
                ends_at=ends_at,
                created_at=at,
                created_by=by.label[:200],
            )
    except IntegrityError:
        raise PromotionClashError from None
    detail = {"offer": offer.pk, "price": price_cents, "until": ends_at.isoformat()}
    record(offer.variant.product, "promotion_announced", by=by, at=at, detail=detail)
    emit(PriceChanged(offer.pk), at=at)
    announce(offer.variant.product, at=at)
    return made


@transaction.atomic
def call_off_promotion(promotion: Promotion, *, by: Actor, at: datetime) -> None:
    """End a promotion now; one that has not begun never will. One that is over stays as it was."""
    if promotion.ends_at <= at:
        return
    promotion.ends_at = max(promotion.starts_at, at)
    promotion.save(update_fields=["ends_at"])
    offer = promotion.offer
    record(offer.variant.product, "promotion_called_off", by=by, at=at, detail={"offer": offer.pk})
    emit(PriceChanged(offer.pk), at=at)
    announce(offer.variant.product, at=at)
