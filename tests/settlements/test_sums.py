"""What the order's page says was paid, given back and stands is what the books say, cent for cent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import bank, catalogue, orders, payments
from tests.factories.orders import NOON

from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.ordering.actions.changing import give_gesture, line_missing
from chalandise.ordering.actions.serving import accept_merchant_order
from chalandise.ordering.actions.withdrawing import confirm_withdrawal, grant_withdrawal
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.queries.lines import standing_of
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.models import Refund
from chalandise.payments.sums import Sums, sums_of
from chalandise.settlements.queries.doors import receipt_of

pytestmark = pytest.mark.django_db
BY = Actor("merchant", "1", "Claire")
LATER = NOON + timedelta(hours=1)
NADIA = {"name": "Nadia", "email": "nadia@exemple.test"}


RECAP = {
    "establishment": "Au fournil",
    "seller": {},
    "way": {"kind": "pickup", "label": "Retrait", "address": ""},
    "starts_at": "",
    "ends_at": "",
    "promised_on": "2026-11-24",
    "gathered_by": "",
    "lines": [],
    "vat": [],
}


def hear_all() -> None:
    """Hand on what was not heard yet, in order, until nothing new is said."""
    heard = 0
    while new := list(OutboxEvent.objects.filter(pk__gt=heard).order_by("pk")):
        dispatch(new)
        heard = new[-1].pk


@pytest.fixture
def order(cast: Cast) -> Order:
    """Two shops, paid in one visit at the bank, accepted."""
    for shop in (cast.bakery, cast.bookshop):
        assert shop.organisation is not None
        catalogue.seller(shop.organisation)
    made = orders.order_at(cast.lot, cast.bakery, cast.bookshop)
    Order.objects.update(recap={"merchants": [RECAP, RECAP]})
    visit = payments.visit(made)
    payments.pay(visit, bank.AT_ONCE)
    for payment in visit.payments.order_by("pk"):
        settle(payment.pk, at=NOON)
    for part in made.merchant_orders.order_by("pk"):
        accept_merchant_order(part, by=BY, at=NOON)
    return made


def check(part: MerchantOrder) -> Sums:
    """Compare the page's figures with the books and with what stands."""
    sums = sums_of([part])[part.pk].sums
    books = receipt_of(part)
    assert (sums.taken, sums.back) == (books.paid_cents, books.refunded_cents)
    assert sums.kept == sums.now
    assert sums.due == 0
    standing = sum(one.cents for one in standing_of([part])[part.pk])
    assert sums.now - sums_of([part])[part.pk].fee_cents == standing
    return sums


def test_missing_withdrawn_and_a_gesture_agree_with_the_books(order: Order, client: Client) -> None:
    first, second = order.merchant_orders.order_by("pk")
    hear_and_send()
    assert not check(first).has_changed
    line = first.lines.order_by("position")[0]
    line_missing(line, quantity=1, by=BY, at=LATER)
    asked = sums_of([first])[first.pk].sums
    assert asked.now == asked.ordered - line.unit_price_cents
    hear_and_send()
    assert check(first).back == line.unit_price_cents
    give_gesture(second.lines.order_by("position")[0], cents=100, reason="pardon", by=BY, at=LATER)
    hear_and_send()
    assert check(second).back == 100
    lines = {one.line.pk: one.free for one in standing_of([first])[first.pk] if one.free}
    (made,) = confirm_withdrawal(order, lines, at=LATER, **NADIA)
    grant_withdrawal(made, by=BY, at=LATER)
    hear_and_send()
    assert check(first).now == 0
    page = client.get(reverse("storefront:order", args=[order.token])).content.decode()
    everything = sums_of(order.merchant_orders.all())
    total = sum((one.sums for one in everything.values()), Sums())
    for cents in (total.ordered, total.now, total.taken, total.back, total.kept):
        assert f"{cents // 100},{cents % 100:02d}" in page
    assert "1 manquant" in page
    assert "Reste payé" in page
    assert "En tout" in page


def test_the_figures_cost_the_same_whatever_the_order(
    order: Order, django_assert_num_queries: object
) -> None:
    parts = list(order.merchant_orders.order_by("pk"))
    for some in (parts[:1], parts):  # nothing happened to any line: nothing more is asked
        with django_assert_num_queries(3):  # type: ignore[operator] # a fixture of pytest-django
            sums_of(some)
    for part in parts:
        line_missing(part.lines.order_by("position")[0], quantity=1, by=BY, at=LATER)
        free = {one.line.pk: one.free for one in standing_of([part])[part.pk] if one.free}
        confirm_withdrawal(order, free, at=LATER, **NADIA)
    for some in (parts[:1], parts):
        with django_assert_num_queries(7):  # type: ignore[operator]
            sums_of(some)


def hear_and_send() -> None:
    """Hand on every event, and send every refund that was promised."""
    hear_all()
    for refund in Refund.objects.filter(state="requested").order_by("pk"):
        send_refund(refund.pk, at=LATER)
    hear_all()
