"""Every lock of a room, and what happens when it is taken out: two people at once, both ways."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from tests.cast import Cast
from tests.factories import catalogue, market, payments
from tests.faults.locking import Meeting, Race, meet, run
from tests.faults.races import RACES
from tests.faults.races.of_orders import MERCHANT, ordered

from chalandise.catalogue.actions import change_price, compose_basket, withdraw_product
from chalandise.catalogue.models import BasketPart, Product
from chalandise.catalogue.queries import terms_of
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.fulfilment.actions.preparing import accept
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.states import Actor
from chalandise.ordering.actions.cart import add_to_cart, merge_carts
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.serving import cancel_for_customer
from chalandise.ordering.models import Cart, MerchantOrder
from chalandise.payments.actions.visiting import end_visit
from chalandise.payments.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)
NOW = market.NOW


@pytest.mark.parametrize("lock", RACES)
def test_two_at_once_come_out_right_and_with_the_lock_off_they_do_not(
    cast: Cast, lock: str
) -> None:
    race = RACES[lock]
    assert run(race, cast, lock, is_off=False) == race.right
    assert run(race, cast, lock, is_off=True) == race.wrong


def test_a_visit_needs_no_lock_to_be_closed_once(cast: Cast) -> None:
    """The step names the state it leaves: who comes second moves nothing and tells nothing."""
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 1), pays="online")
    visit = payments.visit(order, at=NOW)
    close = partial(end_visit, visit, at=NOW)
    again = partial(end_visit, Visit.objects.get(), at=NOW)
    assert meet(close, again)[:2] == (None, None)
    assert Visit.objects.get().state == "closed"
    assert Entry.objects.filter(subject=f"payments.visit:{visit.pk}").count() == 1


def pressed_meanwhile(cast: Cast, first: Callable[[MerchantOrder], object]) -> Meeting:
    """A customer presses « cancel » on a page that is as old as what comes first."""
    part = ordered(cast)
    seen = MerchantOrder.objects.get(pk=part.pk)
    due = OutboxEvent.objects.filter(
        kind="ordering.refund_due", payload__merchant_order_id=part.pk
    ).count
    return Meeting(
        partial(first, part),
        partial(cancel_for_customer, seen, by=Actor.guest("customer"), at=NOW),
        lambda: (MerchantOrder.objects.get(pk=part.pk).state, due()),
    )


def comes_in(part: MerchantOrder) -> str:
    return str(mark_paid(part.pk, at=NOW))


def is_accepted(part: MerchantOrder) -> None:
    mark_paid(part.pk, at=NOW)
    accept(part, by=MERCHANT, at=NOW)


@pytest.mark.parametrize(
    ("first", "right", "wrong"),
    [
        (comes_in, ("placed", None, ("cancelled", 1)), ("placed", None, ("cancelled", 0))),
        (
            is_accepted,
            (None, "StaleStateError", ("accepted", 0)),
            (None, None, ("cancelled", 0)),
        ),
    ],
)
def test_a_cancel_meets_the_payment_or_the_merchants_yes(
    cast: Cast, first: Callable[[MerchantOrder], object], right: Any, wrong: Any
) -> None:
    race = Race(partial(pressed_meanwhile, first=first), right, wrong)
    lock = "ordering.queries.locking.lock_part"
    assert run(race, cast, lock, is_off=False) == right
    assert run(race, cast, lock, is_off=True) == wrong


@pytest.mark.parametrize("is_merged_first", [True, False])
def test_lines_need_no_lock_to_be_brought_along(cast: Cast, *, is_merged_first: bool) -> None:
    """What is put into the cart at the very moment of signing in is one line with what came."""
    offer, other = catalogue.offer(cast.bakery), catalogue.offer(cast.bakery)
    mine = market.cart(cast.lot, (other, 1), user=cast.nadia)
    guest = market.cart(cast.lot, (offer, 3), (other, 2))
    acts = [
        partial(merge_carts, guest, user=cast.nadia, portal=cast.lot, at=NOW),
        partial(add_to_cart, mine, offer.pk, quantity=1, portal=cast.lot, at=NOW),
    ]
    one, two, _has_waited = meet(*(acts if is_merged_first else reversed(acts)))
    assert (one, two) == (mine, mine)
    lines = dict(Cart.objects.get().lines.values_list("offer", "quantity"))
    assert lines == {offer.pk: 4 if is_merged_first else 3, other.pk: 2}


@pytest.mark.parametrize("is_composed_first", [True, False])
@pytest.mark.parametrize("what", ["price", "withdrawn"])
def test_a_basket_composed_while_a_part_moves_is_never_sold_below_it(
    cast: Cast, what: str, *, is_composed_first: bool
) -> None:
    bread = catalogue.offer(cast.bakery, price_cents=600)
    book = catalogue.offer(cast.bookshop, price_cents=1500)
    compose = partial(
        compose_basket,
        cast.bakery,
        name="Panier",
        price_cents=2500,
        parts={bread.pk: 1, book.pk: 1},
        by=catalogue.BY,
        at=NOW,
    )
    move: Callable[[], object] = (
        partial(change_price, book, price_cents=1700, by=catalogue.BY, at=NOW)
        if what == "price"
        else partial(withdraw_product, book.variant.product, by=catalogue.BY, at=NOW)
    )
    meet(*((compose, move) if is_composed_first else (move, compose)))
    if what == "price":
        assert BasketPart.objects.get(offer=book).share_cents == 1700
        return
    for made in Product.objects.filter(kind="basket"):
        assert "basket:not_on_shelf" in missing_to_publish(made)
        pk = catalogue.offer_of(made).pk
        assert not terms_of([pk], at=NOW)[pk].is_orderable
