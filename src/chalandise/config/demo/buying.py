"""How customers of the demonstration buy: the very actions of the pages, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random

from chalandise.accounts.models import User
from chalandise.bank.actions.paying import present_card
from chalandise.bank.queries import get_session_by_token
from chalandise.catalogue.models import Offer
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.asking import weigh
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.journal.states import Actor
from chalandise.kernel.errors import ChalandiseError
from chalandise.logistics.queries import slots_of
from chalandise.logistics.values import Way
from chalandise.ordering.actions.cart import add_to_cart
from chalandise.ordering.actions.changing import most_grams
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
from chalandise.ordering.states import Pays, WayKind
from chalandise.payments.actions.visiting import continue_visit, open_visit
from chalandise.portals.models import Portal

PLAIN_CARD = "4242424242424242"
REFUSED_CARD = "4000000000000002"
CUSTOMERS = (
    "Nadia Cabas",
    "Jules Vidal",
    "Amel Rouzet",
    "Théo Lacoste",
    "Lucile Pradel",
    "Baptiste Cayre",
)
SOON = 5
"""Whoever comes at once takes one of so many slots."""
HOME = {
    "street": "12 rue de la Fontaine",
    "postal_code": "46000",
    "commune_key": "commune-46042",
    "commune_name": "Cahors",
    "latitude": 44.4475,
    "longitude": 1.4415,
}
WHO = Actor.system("demo")


def order_at(
    shops: Sequence[Establishment],
    portal: Portal,
    user: User | None,
    number: int,
    at: datetime,
    random: Random,
    *,
    after: datetime | None = None,
) -> Order:
    """Put some goods of shops into a basket and order them.

    Args:
        shops: where.
        portal: on which portal.
        user: who, None for a guest.
        number: turns about among guests, ways and means of paying.
        at: when.
        random: chooses goods.
        after: the customer comes after this moment only; at once where nothing is said.

    Raises:
        ChalandiseError: a shelf was empty, a slot taken: as in life.
    """
    cart = fill_cart(shops, portal, at, random)
    return order_cart(cart, portal, user, number, at, after=after)


def fill_cart(shops: Sequence[Establishment], portal: Portal, at: datetime, random: Random) -> Cart:
    """Put some goods of shops into a basket.

    Raises:
        ChalandiseError: their shelves are empty.
    """
    cart: Cart | None = None
    for shop in shops:
        for offer in _some_offers(shop, random):
            quantity = random.choice((1, 1, 2, 3))
            cart = add_to_cart(cart, offer, quantity=quantity, portal=portal, at=at, user=None)
    if cart is None:
        raise ChalandiseError("nothing to sell")
    return cart


def order_cart(
    cart: Cart,
    portal: Portal,
    user: User | None,
    number: int,
    at: datetime,
    *,
    after: datetime | None = None,
    is_soon: bool = False,
) -> Order:
    """Order what is in a basket, as `order_at` does; whoever comes soon takes the first slot."""
    checkout = start_checkout(cart, portal=portal, user=user, at=at)
    name = user.name if user else CUSTOMERS[number % len(CUSTOMERS)]
    email = user.email if user else f"client{number % 6}@demo.test"
    address = HOME if number % 4 in (1, 3) else {}
    say_who(checkout, Who(name=name, email=email, phone="+33639980046", address=address), at=at)
    reach = 1 if is_soon else None if after else SOON
    choose_ways(checkout, _wishes(checkout, number, at, after, reach), at=at)
    return _placed(checkout, Pays.ONLINE if number % 3 else Pays.ON_COLLECTION, at)


def _some_offers(shop: Establishment, random: Random) -> list[int]:
    found = Offer.objects.filter(
        variant__product__establishment=shop, variant__product__minimum_age=0
    ).exclude(stock_level__on_hand__lte=3)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    return random.sample(ids, min(len(ids), random.choice((1, 2, 3))))


def _wishes(
    checkout: Checkout, number: int, at: datetime, after: datetime | None, reach: int | None
) -> dict[int, WayWish]:
    """Choose a way of each shop, not always the counter, and one of its next slots: of the first ``reach``."""
    wishes = {}
    parts = parts_of(checkout)
    ways = ways_for(checkout, parts, at=at)
    for part in parts:
        if part.gathered_by_id is not None:
            continue
        way = _way(ways[part.establishment_id], number)
        days = slots_of(way.key, part.establishment, lead_minutes=part.lead_minutes, at=at, days=12)
        slots = [slot for day in days for slot in day.slots if not after or slot.starts_at > after]
        some = slots[:reach]
        starts_at = some[number * 3 % len(some)].starts_at if some else None
        wishes[part.establishment_id] = WayWish(way.key, starts_at)
    return wishes


def _way(ways: Sequence[Way], number: int) -> Way:
    """Turn about among what the shop offers, where the customer said where they live."""
    liked = {1: WayKind.DELIVERY, 2: WayKind.POINT, 3: WayKind.SHIPPING}.get(number % 4)
    return next((one for one in ways if one.kind == liked), ways[0])


def _placed(checkout: Checkout, pays: Pays, at: datetime) -> Order:
    shown = preview(checkout, at=at)
    return place_order(
        checkout,
        seen_total_cents=shown.recap.total_cents,
        form_token=checkout.form_token,
        declarations=Declarations(terms=True, age=True, digest=shown.recap.digest),
        pays=pays,
        at=at,
    )


def pay(order: Order, *, at: datetime, number: str = PLAIN_CARD) -> None:
    """Pay at the simulated bank, with a card that needs no confirmation, and come back."""
    visit = open_visit(order, return_url="/", cancel_url="/", at=at)
    session = get_session_by_token(visit.url.rstrip("/").rsplit("/", 1)[-1])
    present_card(session, number=number, month=12, year=at.year + 2, code="123", at=at)
    continue_visit(visit, at=at)


def weigh_all(part: MerchantOrder, *, at: datetime) -> None:
    """Put on the scales what is sold by weight: a little more than was estimated, or a little less."""
    for number, line in enumerate(part.lines.order_by("pk")):
        if line.is_weight_priced:
            percent = 94 if (line.pk + number) % 2 else 102
            grams = line.quantity * (line.estimate_grams or 1) * percent // 100
            weigh(line, grams=max(1, min(grams, most_grams(line, line.quantity))), by=WHO, at=at)


def bring(part: MerchantOrder, *, accepted_at: datetime, at: datetime) -> None:
    """Let a neighbour say yes to their part of a gift basket, and bring it."""
    accept(part, by=WHO, at=accepted_at)
    mark_ready(part, by=WHO, at=at)
