"""Orders of the demonstration, in every state, each placed through the very actions of the pages."""

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
from chalandise.fulfilment.actions.handing import Checks, deliver, hand_over
from chalandise.fulfilment.actions.preparing import accept, mark_ready, refuse
from chalandise.fulfilment.states import Proof
from chalandise.journal.states import Actor
from chalandise.kernel.errors import ChalandiseError
from chalandise.logistics.queries import slots_of
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
from chalandise.ordering.states import Pays, WayKind
from chalandise.payments.actions.visiting import continue_visit, open_visit
from chalandise.portals.models import Portal

ORDERS = 36
PLAIN_CARD = "4242424242424242"
CUSTOMERS = (
    "Nadia Cabas",
    "Jules Vidal",
    "Amel Rouzet",
    "Théo Lacoste",
    "Lucile Pradel",
    "Baptiste Cayre",
)
WHO = Actor.system("demo")


def sell(
    shops: Sequence[Establishment], portal: Portal, *, nadia: User, at: datetime, random: Random
) -> int:
    """Place some orders at one to three shops each, the first of them Claire's; return how many."""
    count = 0
    if not shops:
        return count
    for number in range(ORDERS):
        some = [shops[0]] if number % 3 == 0 else []
        some += random.sample(list(shops[1:40]), random.choice((1, 2)))
        try:
            order = _order(some, portal, nadia if number % 4 == 0 else None, number, at, random)
        except ChalandiseError:
            continue  # a shelf was empty or a slot taken: as in life
        _go_on(order, number, at=at)
        count += 1
    return count


def _order(
    shops: Sequence[Establishment],
    portal: Portal,
    user: User | None,
    number: int,
    at: datetime,
    random: Random,
) -> Order:
    cart: Cart | None = None
    for shop in shops:
        for offer in _some_offers(shop, random):
            quantity = random.choice((1, 1, 2, 3))
            cart = add_to_cart(cart, offer, quantity=quantity, portal=portal, at=at, user=user)
    if cart is None:
        raise ChalandiseError("nothing to sell")
    checkout = start_checkout(cart, portal=portal, user=user, at=at)
    name = user.name if user else CUSTOMERS[number % len(CUSTOMERS)]
    email = user.email if user else f"client{number % 6}@demo.test"
    say_who(checkout, Who(name=name, email=email, phone="+33639980046"), at=at)
    choose_ways(checkout, _wishes(checkout, number, at), at=at)
    return _placed(checkout, Pays.ONLINE if number % 3 else Pays.ON_COLLECTION, at)


def _some_offers(shop: Establishment, random: Random) -> list[int]:
    found = Offer.objects.filter(
        variant__product__establishment=shop, variant__product__minimum_age=0
    ).exclude(stock_level__on_hand__lte=3)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    return random.sample(ids, min(len(ids), random.choice((1, 2, 3))))


def _wishes(checkout: Checkout, number: int, at: datetime) -> dict[int, WayWish]:
    """Choose the first way of each shop and one of its next slots."""
    wishes = {}
    parts = parts_of(checkout)
    for part in parts:
        way = ways_for(checkout, parts, at=at)[part.establishment_id][0]
        days = slots_of(way.key, part.establishment, lead_minutes=part.lead_minutes, at=at, days=4)
        slots = [slot for day in days for slot in day.slots]
        starts_at = slots[number * 3 % len(slots)].starts_at if slots else None
        wishes[part.establishment_id] = WayWish(way.key, starts_at)
    return wishes


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


def _go_on(order: Order, number: int, *, at: datetime) -> None:
    """Pay at the bank, then let the shops answer: each order stands elsewhere."""
    parts = list(order.merchant_orders.order_by("pk"))
    if parts[0].pays == Pays.ONLINE:
        if number % 11 == 10:
            return  # left at the bank's door
        _pay(order, at=at)
        parts = list(order.merchant_orders.order_by("pk"))
    for place, part in enumerate(parts):
        _serve(part, (number + place) % 6, at=at)


def _pay(order: Order, *, at: datetime) -> None:
    visit = open_visit(order, return_url="/", cancel_url="/", at=at)
    session = get_session_by_token(visit.url.rstrip("/").rsplit("/", 1)[-1])
    present_card(session, number=PLAIN_CARD, month=12, year=at.year + 2, code="123", at=at)
    continue_visit(visit, at=at)


def _serve(part: MerchantOrder, step: int, *, at: datetime) -> None:
    """Take a shop's part as far as its number says: from « waits for a yes » to « handed over »."""
    if step in (0, 1):
        return  # waits for the shop's yes
    if step == 5:
        refuse(part, reason="Plus rien en rayon ce matin, désolée.", by=WHO, at=at)
        return
    accept(part, by=WHO, at=at)
    if step == 2:
        return  # to be prepared
    for line in part.lines.filter(is_weight_priced=True):
        weigh(line, grams=line.quantity * (line.estimate_grams or 1), by=WHO, at=at)
    mark_ready(part, by=WHO, at=at, place="Étagère du fond")
    if step == 4:
        checks = Checks(Proof.KNOWN, is_age_checked=True, means="card")
        give = hand_over if part.way_kind in (WayKind.PICKUP, WayKind.POINT) else deliver
        give(part, checks=checks, by=WHO, at=at)
