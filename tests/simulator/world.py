"""A small market, a clock that only the simulator moves, and the dice.

Little of everything, so that people meet: few goods with few pieces, slots with one or two places,
six buyers who want the same things. Nothing depends on a primary key, so a seed plays the same
whatever was in the database before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, TypeVar

from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, directory, logistics, market, organisations, payments, stock

from chalandise.catalogue.actions import agree_to_basket, compose_basket, publish_product
from chalandise.catalogue.models import Offer
from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.logistics.models import PickupPoint
from chalandise.ordering.actions.checkout import Who

if TYPE_CHECKING:
    from tests.simulator.second_bank import SecondBank

T = TypeVar("T")

START = moment("2026-10-23 16:00")  # a Friday; the night of 25 October has 25 hours
DST_NIGHT = moment("2026-10-25 00:30")
MERCHANT = Actor("person", "1", "Claire Fournil")
CUSTOMER = Actor.guest("customer")
PERSON = "@compte.test"  # where those with an account write from
DESK = Actor("staff", "1", "Hélène Standard")
BUYERS = 6


@dataclass
class Buyer:
    """What a person at a screen remembers: keys only, so nothing survives in memory but what a
    browser keeps."""

    who: Who
    cart: int | None = None
    checkout: int | None = None
    order: int | None = None
    visit: int | None = None
    account: int | None = None  # who signed in

    def forget(self) -> None:
        """Go away; what was ordered stands."""
        self.cart = self.checkout = self.order = self.visit = None


@dataclass
class World:
    """Everything that a step may touch."""

    dice: Random
    cast: Cast
    shops: list[Establishment]
    offers: list[Offer]
    counted: list[Offer]
    points: list[PickupPoint]
    hall: PickupPoint
    buyers: list[Buyer]
    now: datetime = START
    outbox_read: int = 0
    told: list[str] = field(default_factory=list)
    second_bank: SecondBank | None = None
    compared_since: datetime | None = None  # set by a step that has compared the books

    def one_of(self, things: Sequence[T]) -> T | None:
        """Draw one, or none where there is none."""
        return self.dice.choice(things) if things else None

    def chance(self, percent: int) -> bool:
        """Tell whether something happens that happens so often."""
        return self.dice.randrange(100) < percent

    def wait(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)


def build(cast: Cast, dice: Random) -> World:
    """Bring the market on stage: a bakery, a bookshop, a grocer who delivers day and night."""
    grocer = directory.establishment(
        "L’Épicerie du Pont",
        slug="epicerie-du-pont",
        hours="24/7",
        organisation=organisations.organisation(cast.claire),
        services=["pickup"],
    )
    shops = [
        market.shop(cast.bakery, prices=(450, 120), on_hand=dice.randint(2, 5), capacity=2),
        market.shop(  # what it sells keeps, and waits for whoever has paid
            cast.bookshop,
            prices=(1290, 2500),
            category="livres",
            on_hand=dice.randint(1, 3),
            capacity=1,
        ),
        market.shop(grocer, prices=(333, 1999, 75), on_hand=dice.randint(2, 6), capacity=1),
    ]
    loose = catalogue.offer(cast.bakery, price_cents=95)  # nobody counts it
    cheese = stock.counted(
        grocer, price_cents=2390, on_hand=dice.randint(2, 5), new={"estimate_grams": 410}
    )
    hamper = _hamper(cast, {shops[0].offers[0]: 2, shops[1].offers[0]: 1, loose: 1})
    logistics.zone(grocer, *((day, "18:00", "20:00", 1) for day in range(7)))
    logistics.parcel(cast.bookshop)
    hall = logistics.pooled_point(cast.lot, hours="24/7", slot_minutes=60, capacity=1)
    for shop in (cast.bakery, grocer):
        logistics.joins(hall, shop)
    for place in (cast.bakery, cast.bookshop, grocer):
        payments.merchant_account(place, at=START)
    names = ("Nadia", "Omar", "Lise", "Paul", "Rose", "Yann")
    return World(
        dice=dice,
        cast=cast,
        shops=[cast.bakery, cast.bookshop, grocer],
        offers=[*(offer for shop in shops for offer in shop.offers), cheese, hamper, loose],
        counted=[*(offer for shop in shops for offer in shop.offers), cheese],
        points=[*(shop.point for shop in shops), hall],
        hall=hall,
        buyers=[
            Buyer(Who(name, f"{name.lower()}@exemple.test", f"+3360000000{place}", ADDRESS))
            for place, name in enumerate(names[:BUYERS])
        ],
    )


def _hamper(cast: Cast, parts: dict[Offer, int]) -> Offer:
    """A gift basket of two shops, put together by the bakery."""
    basket = compose_basket(
        cast.bakery,
        name="Panier de Noël",
        price_cents=2800,
        parts={offer.pk: quantity for offer, quantity in parts.items()},
        by=MERCHANT,
        at=START,
    )
    for invitation in basket.invitations.order_by("pk"):
        agree_to_basket(invitation, by=MERCHANT, at=START)
    publish_product(basket, by=MERCHANT, at=START)
    return catalogue.offer_of(basket)


ADDRESS = market.NADIA.address
