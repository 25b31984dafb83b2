"""What a purchase costs the database, for one merchant and for three; the bank's own not counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories import directory, organisations, payments
from tests.factories.orders import NOON, order_at

from chalandise.payments.actions.settling import settle
from chalandise.payments.actions.visiting import open_visit
from chalandise.payments.queries import order_paid, sells_online

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)
NOT_OURS = ("SAVEPOINT", "RELEASE", '"bank_', "advisory")


def ours(captured: CaptureQueriesContext) -> int:
    return sum(not any(mark in one["sql"] for mark in NOT_OURS) for one in captured)


def shops(cast: Cast, count: int) -> list[Any]:
    made = [
        directory.establishment(organisation=organisations.organisation(cast.claire))
        for _n in range(count)
    ]
    for shop in made:
        payments.merchant_account(shop)
    return made


@pytest.mark.parametrize(("count", "statements"), [(1, 16), (3, 22)])
def test_opening_a_visit_costs_three_statements_more_for_each_merchant(
    cast: Cast, count: int, statements: int
) -> None:
    order = order_at(cast.lot, *shops(cast, count))
    with CaptureQueriesContext(connection) as captured:
        open_visit(order, return_url="/r/", cancel_url="/c/", at=NOON)
    assert ours(captured) == statements


def test_settling_costs_the_same_for_every_payment(cast: Cast) -> None:
    visit = payments.visit(order_at(cast.lot, *shops(cast, 3)))
    payments.pay(visit)
    costs = []
    for payment in visit.payments.all():
        with CaptureQueriesContext(connection) as captured:
            settle(payment.pk, at=LATER)
        costs.append(ours(captured))
    assert len(set(costs)) == 1
    assert costs[0] <= 22


@pytest.mark.parametrize("count", [1, 6])
def test_how_an_order_stands_costs_two_statements(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    order = order_at(cast.lot, *shops(cast, count))
    with django_assert_num_queries(2):
        order_paid(order)


@pytest.mark.parametrize("count", [1, 6])
def test_who_sells_online_costs_one_statement(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    wanted = [shop.organisation_id for shop in shops(cast, count)]
    with django_assert_num_queries(1):
        assert sells_online(wanted, at=NOON) == set(wanted)
