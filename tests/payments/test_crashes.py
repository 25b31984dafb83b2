"""Fault 28: killed with `kill -9` between any two steps, a purchase ends as if nothing had happened.

The places are not listed: one run is traced, then a process of its own is killed at each place that
was passed, one after the other. Afterwards comes what production does by itself, and the customer
who presses the button again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import Sum
from tests.cast import Cast
from tests.factories import payments
from tests.factories.orders import NOON, order_at
from tests.killing import run_and_be_killed

from chalandise.bank.actions.news import deliver_events
from chalandise.bank.models import BankCharge, BankRefund
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.failpoints import armed, traced
from chalandise.ordering.models import Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.refunding import Cause, refund_merchant_order
from chalandise.payments.actions.sending import send_refunds
from chalandise.payments.actions.settling import Settled, settle
from chalandise.payments.actions.visiting import continue_visit, open_visit
from chalandise.payments.actions.watching import compare_books, watch_payments
from chalandise.payments.errors import NothingToPayError
from chalandise.payments.models import Discrepancy, InboxEvent, Payment, ProviderCall
from chalandise.payments.queries import order_paid, refunds_to_send
from chalandise.payments.states import PaymentState

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system("test")
BACK_CENTS = 450


def pay(order: Order, *, at: datetime) -> None:
    """The customer presses, pays and comes back; nothing happens where all is paid."""
    try:
        visit = open_visit(order, return_url="/r/", cancel_url="/c/", at=at)
    except NothingToPayError:
        return
    if not BankCharge.objects.filter(state="captured").exists():
        payments.pay(visit, at=at)
    continue_visit(visit, at=at)


def buy(order: Order, *, at: datetime) -> None:
    """A whole purchase, told by the bank too, then a part of the money back."""
    pay(order, at=at)
    deliver_events(at=at)
    part = order.merchant_orders.order_by("pk")[0]
    cause = Cause(f"gesture:{part.pk}", "gesture")
    refund_merchant_order(part.pk, amount_cents=BACK_CENTS, cause=cause, by=BY, at=at)
    send_refunds(refunds_to_send(at=at, most=9), at=at)


def time_heals(*, at: datetime) -> None:
    """What the jobs do by themselves within some minutes."""
    for minute in range(4):
        now = at + timedelta(minutes=minute)
        watch_payments(at=now)
        deliver_events(at=now)
        send_refunds(refunds_to_send(at=now, most=9), at=now)


def check_all_is_well(order: Order) -> None:
    paid = order_paid(order)
    assert [one.merchant_order.state for one in paid.parts] == [MerchantOrderState.PLACED] * 2
    assert paid.paid_cents == order.total_cents - BACK_CENTS
    assert Payment.objects.filter(state=PaymentState.CAPTURED).count() == 2
    at_bank = BankCharge.objects.aggregate(taken=Sum("captured_cents"), back=Sum("refunded_cents"))
    assert at_bank == {"taken": order.total_cents, "back": BACK_CENTS}
    assert BankRefund.objects.count() == 1
    assert OutboxEvent.objects.filter(kind="payments.payment_captured").count() == 2
    assert OutboxEvent.objects.filter(kind="payments.refund_done").count() == 1
    assert not ProviderCall.objects.filter(kind="refund", answer=None).exists()
    assert InboxEvent.objects.count() == InboxEvent.objects.values("event_id").distinct().count()
    told = compare_books(since=NOON - timedelta(days=1), at=NOON + timedelta(minutes=20))
    assert (told.faults, told.mended, told.orphans) == (0, 0, 0)
    assert not Discrepancy.objects.exists()


def order_of_two(cast: Cast) -> Order:
    order = order_at(cast.lot, cast.bakery, cast.bookshop)
    for shop in (cast.bakery, cast.bookshop):
        payments.merchant_account(shop)
    return order


def clean(cast: Cast) -> None:
    """Empty the books of the last turn; the merchants and their accounts stay."""
    for model in (BankRefund, InboxEvent, ProviderCall, OutboxEvent):
        model.objects.all().delete()
    BankCharge.objects.all().delete()
    for payment in Payment.objects.all():
        payment.refunds.all().delete()
    Payment.objects.all().delete()
    assert cast


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fault_28_killed_anywhere_a_purchase_ends_as_if_nothing_had_happened(cast: Cast) -> None:
    order = order_of_two(cast)
    with traced() as places:
        buy(order, at=NOON)
    check_all_is_well(order)
    assert len(places) >= 20
    assert {place.split(".")[0] for place in places} >= {"payments"}
    for step in range(len(places)):
        clean(cast)
        order = order_of_two(cast)
        run_and_be_killed(lambda order=order: buy(order, at=NOON), step, places)  # type: ignore[misc]
        time_heals(at=NOON + timedelta(minutes=1))
        buy(order, at=NOON + timedelta(minutes=6))
        time_heals(at=NOON + timedelta(minutes=7))
        check_all_is_well(order)


@pytest.mark.parametrize("is_committed", [False, True])
def test_fault_29_a_connection_that_dies_at_commit_is_looked_up_not_guessed(
    cast: Cast, is_committed: bool
) -> None:
    order = order_at(cast.lot, cast.bakery)
    visit = payments.visit(order)
    payments.pay(visit)
    payment = visit.payments.get()
    really = connection._commit  # type: ignore[attr-defined]

    def commit_into_the_void() -> None:
        if is_committed:
            really()
        connection.connection.close()
        raise OperationalError("the server closed the connection unexpectedly")

    def break_it() -> None:
        connection._commit = commit_into_the_void  # type: ignore[attr-defined]

    try:
        with armed("payments.settle.placed", break_it), pytest.raises(OperationalError):
            settle(payment.pk, at=NOON)
    finally:
        connection._commit = really  # type: ignore[attr-defined]
        connection.close()
    expected = Settled.ALREADY if is_committed else Settled.PAID
    assert settle(payment.pk, at=NOON) is expected
    assert order_paid(order).is_complete
    assert OutboxEvent.objects.filter(kind="payments.payment_captured").count() == 1
    assert BankCharge.objects.get().captured_cents == order.total_cents
