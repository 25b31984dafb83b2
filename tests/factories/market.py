"""A shop that sells online, with products, stock and slots, in one call; and whole orders.

    shop = market.shop(cast.bakery)                   three counted products, collected at the counter
    cart = market.cart(cast.lot, (shop.offers[0], 2), at=market.NOW)
    checkout = market.checked_out(cast.lot, (shop.offers[0], 2))     ready for the button
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="on_collection")

Everything goes through the actions, as the pages do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.clock import moment
from tests.factories import catalogue, logistics, stock

from chalandise.accounts.models import User
from chalandise.catalogue.actions import agree_to_basket, compose_basket, publish_product
from chalandise.catalogue.models import Offer
from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.models import PickupPoint
from chalandise.ordering.actions.cart import add_to_cart
from chalandise.ordering.actions.checkout import (
    WayWish,
    Who,
    choose_ways,
    say_who,
    start_checkout,
)
from chalandise.ordering.actions.placing import Declarations, place_order
from chalandise.ordering.models import Cart, Checkout, MerchantOrder, Order
from chalandise.ordering.queries.checkouts import parts_of, preview, ways_for
from chalandise.portals.models import Portal

NOW = moment("2026-11-18 10:30")  # a Wednesday, the shops are open
NADIA = Who(
    name="Nadia Cabas",
    email="nadia@exemple.test",
    phone="+33600000000",
    address={
        "street": "12 rue des Soubirous",
        "postal_code": "46000",
        "commune_key": "commune-46042",
        "commune_name": "Cahors",
        "latitude": 44.4491,
        "longitude": 1.4395,
    },
)
YES = Declarations(terms=True, age=True)
Wish = tuple[Offer, int]


@dataclass(frozen=True)
class Shop:
    """A shop that sells online."""

    establishment: Establishment
    offers: tuple[Offer, ...]
    point: PickupPoint


def shop(
    establishment: Establishment,
    *,
    prices: tuple[int, ...] = (450, 120, 1290),
    on_hand: int | None = 10,
    capacity: int = 4,
    **details: Any,
) -> Shop:
    """Let an establishment sell products at these prices, counted or not, and hand them over.

    Further ``details`` are those of `tests.factories.catalogue.product`.
    """
    offers = []
    for cents in prices:
        given = {"price_cents": cents, **details}
        if on_hand is None:
            offers.append(catalogue.offer(establishment, **given))
        else:
            offers.append(stock.counted(establishment, on_hand=on_hand, **given))
    point = logistics.counter(establishment, capacity=capacity)
    return Shop(establishment, tuple(offers), point)


def gift(
    establishment: Establishment, neighbour: Establishment, *, at: datetime = NOW, **details: Any
) -> Offer:
    """Publish a gift basket of one shop with a thing of its neighbour, who agreed to it.

    Further ``details`` are those of the shop's own products.
    """
    own, theirs = shop(establishment, **details), shop(neighbour, category="livres")
    made = compose_basket(
        establishment,
        name="Panier du goûter",
        price_cents=1800,
        parts={own.offers[0].pk: 2, theirs.offers[0].pk: 1},
        by=catalogue.BY,
        at=at,
    )
    for one in made.invitations.all():
        agree_to_basket(one, by=catalogue.BY, at=at)
    publish_product(made, by=catalogue.BY, at=at)
    return catalogue.offer_of(made)


def cart(portal: Portal, *wishes: Wish, at: datetime = NOW, user: User | None = None) -> Cart:
    """Fill a cart, a guest's unless somebody is named."""
    made: Cart | None = None
    for offer, quantity in wishes:
        made = add_to_cart(made, offer.pk, quantity=quantity, portal=portal, user=user, at=at)
    assert made is not None, "a cart holds something"
    return made


def started(
    portal: Portal, *wishes: Wish, at: datetime = NOW, user: User | None = None
) -> Checkout:
    """Begin a checkout: goods are held."""
    filled = cart(portal, *wishes, at=at, user=user)
    return start_checkout(filled, portal=portal, user=user, at=at)


def checked_out(
    portal: Portal,
    *wishes: Wish,
    at: datetime = NOW,
    user: User | None = None,
    who: Who = NADIA,
    kinds: Mapping[int, str] | None = None,
) -> Checkout:
    """Take a checkout to the button: who is said, the first way and slot of each merchant held.

    ``kinds`` chooses another kind of way by establishment: ``{bakery.pk: "delivery"}``.
    """
    checkout = started(portal, *wishes, at=at, user=user)
    say_who(checkout, who, at=at)
    choose_ways(checkout, first_ways(checkout, at=at, kinds=kinds or {}), at=at)
    return checkout


def first_ways(
    checkout: Checkout, *, at: datetime, kinds: Mapping[int, str] | None = None
) -> dict[int, WayWish]:
    """Wish the first way of each merchant, of the kind given if any, in its first slot."""
    wishes = {}
    for shop_id, ways in ways_for(checkout, parts_of(checkout), at=at).items():
        kind = (kinds or {}).get(shop_id)
        way = next((one for one in ways if kind is None or one.kind == kind), None)
        if way is None:
            raise NotFoundError
        slot = way.first_slot
        wishes[shop_id] = WayWish(way.key, slot.starts_at if slot else None)
    return wishes


def place(
    checkout: Checkout, *, pays: str | Mapping[int, str] = "online", at: datetime = NOW
) -> Order:
    """Press the button, having seen what stands there now."""
    return place_order(
        checkout,
        seen_total_cents=preview(checkout, at=at).recap.total_cents,
        form_token=checkout.form_token,
        declarations=YES,
        pays=pays,
        at=at,
    )


def ordered(
    portal: Portal,
    *wishes: Wish,
    pays: str | Mapping[int, str] = "on_collection",
    at: datetime = NOW,
    user: User | None = None,
    who: Who = NADIA,
    kinds: Mapping[int, str] | None = None,
) -> Order:
    """Order, from the empty cart to the button."""
    checkout = checked_out(portal, *wishes, at=at, user=user, who=who, kinds=kinds)
    return place(checkout, pays=pays, at=at)


def part_of(order: Order, establishment: Establishment) -> MerchantOrder:
    """One merchant's part of an order."""
    return order.merchant_orders.get(establishment=establishment, gathered_by=None)
