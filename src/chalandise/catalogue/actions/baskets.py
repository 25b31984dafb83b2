"""Gift baskets: one product made of several merchants' offers, shared to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from chalandise.catalogue.actions.announcing import announce
from chalandise.catalogue.actions.locking import lock_offers, lock_product
from chalandise.catalogue.actions.shelf import NewProduct, add_product, withdraw_product
from chalandise.catalogue.baskets import shares_of
from chalandise.catalogue.errors import BasketError
from chalandise.catalogue.events import BasketInvitationMoved
from chalandise.catalogue.models import BasketInvitation, BasketPart, Offer, Product
from chalandise.catalogue.quantities import require_quantity
from chalandise.catalogue.queries.baskets import mark_of, priced_part
from chalandise.catalogue.states import (
    INVITATION_TRANSITIONS,
    InvitationState,
    ProductKind,
    ProductState,
)
from chalandise.directory.models import Establishment
from chalandise.journal.actions import count_attempt, emit, emit_all, move, record
from chalandise.journal.states import Actor
from chalandise.kernel.rate import Rate

MOST_PARTS = 20
BASKET_CATEGORY = "paniers-gourmands"
INVITED = Rate(burst=30, period_seconds=24 * 3600)  # each writes to everybody of a neighbour's


@transaction.atomic
def compose_basket(
    establishment: Establishment,
    *,
    name: str,
    price_cents: int,
    parts: Mapping[int, int],
    by: Actor,
    at: datetime,
) -> Product:
    """Make a basket of offers on the shelf, its own and other merchants'; a draft at first.

    Every other merchant is paid what it asks; what remains of the price, be it a discount or the
    wrapping, is for the one who composes. The other merchants are asked: until each has agreed, the
    basket cannot be published.

    Args:
        establishment: who composes and hands over.
        name: what a customer reads.
        price_cents: of the whole, tax included.
        parts: how many of each offer, by offer.
        by: who composes.
        at: when.

    Raises:
        BasketError: these offers cannot make a basket; nothing is made.
        BadPriceError, BadFieldError, BadQuantityError: nothing is made.
        RateLimitedError: too many neighbours were asked in a day; nothing is made.
    """
    lock_offers(parts)  # a price that moves meanwhile finds the basket, and shares it anew
    offers = _offers(parts)
    new = NewProduct(
        name=name, price_cents=price_cents, category=BASKET_CATEGORY, kind=ProductKind.BASKET
    )
    product = add_product(establishment, new, by=by, at=at)
    basket = Offer.objects.get(variant__product=product)
    shares = _shares(basket.price_cents, establishment, offers, parts)
    BasketPart.objects.bulk_create(
        BasketPart(
            basket=basket,
            offer=offer,
            quantity=parts[offer.pk],
            share_cents=share,
            position=position,
        )
        for position, (offer, share) in enumerate(zip(offers, shares, strict=True))
    )
    inside = [offer.variant.product for offer in offers]
    product.is_perishable = any(one.is_perishable for one in inside)
    product.withdrawal_exception = next(
        (one.withdrawal_exception for one in inside if one.is_perishable), ""
    )
    product.minimum_age = max(one.minimum_age for one in inside)
    product.save(update_fields=["is_perishable", "withdrawal_exception", "minimum_age"])
    _invite(product, inside, at=at)
    record(
        product, "composed", by=by, at=at, detail={"parts": {str(k): v for k, v in parts.items()}}
    )
    return product


@transaction.atomic
def agree_to_basket(
    invitation: BasketInvitation, *, by: Actor, at: datetime, seen: str | None = None
) -> None:
    """Say yes to being in another merchant's basket.

    Args:
        invitation: to which.
        by: who agrees.
        at: when.
        seen: the mark of the words that were read (`queries.baskets.mark_of`).

    Raises:
        BasketError: its words changed since they were read.
        StaleStateError: it was agreed already.
    """
    product = _answer(invitation, InvitationState.AGREED, by=by, at=at)
    if seen is not None and seen != mark_of(product):
        raise BasketError("changed")


@transaction.atomic
def decline_basket(invitation: BasketInvitation, *, by: Actor, at: datetime) -> None:
    """Say no, or no longer: the basket comes off the shelf; what was ordered stays promised.

    Raises:
        StaleStateError: it was declined already.
    """
    product = _answer(invitation, InvitationState.DECLINED, by=by, at=at)
    if product.state == ProductState.PUBLISHED:
        withdraw_product(product, by=by, at=at, reason="basket:declined")


def ask_anew(product: Product, *, by: Actor, at: datetime) -> None:
    """Ask for a new yes: the basket is no longer what was agreed to. Call it in a transaction.

    It is off the shelf until then. Who said no is not asked again, who has nothing in it any more
    is let go, who came to own a part is asked for the first time.
    """
    lock_product(product.pk)
    own = product.establishment.organisation_id
    sellers = BasketPart.objects.filter(basket__variant__product=product).values_list(
        "offer__variant__product__establishment__organisation", flat=True
    )
    others = set(sellers) - {own, None}
    known = {one.organisation_id: one for one in product.invitations.order_by("pk")}
    product.invitations.exclude(organisation__in=others).delete()
    asked = BasketInvitation.objects.bulk_create(
        BasketInvitation(product=product, organisation_id=other, asked_at=at)
        for other in sorted(others - known.keys())
    )
    for other in sorted(others & known.keys()):
        one = known[other]
        if one.state == InvitationState.AGREED:
            move(one, InvitationState.ASKED, table=INVITATION_TRANSITIONS, by=by, at=at)
            one.asked_at, one.answered_at, one.answered_by = at, None, ""
            one.save(update_fields=["asked_at", "answered_at", "answered_by"])
            asked.append(one)
    emit_all((BasketInvitationMoved(one.pk, one.state) for one in asked), at=at)
    if others and product.state == ProductState.PUBLISHED:
        withdraw_product(product, by=by, at=at, reason="basket:asked_anew")


@transaction.atomic
def follow_owner(establishment_id: int, *, by: Actor, at: datetime) -> None:
    """Ask anew for the baskets of which a shop, now another organisation's, is a part.

    And for those that it composes: a yes was given to the one who composed.
    """
    parts = BasketPart.objects.filter(
        Q(offer__variant__product__establishment=establishment_id)
        | Q(basket__variant__product__establishment=establishment_id)
    )
    products = Product.objects.filter(
        kind=ProductKind.BASKET, pk__in=parts.values("basket__variant__product")
    )
    for product in products.select_related("establishment").order_by("pk"):
        ask_anew(product, by=by, at=at)


def _answer(
    invitation: BasketInvitation, state: InvitationState, *, by: Actor, at: datetime
) -> Product:
    # The product first, as `publish_product` does: a yes taken back is seen by who publishes.
    product = lock_product(invitation.product_id)
    move(invitation, state, table=INVITATION_TRANSITIONS, by=by, at=at)
    invitation.answered_at, invitation.answered_by = at, by.label[:200]
    invitation.save(update_fields=["answered_at", "answered_by"])
    emit(BasketInvitationMoved(invitation.pk, state), at=at)
    return product


def _invite(product: Product, inside: Sequence[Product], *, at: datetime) -> None:
    own = product.establishment.organisation_id
    others = {one.establishment.organisation_id for one in inside} - {own}
    if None in others:
        raise BasketError("nobody_to_ask")
    for _other in others:
        count_attempt(f"basket_invitation:{own}", INVITED, at=at)
    invited = BasketInvitation.objects.bulk_create(
        BasketInvitation(product=product, organisation_id=other, asked_at=at)
        for other in sorted(one for one in others if one is not None)
    )
    emit_all((BasketInvitationMoved(one.pk, one.state) for one in invited), at=at)


def rebalance(offer: Offer, *, by: Actor, at: datetime) -> None:
    """Share anew the price of a basket, and of the baskets that contain ``offer``.

    A basket whose composer would be left with nothing comes off the shelf: nobody sells at a loss
    without a word.

    Raises:
        BasketError: ``offer`` is a basket and its price is too low to be shared.
    """
    of_part = BasketPart.objects.filter(offer=offer).values("basket")
    baskets = (
        Offer.objects.filter(Q(pk__in=of_part) | Q(pk=offer.pk), parts__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    wanted = sorted(set(baskets))
    # Locked, so that two prices that move at once are both in the shares.
    for basket in lock_offers(wanted):
        _share_anew(basket, is_asked=basket.pk == offer.pk, by=by, at=at)


def _share_anew(basket: Offer, *, is_asked: bool, by: Actor, at: datetime) -> None:
    rows = list(
        BasketPart.objects.filter(basket=basket)
        .select_related("offer__variant__product__establishment")
        .order_by("position", "pk")
    )
    product = basket.variant.product
    quantities = {row.offer_id: row.quantity for row in rows}
    offers = [row.offer for row in rows]
    try:
        shares = _shares(basket.price_cents, product.establishment, offers, quantities)
    except BasketError:
        if is_asked:
            raise
        if product.state == ProductState.PUBLISHED:
            withdraw_product(product, by=by, at=at, reason="basket:price_too_low")
        return
    for row, share in zip(rows, shares, strict=True):
        row.share_cents = share
    BasketPart.objects.bulk_update(rows, ["share_cents"])
    announce(product, at=at)


def _offers(parts: Mapping[int, int]) -> list[Offer]:
    if not parts:
        raise BasketError("empty")
    if len(parts) > MOST_PARTS:
        raise BasketError("too_many")
    for quantity in parts.values():
        require_quantity(quantity)
    found = {
        one.pk: one
        for one in Offer.objects.filter(pk__in=list(parts)).select_related(
            "variant__product__establishment"
        )
    }
    if len(found) < len(parts):
        raise BasketError("unknown_offer")
    for one in found.values():
        product = one.variant.product
        if product.kind == ProductKind.BASKET:
            raise BasketError("nested")
        if one.is_weight_priced:
            raise BasketError("weight_priced")
        if product.state != ProductState.PUBLISHED:
            raise BasketError("not_on_shelf")
    return [found[pk] for pk in parts]


def _shares(
    price_cents: int,
    establishment: Establishment,
    offers: Sequence[Offer],
    quantities: Mapping[int, int],
) -> list[int]:
    priced = [priced_part(one, quantities[one.pk], establishment) for one in offers]
    shares = shares_of(price_cents, priced)
    if shares is None:
        anyhow = shares_of(price_cents, [replace(one, is_fixed=False) for one in priced])
        raise BasketError("price_too_low" if anyhow is None else "book_price")
    return shares
