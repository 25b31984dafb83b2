"""Money given back: by part, once for each cause, never beyond, whatever the bank says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase
from tests.cast import Cast
from tests.factories import payments
from tests.factories.orders import NOON, order_at
from tests.factories.payments import at_the_bank

from chalandise.bank.actions.faults import script_fault
from chalandise.bank.gateway import request as ask_bank
from chalandise.bank.models import BankRefund
from chalandise.bank.states import FaultKind
from chalandise.journal.actions import emit
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.events import RefundDue
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, Pays, WithdrawalState
from chalandise.payments.actions.counter import note_paid_at_counter
from chalandise.payments.actions.refunding import (
    PAYMENTS,
    Cause,
    promise_again,
    refund_merchant_order,
    refund_payment,
    refuse_refund,
)
from chalandise.payments.actions.sending import (
    _wait_for_balance,
    _wait_for_news,
    send_refund,
    send_refunds,
)
from chalandise.payments.actions.settling import settle
from chalandise.payments.actions.watching import compare_books
from chalandise.payments.errors import RefundTooLargeError
from chalandise.payments.events import RefundDone
from chalandise.payments.models import Discrepancy, Payment, ProviderCall, Refund
from chalandise.payments.queries import paid_cents, refunds_of, refunds_to_send, why_payouts_wait
from chalandise.payments.states import DiscrepancyKind, Means, PaymentState, RefundState
from chalandise.payments.subscribers import close_cause, give_back

pytestmark = pytest.mark.django_db
BY = Actor("merchant", "1", "Claire")
LATER = NOON + timedelta(minutes=1)
TOTAL = 2190


def captured(cast: Cast) -> Payment:
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    payments.pay(visit)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    payment.refresh_from_db()
    return payment


def give(payment: Payment, cents: int, key: str = "k") -> Refund:
    cause = Cause(key, "gesture", [(1, 2)])
    return refund_payment(payment, amount_cents=cents, cause=cause, by=BY, at=LATER)


def test_a_refund_is_promised_then_sent_then_done(cast: Cast) -> None:
    payment = captured(cast)
    refund = give(payment, 450)
    assert (refund.state, refund.lines, payment.refunded_cents) == ("requested", [[1, 2]], 450)
    assert refunds_to_send(at=LATER, most=9) == [refund.pk]
    assert send_refund(refund.pk, at=LATER) is RefundState.DONE
    assert send_refund(refund.pk, at=LATER) is RefundState.DONE
    assert at_the_bank(payment).refunded_cents == 450
    assert BankRefund.objects.count() == 1
    assert OutboxEvent.objects.filter(kind="payments.refund_done").count() == 1
    assert refunds_of(payment.merchant_order) == [refund]
    assert paid_cents(payment.merchant_order) == TOTAL - 450
    assert not refunds_to_send(at=LATER, most=9)


def test_fault_21_the_same_cause_gives_back_once(cast: Cast) -> None:
    payment = captured(cast)
    assert give(payment, 450).pk == give(payment, 450).pk
    payment.refresh_from_db()
    assert payment.refunded_cents == 450


@pytest.mark.parametrize("is_balance", [True, False], ids=["low balance", "disputed"])
def test_a_refusal_that_two_workers_heard_counts_once(cast: Cast, is_balance: bool) -> None:
    """A second count would be another key at the provider, and another refund."""
    refund = give(captured(cast), 450)
    for seen in [Refund.objects.get(pk=refund.pk) for _worker in range(2)]:
        if is_balance:
            _wait_for_balance(seen, "balance_insufficient", at=LATER)
        else:
            _wait_for_news(seen, at=LATER)
    refund.refresh_from_db()
    assert refund.attempts == 1


@pytest.mark.parametrize("cents", [TOTAL + 1, 0, -1])
def test_fault_21_more_than_was_captured_or_nothing_is_refused(cast: Cast, cents: int) -> None:
    payment = captured(cast)
    with pytest.raises(RefundTooLargeError) as caught:
        give(payment, cents)
    assert caught.value.left_cents == TOTAL
    assert not Refund.objects.exists()


def test_nothing_goes_back_from_what_was_never_taken(cast: Cast) -> None:
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    with pytest.raises(RefundTooLargeError):
        give(visit.payments.get(), 100)


def test_fault_22_a_balance_that_is_too_low_is_a_debt_and_the_customer_is_repaid(
    cast: Cast,
) -> None:
    payment = captured(cast)
    refund = give(payment, TOTAL)
    script_fault(FaultKind.NO_BALANCE, times=2)
    at = LATER
    for attempt in (1, 2):
        assert send_refund(refund.pk, at=at) is RefundState.REQUESTED
        refund.refresh_from_db()
        assert (refund.is_debt, refund.attempts) == (True, attempt)
        assert not refunds_to_send(at=at + timedelta(hours=5), most=9)
        at += timedelta(hours=6)
    assert [one.kind for one in Discrepancy.objects.all()] == [DiscrepancyKind.REFUND_WAITS]
    assert OutboxEvent.objects.filter(kind="payments.refund_delayed").count() == 1
    assert cast.bakery.organisation is not None
    assert why_payouts_wait(cast.bakery.organisation, at=at)
    assert send_refunds(refunds_to_send(at=at, most=9), at=at) == 1
    refund.refresh_from_db()
    assert (refund.state, refund.is_debt) == (RefundState.DONE, False)
    assert at_the_bank(payment).refunded_cents == TOTAL


@pytest.mark.parametrize(
    "kind",
    [FaultKind.SERVER_ERROR, FaultKind.UNREACHABLE, FaultKind.SLOW, FaultKind.GARBLED],
    ids="bank_{}".format,
)
def test_fault_31_a_refund_whose_answer_is_lost_is_sent_again_under_its_key(
    cast: Cast, kind: FaultKind
) -> None:
    payment = captured(cast)
    refund = give(payment, 1000)
    script_fault(kind, on="POST /refunds")
    assert send_refund(refund.pk, at=LATER) is RefundState.REQUESTED
    assert not refunds_to_send(at=LATER, most=9)
    after = LATER + timedelta(minutes=3)
    assert send_refunds(refunds_to_send(at=after, most=9), at=after) == 1
    assert at_the_bank(payment).refunded_cents == 1000
    call = ProviderCall.objects.get(kind="refund")
    assert (call.attempts, call.answer is not None) == (2, True)


def test_a_refund_refused_for_good_frees_its_sum_and_asks_for_a_person(cast: Cast) -> None:
    payment = captured(cast)
    body = {"charge": payment.charge_reference, "amount": TOTAL, "metadata": {}}
    refund = give(payment, 450)
    Payment.objects.filter(pk=payment.pk).update(charge_reference="ch_unheard_of")
    assert send_refund(refund.pk, at=LATER) is RefundState.REFUSED
    payment.refresh_from_db()
    assert payment.refunded_cents == 0
    assert Discrepancy.objects.get().kind == DiscrepancyKind.REFUND_REFUSED
    ask_bank("POST", "/refunds", body=body, key="by hand", at=LATER)
    settle(payment.pk, at=LATER)
    payment.refresh_from_db()
    assert payment.refunded_cents == TOTAL
    assert payment.refunds.get(state=RefundState.DONE).reason == "at_provider"


def test_ordering_asks_for_money_back_once_for_each_cause(cast: Cast) -> None:
    payment = captured(cast)
    event = RefundDue(payment.merchant_order_id, 900, "withdrawal", "withdrawal:7", [[3, 1]])
    emit(event, at=LATER)
    give_back(event)
    give_back(event)
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.reason, refund.lines) == (900, "withdrawal", [[3, 1]])


def test_a_withdrawal_is_refunded_when_every_payment_gave_its_part(cast: Cast) -> None:
    payment = captured(cast)
    line = payment.merchant_order.lines.all()[0]
    MerchantOrder.objects.filter(pk=payment.merchant_order_id).update(
        state=MerchantOrderState.ACCEPTED
    )
    order = payment.merchant_order.order
    made = confirm_withdrawal(order, {line.pk: 2}, name="Nadia", email="n@exemple.test", at=LATER)[
        0
    ]
    give_back(RefundDue(payment.merchant_order_id, 900, "withdrawn", f"withdrawal:{made.pk}", []))
    refund = Refund.objects.get()
    other = Refund.objects.create(
        payment=payment,
        key=f"{refund.key}:1",
        amount_cents=1,
        reason="withdrawn",
        state=RefundState.REQUESTED,
        requested_at=LATER,
    )
    send_refund(refund.pk, at=LATER)
    close_cause(RefundDone(refund.pk))
    made.refresh_from_db()
    assert made.state == WithdrawalState.CONFIRMED
    Refund.objects.filter(pk=other.pk).update(state=RefundState.DONE)
    for _told_twice in range(2):
        close_cause(RefundDone(other.pk))
        made.refresh_from_db()
        assert made.state == WithdrawalState.REFUNDED


def test_a_withdrawal_refused_for_a_dispute_is_refunded_once_what_was_promised_again_is(
    cast: Cast,
) -> None:
    payment = captured(cast)
    line = payment.merchant_order.lines.all()[0]
    MerchantOrder.objects.filter(pk=payment.merchant_order_id).update(
        state=MerchantOrderState.ACCEPTED
    )
    order = payment.merchant_order.order
    (made,) = confirm_withdrawal(
        order, {line.pk: 2}, name="Nadia", email="n@exemple.test", at=LATER
    )
    give_back(RefundDue(payment.merchant_order_id, 900, "withdrawn", f"withdrawal:{made.pk}", []))
    refund = Refund.objects.get()
    refuse_refund(refund, "dispute_lost", at=LATER)
    (again,) = promise_again(payment, by=PAYMENTS, at=LATER)
    assert again.amount_cents == 900
    send_refund(again.pk, at=LATER)
    close_cause(RefundDone(again.pk))
    made.refresh_from_db()
    assert made.state == WithdrawalState.REFUNDED


def test_what_was_never_paid_is_not_given_back(cast: Cast) -> None:
    part = order_at(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION).merchant_orders.get()
    give_back(RefundDue(part.pk, 900, "declined", "declined:1", []))
    assert not Refund.objects.exists()


def test_money_goes_back_from_whichever_payments_hold_it(cast: Cast) -> None:
    first = captured(cast)
    part = first.merchant_order
    second = Payment.objects.create(
        merchant_order=part,
        provider="on_collection",
        means=Means.CARD,
        amount_cents=310,
        captured_cents=310,
        state=PaymentState.CAPTURED,
        captured_at=LATER + timedelta(hours=1),
    )
    cause = Cause("declined:1", "declined")
    for _again in range(2):
        done = refund_merchant_order(
            part.pk, amount_cents=TOTAL + 310, cause=cause, by=BY, at=LATER
        )
        assert [(one.payment_id, one.amount_cents) for one in done] == [
            (second.pk, 310),
            (first.pk, TOTAL),
        ]
    assert Refund.objects.count() == 2
    other = Cause("gesture:1", "gesture")
    assert not refund_merchant_order(part.pk, amount_cents=1, cause=other, by=BY, at=LATER)
    assert Discrepancy.objects.get().detail["short_cents"] == 1


def test_what_was_paid_at_the_counter_goes_back_at_the_counter(cast: Cast) -> None:
    part = order_at(
        cast.lot, cast.bakery, pays=Pays.ON_COLLECTION, state=MerchantOrderState.ACCEPTED
    ).merchant_orders.get()
    payment = note_paid_at_counter(part, means=Means.CASH, by=BY, at=LATER)
    assert send_refund(give(payment, 450).pk, at=LATER) is RefundState.DONE


def test_fault_21_money_goes_back_after_the_hand_over_too(cast: Cast) -> None:
    payment = captured(cast)
    MerchantOrder.objects.update(state=MerchantOrderState.COMPLETED)
    assert send_refund(give(payment, TOTAL).pk, at=LATER + timedelta(days=20)) is RefundState.DONE


def test_the_hourly_comparison_notices_a_refund_that_the_bank_does_not_know(cast: Cast) -> None:
    payment = captured(cast)
    refund = give(payment, 450)
    send_refund(refund.pk, at=LATER)
    charge = at_the_bank(payment)
    charge.refunded_cents = 0
    charge.save()
    told = compare_books(since=NOON - timedelta(days=1), at=LATER)
    assert (told.seen, told.faults) == (1, 1)
    assert Discrepancy.objects.get().kind == DiscrepancyKind.REFUND_MISSING


class AnyRefunds(HypothesisCase):
    """Invariant I5: refunds never exceed the capture, in any order of asking and failing."""

    @pytest.fixture(autouse=True)
    def _cast(self, cast: Cast) -> None:
        self.cast = cast

    @given(
        st.lists(
            st.tuples(st.integers(-10, 2500), st.booleans(), st.sampled_from(["", "slow", "low"])),
            max_size=8,
        )
    )
    @settings(max_examples=25)
    def test_refunds_never_exceed_the_capture_and_agree_with_the_bank_21(
        self, asked: list[tuple[int, bool, str]]
    ) -> None:
        payment = captured(self.cast)
        at = LATER
        for place, (cents, is_sent, fault) in enumerate(asked):
            at += timedelta(hours=1)  # what is not heard of is asked for again within a day
            left = payment.captured_cents - payment.refunded_cents
            try:
                refund = give(payment, cents, f"{payment.pk}:{place}")
            except RefundTooLargeError:
                assert not 0 < cents <= left
                continue
            assert 0 < cents <= left
            if fault:
                kind = FaultKind.SLOW if fault == "slow" else FaultKind.NO_BALANCE
                script_fault(
                    kind, on=payment.charge_reference if fault == "low" else "POST /refunds"
                )
            if is_sent:
                send_refund(refund.pk, at=at)
        for _again in range(10):
            at += timedelta(hours=7)
            send_refunds(refunds_to_send(at=at, most=99), at=at)
        payment.refresh_from_db()
        assert not refunds_to_send(at=at + timedelta(days=1), most=99)
        assert payment.refunded_cents == at_the_bank(payment).refunded_cents <= TOTAL
        assert payment.refunded_cents == sum(one.amount_cents for one in payment.refunds.all())
