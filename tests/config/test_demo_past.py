"""The weeks before the demonstration were lived through: books, statements, nothing out of order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.factories import market, payments
from tests.patience import turn

from chalandise.config.demo import past
from chalandise.config.demo.diary import Story, live_through
from chalandise.config.demo.past import stories_of
from chalandise.fulfilment.models import Fulfilment
from chalandise.journal.models import Entry
from chalandise.ordering.models import Order, ReservationRequest
from chalandise.settlements.models import Invoice, SalesClosure, SalesRecord, Statement
from chalandise.settlements.queries.comparing import compare_with_payments
from chalandise.settlements.queries.verifying import verify

pytestmark = pytest.mark.django_db


def test_five_weeks_leave_books_that_hold(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "ORDERS", 24)
    monkeypatch.setattr(past, "REQUESTS", 4)
    opened_at = market.NOW - timedelta(days=40)
    for shop in (cast.bakery, cast.bookshop):
        market.shop(shop, on_hand=200, capacity=50)
        payments.merchant_account(shop, at=opened_at)
    stories = stories_of(
        [cast.bakery, cast.bookshop, cast.bookshop],
        cast.lot,
        nadia=cast.nadia,
        until=market.NOW,
        seed=3,
    )
    with turn():  # some five weeks in one transaction
        assert live_through(stories, until=market.NOW) > 60
    first = Order.objects.earliest("placed_at").placed_at
    assert market.NOW - timedelta(days=36) < first < market.NOW - timedelta(days=30)
    assert not Entry.objects.filter(happened_at__gt=market.NOW).exists()
    assert {"handed_over", "stopped"} <= set(Fulfilment.objects.values_list("state", flat=True))
    assert ReservationRequest.objects.filter(state="collected").exists()
    records = SalesRecord.objects.order_by("organisation", "number")
    assert {one.recorded_at for one in records} <= {one.happened_at for one in records}
    assert Invoice.objects.filter(kind="credit_note").exists()
    assert SalesClosure.objects.filter(period="day").count() > 5
    assert Statement.objects.filter(lines__0__isnull=False).exists()
    assert verify().faults == ()
    assert not list(compare_with_payments(until=market.NOW))


def test_stories_are_told_in_the_order_of_their_moments() -> None:
    told: list[int] = []

    def story(*moments: int) -> Story:
        for moment in moments:
            yield market.NOW + timedelta(hours=moment)
            told.append(moment)

    def longer() -> Story:
        yield market.NOW
        told.append(0)
        yield story(1, 3)
        yield market.NOW + timedelta(hours=2)
        told.append(2)

    assert live_through([longer(), story(9)], until=market.NOW + timedelta(hours=8)) == 4
    assert told == [0, 1, 2, 3]
