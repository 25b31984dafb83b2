"""Orders of the demonstration, in every state, each placed through the very actions of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from chalandise.accounts.models import User
from chalandise.catalogue.models import Offer
from chalandise.catalogue.states import ProductKind
from chalandise.config.demo.buying import WHO, bring, order_at, order_cart, pay, weigh_all
from chalandise.config.demo.minds import sell_and_change_minds
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.arriving import note_arrival
from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.fulfilment.actions.handing import Checks, deliver, hand_over, send_out
from chalandise.fulfilment.actions.letting_go import let_go
from chalandise.fulfilment.actions.preparing import accept, mark_ready, refuse
from chalandise.fulfilment.states import Proof
from chalandise.kernel.errors import ChalandiseError
from chalandise.ordering.actions.cart import add_to_cart
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import Pays, WayKind
from chalandise.portals.models import Portal

ORDERS = 32
STEPS = 10
_AGO = {4: 1, 7: 4, 8: 1, 9: 1}
"""So many days ago what has been collected was ordered, and what nobody came for."""


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
        user = nadia if number % 4 == 0 else None
        days = _AGO.get(number % STEPS, 0)
        placed_at = at - timedelta(days=days, minutes=25 + 9 * (ORDERS - number))
        try:
            after = None if days else at
            order = order_at(some, portal, user, number, placed_at, random, after=after)
        except ChalandiseError:
            continue  # a shelf was empty or a slot taken: as in life
        with suppress(ChalandiseError):  # one that cannot go so far stays where it is
            _go_on(order, number, placed_at=placed_at, at=at)
        count += 1
    count += _sell_baskets(portal, nadia, at)
    return count + sell_and_change_minds(shops, portal, at=at, random=random)


def _sell_baskets(portal: Portal, nadia: User, at: datetime) -> int:
    """Let gift baskets be bought: each of their merchants has its part on its board."""
    baskets = Offer.objects.filter(variant__product__kind=ProductKind.BASKET).order_by("pk")
    count = 0
    for number, basket in enumerate(baskets[:4]):
        user = nadia if number % 2 == 0 else None
        try:
            placed_at = at - timedelta(minutes=40 + 7 * number)
            cart = add_to_cart(None, basket.pk, quantity=1, portal=portal, at=placed_at, user=None)
            order = order_cart(cart, portal, user, 3 * number + 2, placed_at, after=at)
            _go_on(order, 3 * number, placed_at=placed_at, at=at)
        except ChalandiseError:
            continue
        count += 1
    return count


def _go_on(order: Order, number: int, *, placed_at: datetime, at: datetime) -> None:
    """Pay at the bank, then let the shops answer: each order stands elsewhere."""
    parts = list(order.merchant_orders.order_by("pk"))
    if parts[0].pays == Pays.ONLINE:
        if number % 11 == 10:
            return  # left at the bank's door
        pay(order, at=placed_at + timedelta(minutes=2))
        parts = list(order.merchant_orders.order_by("pk"))
    for place, part in enumerate(parts):
        if part.gathered_by_id is None:
            _serve(order, part, (number + place) % STEPS, placed_at=placed_at, at=at)


def _serve(
    order: Order, part: MerchantOrder, step: int, *, placed_at: datetime, at: datetime
) -> None:
    """Take a shop's part as far as its number says: from « waits for a yes » to « gone back »."""
    if step in (0, 1):
        return  # waits for the shop's yes
    answered_at = placed_at + timedelta(minutes=8)
    if step == 5:
        refuse(part, reason="Plus rien en rayon ce matin, désolée.", by=WHO, at=answered_at)
        return
    accept(part, by=WHO, at=answered_at)
    for other in part.gathered.order_by("pk"):
        bring(other, accepted_at=answered_at, at=answered_at + timedelta(minutes=4))
    if step == 2:
        return  # to be prepared
    is_parcel = part.way_kind == WayKind.SHIPPING
    if step == 6 and not is_parcel:
        first = part.lines.order_by("pk")[0]
        offered = Substitute(name="Le même, un peu plus petit", cents=first.total_cents * 8 // 10)
        report_missing(first, quantity=1, by=WHO, at=at, substitute=offered)
        return
    ready_at = answered_at + timedelta(minutes=9)
    weigh_all(part, at=ready_at)
    if is_parcel and step in (3, 6, 7):
        carrier = "Colis de démonstration"
        send_out(part, by=WHO, at=ready_at, carrier=carrier, tracking=f"DEMO{part.pk:06d}")
        return
    mark_ready(part, by=WHO, at=ready_at, place="Étagère du fond", bags=1 + part.pk % 2)
    if part.way_kind == WayKind.POINT and step != 3:
        note_arrival(part, by=WHO, at=ready_at)  # else it is still to be brought
    _finish(order, part, step, ready_at=ready_at, at=at)


def _finish(
    order: Order, part: MerchantOrder, step: int, *, ready_at: datetime, at: datetime
) -> None:
    """What becomes of an order that is ready: it waits, is collected, is not, comes back."""
    if step == 7 and part.way_kind in (WayKind.PICKUP, WayKind.POINT):
        let_go(part, by=WHO, at=at)  # nobody came
    elif step in (4, 8, 9):
        checks = Checks(Proof.KNOWN, is_age_checked=True, means="card")
        give = hand_over if part.way_kind in (WayKind.PICKUP, WayKind.POINT) else deliver
        came_at = (part.starts_at or ready_at) + timedelta(minutes=7)
        give(part, checks=checks, by=WHO, at=min(max(came_at, ready_at), at))
    if step == 8:
        wanted = {line.pk: 1 for line in part.lines.all() if not line.withdrawal_exception}
        if wanted:
            confirm_withdrawal(
                order, wanted, name=order.customer_name, email=order.customer_email, at=at
            )
