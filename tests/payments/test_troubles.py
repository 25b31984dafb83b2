"""One account or one payment in trouble keeps nobody else's from being watched, paid or given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.factories import payments
from tests.factories.orders import NOON, order_at

from chalandise.bank.actions.faults import script_fault
from chalandise.bank.models import BankAccount, BankCharge
from chalandise.bank.states import FaultKind
from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.ordering.models import Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.holding import turn_holds
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refunds
from chalandise.payments.actions.settling import Remedy, put_right, settle
from chalandise.payments.actions.visiting import continue_visit
from chalandise.payments.actions.watching import compare_books, watch_payments
from chalandise.payments.models import (
    Discrepancy,
    MerchantAccount,
    Payment,
    ProviderCall,
    Refund,
    Visit,
)
from chalandise.payments.ports import STOPPED
from chalandise.payments.queries import refunds_to_send, why_payouts_wait
from chalandise.payments.states import DiscrepancyKind, PaymentState

pytestmark = pytest.mark.django_db
HELENE = Actor("agent", "1", "Hélène")
LATER = NOON + timedelta(minutes=1)
SINCE = NOON - timedelta(days=1)
GONE = "stripe"  # whose key is not set here: a provider of before


def paid_at(cast: Cast, shop: Establishment) -> tuple[Order, Payment]:
    order = order_at(cast.lot, shop)
    visit = payments.visit(order)
    payments.pay(visit)
    return order, visit.payments.get()


def leave(payment: Payment) -> None:
    """Let a payment, its visit and its account be those of a provider that is gone."""
    Payment.objects.filter(pk=payment.pk).update(provider=GONE)
    Visit.objects.filter(pk=payment.visit_id).update(provider=GONE)
    MerchantAccount.objects.filter(reference=payment.account_reference).update(provider=GONE)


def captured(cast: Cast, shop: Establishment) -> Payment:
    _order, payment = paid_at(cast, shop)
    settle(payment.pk, at=LATER)
    payment.refresh_from_db()
    return payment


def give(payment: Payment, cents: int, key: str) -> Refund:
    return refund_payment(
        payment, amount_cents=cents, cause=Cause(key, "gesture"), by=HELENE, at=LATER
    )


def test_a_payment_whose_provider_is_gone_leaves_the_next_shop_s_order_to_be_settled(
    cast: Cast,
) -> None:
    _order, left = paid_at(cast, cast.bakery)
    leave(left)
    order, _payment = paid_at(cast, cast.bookshop)
    assert watch_payments(at=LATER) == 1
    assert order.merchant_orders.get().state == MerchantOrderState.PLACED
    later = NOON + timedelta(hours=1)  # its visit is over, too
    for again in range(2):
        assert watch_payments(at=later + timedelta(minutes=again)) == 0
    found = Discrepancy.objects.get()
    assert (found.kind, found.payment, found.organisation) == (
        DiscrepancyKind.UNWATCHED,
        left,
        cast.bakery.organisation,
    )
    assert found.detail["code"] == "ProviderMissingError"
    assert continue_visit(Visit.objects.get(provider=GONE), at=LATER).is_checking


def test_what_cannot_be_watched_stops_no_payouts_and_is_over_once_it_is_noted(cast: Cast) -> None:
    _order, left = paid_at(cast, cast.bakery)
    leave(left)
    watch_payments(at=LATER)
    assert cast.bakery.organisation is not None
    assert why_payouts_wait(cast.bakery.organisation, at=LATER) is None
    put_right(Discrepancy.objects.get(), Remedy.NOTED, by=HELENE, at=LATER, note="vu avec Claire")
    left.refresh_from_db()
    assert left.state == PaymentState.CANCELLED
    watch_payments(at=LATER)
    assert not Visit.objects.filter(provider=GONE, state="open").exists()
    assert not Discrepancy.objects.filter(state="open").exists()


def test_an_account_whose_provider_is_gone_leaves_the_others_to_be_compared(cast: Cast) -> None:
    _order, left = paid_at(cast, cast.bakery)
    leave(left)
    order, _payment = paid_at(cast, cast.bookshop)
    for _again in range(2):
        assert compare_books(since=SINCE, at=LATER).seen == 1
    assert order.merchant_orders.get().state == MerchantOrderState.PLACED
    found = Discrepancy.objects.get()
    assert (found.kind, found.payment, found.organisation) == (
        DiscrepancyKind.UNWATCHED,
        None,
        cast.bakery.organisation,
    )
    put_right(found, Remedy.NOTED, by=HELENE, at=LATER)
    compare_books(since=SINCE, at=LATER)
    assert not Discrepancy.objects.filter(state="open").exists()


def test_an_orphan_that_is_refused_leaves_the_others_to_be_compared_and_is_tried_next_day(
    cast: Cast,
) -> None:
    order, payment = paid_at(cast, cast.bakery)
    visit = payment.visit
    payment.delete()
    assert visit is not None
    visit.delete()
    order.merchant_orders.update(number="LOST-1")
    other, _payment = paid_at(cast, cast.bookshop)
    script_fault(FaultKind.NO_BALANCE)
    for hour in range(2):
        assert compare_books(since=SINCE, at=LATER + timedelta(hours=hour)).orphans == 1
    assert other.merchant_orders.get().state == MerchantOrderState.PLACED
    found = Discrepancy.objects.get()
    assert (found.kind, found.detail["code"]) == (DiscrepancyKind.ORPHAN, "insufficient_balance")
    compare_books(since=SINCE, at=LATER + timedelta(days=1))
    lost = BankCharge.objects.get(session=BankCharge.objects.order_by("pk")[0].session)
    assert lost.refunded_cents == lost.captured_cents


def test_a_payment_that_cannot_be_compared_leaves_the_next_of_its_account(cast: Cast) -> None:
    strange = captured(cast, cast.bakery)
    BankCharge.objects.update(is_disputed=True)  # looked at closely, where it says nothing
    script_fault(FaultKind.SERVER_ERROR, on=strange.provider_reference)
    order, _payment = paid_at(cast, cast.bakery)
    assert compare_books(since=SINCE, at=LATER).seen == 2
    assert order.merchant_orders.get().state == MerchantOrderState.PLACED


def test_a_refund_in_trouble_leaves_the_others_to_be_sent(cast: Cast) -> None:
    payment = captured(cast, cast.bakery)
    stuck, sent = give(payment, 100, "k:1"), give(payment, 200, "k:2")
    ProviderCall.objects.create(
        key=f"refund:{stuck.public_id}:0", provider="simulated", kind="refund", request_digest="x"
    )
    assert send_refunds(refunds_to_send(at=LATER, most=9), at=LATER) == 1
    stuck.refresh_from_db()
    sent.refresh_from_db()
    assert (stuck.state, stuck.problem, sent.state) == ("requested", "KeyReusedError", "done")
    found = Discrepancy.objects.get()
    assert (found.kind, found.payment) == (DiscrepancyKind.UNWATCHED, payment)
    assert not refunds_to_send(at=LATER + timedelta(hours=5), most=9)
    assert refunds_to_send(at=LATER + timedelta(hours=6), most=9) == [stuck.pk]


def test_a_refund_whose_provider_is_gone_is_kept_for_when_it_is_back(cast: Cast) -> None:
    payment = captured(cast, cast.bakery)
    refund = give(payment, 100, "k:1")
    leave(payment)
    assert send_refunds([refund.pk], at=LATER) == 0
    Payment.objects.filter(pk=payment.pk).update(provider="simulated")
    assert send_refunds([refund.pk], at=LATER + timedelta(hours=6)) == 1


def test_an_account_that_cannot_be_held_leaves_the_others_to_be_held(cast: Cast) -> None:
    for shop in (cast.bakery, cast.bookshop):
        payments.merchant_account(shop)
    MerchantAccount.objects.update(payouts_held_until=NOON + timedelta(hours=72))
    bakery = MerchantAccount.objects.order_by("pk")[0]
    MerchantAccount.objects.filter(pk=bakery.pk).update(provider=GONE)
    assert turn_holds(at=LATER) == 1
    assert turn_holds(at=LATER + timedelta(minutes=1)) == 0
    assert BankAccount.objects.filter(payouts=STOPPED).count() == 1
    found = Discrepancy.objects.get()
    assert (found.kind, found.organisation) == (
        DiscrepancyKind.UNWATCHED,
        cast.bakery.organisation,
    )
