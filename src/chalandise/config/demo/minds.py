"""Orders of the demonstration that end early, or wait for their money: few, but each state has its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from chalandise.config.demo.buying import (
    REFUSED_CARD,
    WHO,
    fill_cart,
    order_at,
    order_cart,
    pay,
)
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.preparing import accept
from chalandise.journal.states import Actor
from chalandise.kernel.errors import ChalandiseError
from chalandise.ordering.actions.checkout import start_checkout
from chalandise.ordering.actions.expiring import expire_unpaid, keep_for_payment
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.states import OrderSource
from chalandise.payments.actions.visiting import open_visit
from chalandise.portals.models import Portal

GUEST = Actor.guest("customer")
WAITS = timedelta(hours=20)
ONLINE = 4  # numbers that are no multiple of three are paid online, multiples of four collected


def sell_and_change_minds(
    shops: Sequence[Establishment], portal: Portal, *, at: datetime, random: Random
) -> int:
    """Place orders that are called off, never paid, refused by the bank or awaited; return how many."""
    some = list(shops[:2])
    count = 0
    for play in (_called_off, _never_paid, _refused_by_the_bank, _awaited):
        with suppress(ChalandiseError):  # a shelf was empty or a slot taken: as in life
            play(some, portal, at, random)
            count += 1
    expire_unpaid(at=at)
    return count


def _called_off(
    shops: Sequence[Establishment], portal: Portal, at: datetime, random: Random
) -> None:
    """The customer is held up: one shop had not answered, the other is called off by the desk."""
    placed_at = at - timedelta(minutes=50)
    order = order_at(shops, portal, None, ONLINE, placed_at, random, after=at)
    pay(order, at=placed_at + timedelta(minutes=2))
    first, *others = order.merchant_orders.order_by("pk")
    cancel_merchant_order(first, by=GUEST, at=at - timedelta(minutes=40))
    for other in others:
        accept(other, by=WHO, at=at - timedelta(minutes=42))
        cancel_merchant_order(
            other,
            reason="Je ne pourrai pas passer, excusez-moi.",
            by=WHO,
            at=at - timedelta(minutes=35),
        )


def _never_paid(
    shops: Sequence[Establishment], portal: Portal, at: datetime, random: Random
) -> None:
    """Left at the bank's door yesterday."""
    placed_at = at - timedelta(days=1)
    order_at(shops[:1], portal, None, ONLINE, placed_at, random, after=at)


def _refused_by_the_bank(
    shops: Sequence[Establishment], portal: Portal, at: datetime, random: Random
) -> None:
    """The card was refused, and no other was tried in time."""
    placed_at = at - timedelta(hours=3)
    order = order_at(shops[:1], portal, None, ONLINE, placed_at, random, after=at)
    pay(order, at=placed_at + timedelta(minutes=2), number=REFUSED_CARD)


def _awaited(shops: Sequence[Establishment], portal: Portal, at: datetime, random: Random) -> None:
    """Ordered by telephone, the customer has opened the link to pay: it waits until tomorrow."""
    cart = fill_cart(shops[:1], portal, at, random)
    start_checkout(cart, portal=portal, at=at, source=OrderSource.PHONE)
    order = order_cart(cart, portal, None, ONLINE, at, after=at)
    first = order.merchant_orders.exclude(starts_at=None).order_by("starts_at").first()
    until = at + WAITS
    if first is not None and first.starts_at is not None:
        until = min(until, first.starts_at - timedelta(hours=1))
    if order.expires_at is not None and until > order.expires_at:
        keep_for_payment(order, until=until, at=at)
    open_visit(order, return_url="/", cancel_url="/", at=at)
