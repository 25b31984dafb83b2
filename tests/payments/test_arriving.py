"""Refunds on their way arrive, or come back, however old their payment is and whoever says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.factories.payments import at_the_bank
from tests.payments.test_refunds import LATER, TOTAL, captured, give

from chalandise.bank.actions.faults import script_fault
from chalandise.bank.actions.news import deliver_events
from chalandise.bank.actions.refunding import end_refunds
from chalandise.bank.models import BankRefund
from chalandise.bank.states import FaultKind
from chalandise.journal.models import OutboxEvent
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.events import RefundDue
from chalandise.ordering.models import MerchantOrder, Withdrawal
from chalandise.ordering.states import MerchantOrderState, WithdrawalState
from chalandise.payments.actions.arriving import follow_refunds
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.actions.watching import compare_books
from chalandise.payments.events import RefundDone
from chalandise.payments.models import Discrepancy, Refund
from chalandise.payments.queries import refunds_on_their_way
from chalandise.payments.states import DiscrepancyKind, RefundState
from chalandise.payments.subscribers import close_cause, give_back

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OLD = LATER + 6 * DAY  # nothing compares a payment of this age with the bank's list any more


def sent(cast: Cast, fault: FaultKind = FaultKind.REFUND_PENDING, key: str = "k:1") -> Refund:
    """Send a refund that the bank takes, and has not given yet."""
    refund = give(captured(cast), 450, key)
    script_fault(fault)
    assert send_refund(refund.pk, at=OLD) is RefundState.SENT
    return refund


def follow(at_days: float) -> int:
    at = OLD + at_days * DAY
    return follow_refunds(refunds_on_their_way(at=at, most=9), at=at)


def withdrawn(cast: Cast) -> tuple[Withdrawal, Refund]:
    """Let a customer withdraw from what was paid days ago."""
    payment = captured(cast)
    part = MerchantOrder.objects.filter(pk=payment.merchant_order_id)
    part.update(state=MerchantOrderState.ACCEPTED)
    line = payment.merchant_order.lines.all()[0]
    order = part.get().order
    [made] = confirm_withdrawal(order, {line.pk: 2}, name="Nadia", email="n@exemple.test", at=LATER)
    give_back(RefundDue(payment.merchant_order_id, 900, "withdrawn", f"withdrawal:{made.pk}", []))
    return made, Refund.objects.get()


def test_a_refund_that_arrives_days_later_ends_its_withdrawal(cast: Cast) -> None:
    made, refund = withdrawn(cast)
    script_fault(FaultKind.REFUND_PENDING)
    assert send_refund(refund.pk, at=OLD) is RefundState.SENT
    assert follow(0.5) == 0
    end_refunds(at=OLD + DAY)
    assert follow(1.5) == 1
    refund.refresh_from_db()
    assert (refund.state, refund.done_at) == (RefundState.DONE, OLD + 1.5 * DAY)
    assert OutboxEvent.objects.filter(kind="payments.refund_done").count() == 1
    close_cause(RefundDone(refund.pk))
    made.refresh_from_db()
    assert made.state == WithdrawalState.REFUNDED
    assert not Discrepancy.objects.exists()


def test_a_refund_that_fails_days_later_goes_to_a_person_and_is_still_owed(cast: Cast) -> None:
    made, refund = withdrawn(cast)
    script_fault(FaultKind.REFUND_FAILS)
    assert send_refund(refund.pk, at=OLD) is RefundState.SENT
    end_refunds(at=OLD + DAY)
    assert follow(1) == 1
    refund.refresh_from_db()
    assert (refund.state, refund.payment.refunded_cents) == (RefundState.REFUSED, 0)
    found = Discrepancy.objects.get()
    assert (found.kind, found.detail["refund"], found.detail["refund_cents"]) == (
        DiscrepancyKind.REFUND_REFUSED,
        str(refund.public_id),
        900,
    )
    made.refresh_from_db()
    assert made.state == WithdrawalState.CONFIRMED
    assert not OutboxEvent.objects.filter(kind="payments.refund_done").exists()
    settle(refund.payment_id, at=OLD + DAY)
    assert Refund.objects.count() == 1, "nothing went back elsewhere"
    assert send_refund(give(refund.payment, TOTAL, "again").pk, at=OLD + DAY) is RefundState.DONE


def test_it_is_asked_after_often_at_first_and_once_a_day_in_the_end(cast: Cast) -> None:
    refund = sent(cast)
    Refund.objects.update(requested_at=OLD, next_try_at=None)  # as rows of before have it
    asked, at = [], OLD
    for _time in range(5):
        assert refunds_on_their_way(at=at, most=9) == [refund.pk]
        follow_refunds([refund.pk], at=at)
        refund.refresh_from_db()
        assert refund.next_try_at is not None
        assert not refunds_on_their_way(at=refund.next_try_at - timedelta(minutes=1), most=9)
        asked.append(refund.next_try_at - at)
        at += 2 * DAY
    assert asked == [timedelta(minutes=15), DAY / 2, DAY, DAY, DAY]


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (FaultKind.REFUND_PENDING, RefundState.DONE),
        (FaultKind.REFUND_FAILS, RefundState.REFUSED),
    ],
)
def test_the_event_of_the_bank_says_so_at_once(
    cast: Cast, fault: FaultKind, state: RefundState
) -> None:
    refund = sent(cast, fault)
    deliver_events(at=OLD)
    refund.refresh_from_db()
    assert refund.state == RefundState.SENT
    end_refunds(at=OLD + DAY)
    deliver_events(at=OLD + DAY)
    refund.refresh_from_db()
    assert refund.state == state


def test_the_comparison_asks_after_it_and_believes_no_sum(cast: Cast) -> None:
    """The bank's list counts what is on its way as given back: that it arrived is another question."""
    refund = sent(cast, FaultKind.REFUND_FAILS)
    compare_books(since=LATER - DAY, at=OLD)
    refund.refresh_from_db()
    assert refund.state == RefundState.SENT
    end_refunds(at=OLD + DAY)
    compare_books(since=LATER - DAY, at=OLD + DAY)
    assert [one.kind for one in Discrepancy.objects.all()] == [DiscrepancyKind.REFUND_REFUSED]


def test_a_refund_that_the_bank_does_not_know_is_for_a_person_once(cast: Cast) -> None:
    sent(cast)
    known = sent(cast, key="k:2")
    BankRefund.objects.order_by("pk")[0].delete()
    end_refunds(at=OLD + DAY)
    assert (follow(1), follow(3)) == (1, 0)
    found = Discrepancy.objects.get()
    assert (found.kind, found.detail["code"]) == (
        DiscrepancyKind.REFUND_UNKNOWN,
        "no_such_refund",
    )
    known.refresh_from_db()
    assert known.state == RefundState.DONE
    assert at_the_bank(known.payment).refunded_cents == 450
