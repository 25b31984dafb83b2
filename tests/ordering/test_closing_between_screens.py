"""A place closes while somebody stands between two screens of the checkout (faults 10, 15)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.factories import logistics, market

from chalandise.directory.models import ExceptionalClosing
from chalandise.journal.states import Actor
from chalandise.logistics.actions import shut_point
from chalandise.logistics.models import PickupPoint, SlotHold
from chalandise.ordering.actions.checkout import choose_ways, say_who
from chalandise.ordering.errors import TermsChangedError, WayGoneError
from chalandise.ordering.models import Checkout, Order

pytestmark = pytest.mark.django_db
BY = Actor("agent", "1", "Hélène")
NOW = market.NOW


def started_at_the_hall(cast: Cast) -> tuple[Checkout, PickupPoint]:
    """A checkout that has held the first time of a pooled point."""
    shop = market.shop(cast.bakery)
    hall = logistics.pooled_point(cast.lot)
    logistics.joins(hall, cast.bakery)
    return market.checked_out(cast.lot, (shop.offers[0], 1), kinds={cast.bakery.pk: "point"}), hall


def shut_for_a_week(hall: PickupPoint) -> None:
    ends_at = NOW + timedelta(days=8)
    shut_point(hall, starts_at=NOW, ends_at=ends_at, reason="Travaux", by=BY, at=NOW)


@pytest.mark.parametrize("is_for_good", [True, False])
def test_a_point_that_closes_before_the_button_takes_no_order(
    cast: Cast, *, is_for_good: bool
) -> None:
    checkout, hall = started_at_the_hall(cast)
    if is_for_good:
        PickupPoint.objects.filter(pk=hall.pk).update(is_active=False)
    else:
        shut_for_a_week(hall)
    with pytest.raises(TermsChangedError):
        market.place(checkout)
    assert not Order.objects.exists()


def test_a_point_that_closes_while_the_ways_are_shown_is_not_chosen(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    hall = logistics.pooled_point(cast.lot)
    logistics.joins(hall, cast.bakery)
    checkout = market.started(cast.lot, (shop.offers[0], 1))
    say_who(checkout, market.NADIA, at=NOW)
    wishes = market.first_ways(checkout, at=NOW, kinds={cast.bakery.pk: "point"})
    PickupPoint.objects.filter(pk=hall.pk).update(is_active=False)
    with pytest.raises(WayGoneError):
        choose_ways(checkout, wishes, at=NOW)
    assert not SlotHold.objects.exists()


def test_what_a_counter_held_before_its_closing_was_announced_stays_promised(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (shop.offers[0], 1))
    held = SlotHold.objects.get().slot.starts_at
    ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on=held.date(), ends_on=held.date()
    )
    order = market.place(checkout, pays="on_collection")
    assert order.merchant_orders.get().starts_at == held
