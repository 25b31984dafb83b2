"""A shared pickup point with somebody at it: the market hall, with the parcels of the day."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from chalandise.accounts.models import User
from chalandise.config.demo.buying import WHO, fill_cart, order_cart, pay, weigh_all
from chalandise.config.demo.diary import PARIS
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.arriving import note_arrival
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.kernel.errors import ChalandiseError
from chalandise.logistics.actions.keepers import invite_keeper
from chalandise.logistics.models import PickupPoint
from chalandise.ordering.models import MerchantOrder
from chalandise.portals.models import Portal

KEEPER = "halle@demo.test"
ORDERED_AGO = timedelta(hours=20)
"""Long enough for the merchant to have brought it by now."""
_NUMBERS = (2, 10, 14, 22, 26, 34, 38)
"""Numbers of orders that go to a shared point and are paid at once (`buying`)."""
BAGS = 2


def keep_hall(
    shops: Sequence[Establishment], portal: Portal, *, at: datetime, random: Random
) -> PickupPoint | None:
    """Give the first shared point its keeper, some parcels on its shelves and some on their way.

    Args:
        shops: who sells; those that bring there are chosen among them.
        portal: whose point.
        at: now.
        random: chooses goods.
    """
    point = PickupPoint.objects.filter(portal=portal, establishment=None).order_by("pk").first()
    if point is None:
        return None
    rosa = User.objects.create_user(KEEPER, "Rosa Préau")
    invite_keeper(point, rosa, by=WHO, at=at)
    morning = at.astimezone(PARIS).replace(hour=0, minute=0)
    bringing = set(point.services.values_list("establishment", flat=True))
    near = [shop for shop in shops if shop.pk in bringing]
    for place, number in enumerate(_NUMBERS if near else ()):
        placed_at = at - ORDERED_AGO - timedelta(minutes=11 * place)
        with suppress(ChalandiseError):  # a shelf was empty, a slot taken: as in life
            cart = fill_cart([near[place % len(near)]], portal, placed_at, random)
            order = order_cart(cart, portal, None, number, placed_at, after=morning, is_soon=True)
            pay(order, at=placed_at + timedelta(minutes=2))
            _bring(order.merchant_orders.get(), place, placed_at=placed_at, at=at)
    return point


def _bring(part: MerchantOrder, place: int, *, placed_at: datetime, at: datetime) -> None:
    """Take a parcel as far as its place says: there, half of it there, packed, or being made."""
    answered_at = placed_at + timedelta(minutes=12)
    accept(part, by=WHO, at=answered_at)
    if place == len(_NUMBERS) - 1:
        return
    weigh_all(part, at=answered_at)
    mark_ready(part, by=WHO, at=answered_at + timedelta(minutes=40), bags=1 + place % BAGS)
    brought_at = at - timedelta(minutes=30 - place)
    if place in (0, 1, 2):
        note_arrival(part, by=WHO, at=brought_at)
    elif place == 3:
        note_arrival(part, by=WHO, at=brought_at, bags=1)
