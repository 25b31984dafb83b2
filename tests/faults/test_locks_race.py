"""Every lock of a room, and what happens when it is taken out: two people at once, both ways."""

from __future__ import annotations

from functools import partial

import pytest
from tests.cast import Cast
from tests.factories import catalogue, market, payments
from tests.faults.locking import meet, run
from tests.faults.races import RACES

from chalandise.journal.models import Entry
from chalandise.ordering.actions.cart import add_to_cart, merge_carts
from chalandise.ordering.models import Cart
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
