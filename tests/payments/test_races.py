"""Two real transactions at the same moment, and the same with the lock off, which must fail.

Each race is run with its lock and then without it: a lock that nobody would miss is not tested.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from tests.cast import Cast
from tests.factories import payments
from tests.factories.orders import NOON, order_at
from tests.factories.payments import at_the_bank
from tests.payments.test_settling import event_of

from chalandise.bank.models import BankCharge, BankSession
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.failpoints import armed
from chalandise.ordering.models import Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions import refunding, settling
from chalandise.payments.actions.inbox import Received, receive_event
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.settling import Settled, settle
from chalandise.payments.actions.visiting import Onward, continue_visit, open_visit
from chalandise.payments.errors import RefundTooLargeError
from chalandise.payments.models import InboxEvent, Payment, Refund, Visit

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system("test")
LATER = NOON + timedelta(minutes=1)


def together(*acts: Callable[[], object], at: str) -> list[Any]:
    """Run the acts in threads of their own, released together when all have reached a failpoint.

    Returns what each returned, or the exception it raised.
    """
    barrier = threading.Barrier(len(acts), timeout=20)
    passed = threading.local()
    results: list[Any] = [None] * len(acts)

    def meet() -> None:
        if not getattr(passed, "once", False):
            passed.once = True
            barrier.wait()

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            results[place] = act()
        except Exception as error:  # noqa: BLE001 - handed to the test
            results[place] = error
        finally:
            if not getattr(passed, "once", False):
                barrier.abort()
            connection.close()

    with armed(at, meet):
        threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    return results


@contextmanager
def without_lock(*modules: Any) -> Iterator[None]:
    """Read the payment as if nobody else could be at it."""

    def unlocked(payment_id: int) -> Payment:
        return Payment.objects.get(pk=payment_id)

    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for module in modules:
            patch.setattr(module, "lock_payment", unlocked)
        stack.enter_context(_slowly())
        yield


@contextmanager
def _slowly() -> Iterator[None]:
    """Let the other one in between reading and writing."""
    barrier = threading.Barrier(2, timeout=3)

    def wait() -> None:
        try:
            barrier.wait()
        except threading.BrokenBarrierError:
            return

    with armed("payments.settle.locked", wait), armed("payments.refund.weighed", wait):
        yield


def paid(cast: Cast) -> tuple[Order, Payment]:
    order = order_at(cast.lot, cast.bakery)
    visit = payments.visit(order)
    payments.pay(visit)
    return order, visit.payments.get()


def captured(cast: Cast) -> Payment:
    _order, payment = paid(cast)
    settle(payment.pk, at=LATER)
    payment.refresh_from_db()
    return payment


@pytest.mark.parametrize("count", [2, 6])
def test_fault_06_whoever_comes_together_settles_once(cast: Cast, count: int) -> None:
    order, payment = paid(cast)
    acts = [lambda: settle(payment.pk, at=LATER)] * count
    told = together(*acts, at="payments.looked_up")
    assert sorted(told) == [Settled.ALREADY] * (count - 1) + [Settled.PAID]
    assert order.merchant_orders.get().state == MerchantOrderState.PLACED
    assert OutboxEvent.objects.filter(kind="payments.payment_captured").count() == 1
    assert not Refund.objects.exists()


def test_without_the_lock_of_06_one_of_two_fails(cast: Cast) -> None:
    _order, payment = paid(cast)
    with without_lock(settling):
        told = together(*[lambda: settle(payment.pk, at=LATER)] * 2, at="payments.looked_up")
    assert sorted(type(one).__name__ for one in told) == ["Settled", "StaleStateError"]


def test_fault_06_the_browser_and_the_event_arrive_together(cast: Cast) -> None:
    order, payment = paid(cast)
    headers, body = event_of(at_the_bank(payment))
    visit = Visit.objects.get()
    told = together(
        lambda: continue_visit(visit, at=LATER),
        lambda: receive_event("simulated", headers, body, at=NOON),
        at="payments.looked_up",
    )
    assert told == [Onward(), Received.SETTLED]
    assert order.merchant_orders.get().state == MerchantOrderState.PLACED
    assert OutboxEvent.objects.filter(kind="payments.payment_captured").count() == 1
    assert not Refund.objects.exists()


def test_fault_08_the_same_event_twice_at_once_acts_once(cast: Cast) -> None:
    order, payment = paid(cast)
    headers, body = event_of(at_the_bank(payment))
    results = together(
        *[lambda: receive_event("simulated", headers, body, at=NOON)] * 2, at="payments.looked_up"
    )
    assert sorted(results) == [Received.REPEATED, Received.SETTLED]
    assert InboxEvent.objects.count() == 1
    assert order.merchant_orders.get().state == MerchantOrderState.PLACED


def test_fault_05_two_presses_at_once_open_one_visit(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery, cast.bookshop)
    for shop in (cast.bakery, cast.bookshop):
        payments.merchant_account(shop)

    def press() -> str:
        return open_visit(order, return_url="/r/", cancel_url="/c/", at=NOON).url

    told = together(*[press] * 4, at="payments.visit.asked")
    assert len(told) == 4
    assert len(set(told)) == 1
    assert (Visit.objects.count(), Payment.objects.count()) == (1, 2)
    assert (BankSession.objects.count(), BankCharge.objects.count()) == (1, 2)


def test_fault_05_whoever_lost_the_race_is_sent_to_the_page_of_whoever_won(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery)
    payments.merchant_account(cast.bakery)
    first: list[str] = []

    def press() -> str:
        return open_visit(order, return_url="/r/", cancel_url="/c/", at=NOON).url

    def overtaken() -> None:
        if not first:
            first.append("on its way")
            first[0] = press()

    with armed("payments.visit.recorded", overtaken):
        second = press()
    assert second == first[0] != ""


def test_fault_21_two_refunds_at_once_never_exceed_the_capture(cast: Cast) -> None:
    payment = captured(cast)

    def give(key: str) -> Callable[[], object]:
        cause = Cause(key, "gesture")
        mine = Payment.objects.get(pk=payment.pk)
        return lambda: refund_payment(mine, amount_cents=1500, cause=cause, by=BY, at=LATER)

    told = together(give("a"), give("b"), at="payments.refund.asked")
    assert sorted(type(one).__name__ for one in told) == ["Refund", "RefundTooLargeError"]
    payment.refresh_from_db()
    assert payment.refunded_cents == 1500
    assert Refund.objects.count() == 1


def test_without_the_lock_of_21_only_the_database_stops_the_second(cast: Cast) -> None:
    payment = captured(cast)

    def give(key: str) -> Callable[[], object]:
        cause = Cause(key, "gesture")
        mine = Payment.objects.get(pk=payment.pk)
        return lambda: refund_payment(mine, amount_cents=1500, cause=cause, by=BY, at=LATER)

    with without_lock(refunding):
        told = together(give("a"), give("b"), at="payments.refund.asked")
    kinds = {type(one) for one in told}
    assert kinds == {Refund, IntegrityError}
    assert RefundTooLargeError not in kinds


def test_one_cause_asked_twice_at_once_gives_back_once(cast: Cast) -> None:
    payment = captured(cast)
    cause = Cause("withdrawal:1", "withdrawal")

    def give() -> object:
        mine = Payment.objects.get(pk=payment.pk)
        return refund_payment(mine, amount_cents=500, cause=cause, by=BY, at=LATER).pk

    told = together(give, give, at="payments.refund.asked")
    assert told[0] == told[1] == Refund.objects.get().pk
