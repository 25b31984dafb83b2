"""Orders of the demonstration, in every state, each placed through the very actions of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from random import Random

from chalandise.accounts.models import User
from chalandise.bank.actions.paying import present_card
from chalandise.bank.queries import get_session_by_token
from chalandise.catalogue.models import Offer
from chalandise.catalogue.states import ProductKind
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.asking import Substitute, report_missing, weigh
from chalandise.fulfilment.actions.handing import Checks, deliver, hand_over, send_out
from chalandise.fulfilment.actions.letting_go import let_go
from chalandise.fulfilment.actions.preparing import accept, mark_ready, refuse
from chalandise.fulfilment.states import Proof
from chalandise.journal.states import Actor
from chalandise.kernel.errors import ChalandiseError
from chalandise.logistics.queries import slots_of
from chalandise.logistics.values import Way
from chalandise.ordering.actions.cart import add_to_cart
from chalandise.ordering.actions.checkout import (
    WayWish,
    Who,
    choose_ways,
    say_who,
    start_checkout,
)
from chalandise.ordering.actions.placing import Declarations, place_order
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import Cart, Checkout, MerchantOrder, Order
from chalandise.ordering.queries.checkouts import parts_of, preview, ways_for
from chalandise.ordering.states import Pays, WayKind
from chalandise.payments.actions.visiting import continue_visit, open_visit
from chalandise.portals.models import Portal

ORDERS = 48
PLAIN_CARD = "4242424242424242"
CUSTOMERS = (
    "Nadia Cabas",
    "Jules Vidal",
    "Amel Rouzet",
    "Théo Lacoste",
    "Lucile Pradel",
    "Baptiste Cayre",
)
HOME = {
    "street": "12 rue de la Fontaine",
    "postal_code": "46000",
    "commune_key": "commune-46042",
    "commune_name": "Cahors",
    "latitude": 44.4475,
    "longitude": 1.4415,
}
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
        with suppress(ChalandiseError):  # one that cannot go so far stays where it is
            _go_on(order, number, at=at)
        count += 1
    return count + _sell_baskets(portal, nadia, at)


def _sell_baskets(portal: Portal, nadia: User, at: datetime) -> int:
    """Let gift baskets be bought: each of their merchants has its part on its board."""
    baskets = Offer.objects.filter(variant__product__kind=ProductKind.BASKET).order_by("pk")
    count = 0
    for number, basket in enumerate(baskets[:4]):
        user = nadia if number % 2 == 0 else None
        try:
            cart = add_to_cart(None, basket.pk, quantity=1, portal=portal, at=at, user=None)
            order = _ordered(cart, portal, user, 3 * number + 2, at)
            _go_on(order, 3 * number, at=at)
        except ChalandiseError:
            continue
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
    return _ordered(cart, portal, user, number, at)


def _ordered(cart: Cart, portal: Portal, user: User | None, number: int, at: datetime) -> Order:
    checkout = start_checkout(cart, portal=portal, user=user, at=at)
    name = user.name if user else CUSTOMERS[number % len(CUSTOMERS)]
    email = user.email if user else f"client{number % 6}@demo.test"
    address = HOME if number % 4 in (1, 3) else {}
    say_who(checkout, Who(name=name, email=email, phone="+33639980046", address=address), at=at)
    choose_ways(checkout, _wishes(checkout, number, at), at=at)
    return _placed(checkout, Pays.ONLINE if number % 3 else Pays.ON_COLLECTION, at)


def _some_offers(shop: Establishment, random: Random) -> list[int]:
    found = Offer.objects.filter(
        variant__product__establishment=shop, variant__product__minimum_age=0
    ).exclude(stock_level__on_hand__lte=3)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    return random.sample(ids, min(len(ids), random.choice((1, 2, 3))))


def _wishes(checkout: Checkout, number: int, at: datetime) -> dict[int, WayWish]:
    """Choose a way of each shop, not always the counter, and one of its next slots."""
    wishes = {}
    parts = parts_of(checkout)
    for part in parts:
        if part.gathered_by_id is not None:
            continue
        way = _way(ways_for(checkout, parts, at=at)[part.establishment_id], number)
        days = slots_of(way.key, part.establishment, lead_minutes=part.lead_minutes, at=at, days=12)
        slots = [slot for day in days for slot in day.slots]
        starts_at = slots[number * 3 % len(slots)].starts_at if slots else None
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


def _go_on(order: Order, number: int, *, at: datetime) -> None:
    """Pay at the bank, then let the shops answer: each order stands elsewhere."""
    parts = list(order.merchant_orders.order_by("pk"))
    if parts[0].pays == Pays.ONLINE:
        if number % 11 == 10:
            return  # left at the bank's door
        _pay(order, at=at)
        parts = list(order.merchant_orders.order_by("pk"))
    for place, part in enumerate(parts):
        if part.gathered_by_id is None:
            _serve(order, part, (number + place) % 10, at=at)


def _pay(order: Order, *, at: datetime) -> None:
    visit = open_visit(order, return_url="/", cancel_url="/", at=at)
    session = get_session_by_token(visit.url.rstrip("/").rsplit("/", 1)[-1])
    present_card(session, number=PLAIN_CARD, month=12, year=at.year + 2, code="123", at=at)
    continue_visit(visit, at=at)


def _serve(order: Order, part: MerchantOrder, step: int, *, at: datetime) -> None:
    """Take a shop's part as far as its number says: from « waits for a yes » to « gone back »."""
    if step in (0, 1):
        return  # waits for the shop's yes
    if step == 5:
        refuse(part, reason="Plus rien en rayon ce matin, désolée.", by=WHO, at=at)
        return
    accept(part, by=WHO, at=at)
    if step == 2:
        return  # to be prepared
    lines = list(part.lines.order_by("pk"))
    if step == 6:
        first = lines[0]
        offered = Substitute(name="Le même, un peu plus petit", cents=first.total_cents * 8 // 10)
        report_missing(first, quantity=1, by=WHO, at=at, substitute=offered)
        return
    for line in (one for one in lines if one.is_weight_priced):
        weigh(line, grams=line.quantity * (line.estimate_grams or 1), by=WHO, at=at)
    if part.way_kind == WayKind.SHIPPING and step in (3, 6, 7):
        send_out(part, by=WHO, at=at, carrier="Colis de démonstration", tracking="DEMO46000")
        return
    mark_ready(part, by=WHO, at=at, place="Étagère du fond")
    _finish(order, part, step, at=at)


def _finish(order: Order, part: MerchantOrder, step: int, *, at: datetime) -> None:
    """What becomes of an order that is ready: it waits, is collected, is not, comes back."""
    if step == 7 and part.way_kind in (WayKind.PICKUP, WayKind.POINT):
        let_go(part, by=WHO, at=at)  # nobody came
    elif step in (4, 8, 9):
        checks = Checks(Proof.KNOWN, is_age_checked=True, means="card")
        give = hand_over if part.way_kind in (WayKind.PICKUP, WayKind.POINT) else deliver
        give(part, checks=checks, by=WHO, at=at)
    if step == 8:
        wanted = {line.pk: 1 for line in part.lines.all() if not line.withdrawal_exception}
        if wanted:
            confirm_withdrawal(
                order, wanted, name=order.customer_name, email=order.customer_email, at=at
            )
