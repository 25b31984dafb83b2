"""What the provider paid out reaches the ledger and the statement, once (fault 23, I5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Sum
from tests.cast import Cast
from tests.factories import catalogue, orders, payments
from tests.factories.orders import NOON

from chalandise.bank.actions.accounts import set_payouts
from chalandise.bank.actions.paying_out import pay_out, send_payout_back
from chalandise.bank.models import BankAccount, BankPayout
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.actions.watching import compare_books
from chalandise.payments.models import Discrepancy, Payment, Payout
from chalandise.payments.queries import accounts_to_hold
from chalandise.payments.states import DiscrepancyKind
from chalandise.settlements.actions.following import follow_payout
from chalandise.settlements.actions.statements import issue_statement
from chalandise.settlements.exports.statements import statement_table
from chalandise.settlements.models import LedgerEntry
from chalandise.settlements.queries.comparing import compare_with_payments
from chalandise.settlements.queries.totals import balances_of, owed_to
from chalandise.settlements.queries.verifying import verify
from chalandise.settlements.states import Account

pytestmark = pytest.mark.django_db
BY = Actor("merchant", "1", "Claire")
DAY = timedelta(days=1)


@pytest.fixture
def payment(cast: Cast) -> Payment:
    """21,90 € paid online at the bakery, of which the operator keeps 5 %."""
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    order = orders.order_at(cast.lot, cast.bakery)
    order.merchant_orders.update(commission_bp=500)
    visit = payments.visit(order)
    payments.pay(visit)
    settle(visit.payments.get().pk, at=NOON)
    hear()
    return Payment.objects.get()


def hear() -> None:
    """Hand on every event that was told; each may come twice."""
    dispatch(list(OutboxEvent.objects.order_by("pk")))


def compared(at: datetime) -> int:
    told = compare_books(since=at - 4 * DAY, at=at).payouts
    hear()
    return told


def test_fault_23_a_payout_is_told_once_and_the_statement_shows_it(payment: Payment) -> None:
    shop = payment.merchant_order.organisation_id
    assert owed_to(shop) == 2190 - 110
    assert pay_out(at=NOON + DAY - timedelta(minutes=1)) == []  # not a day old yet
    assert len(pay_out(at=NOON + DAY)) == 1
    assert pay_out(at=NOON + DAY + timedelta(hours=1)) == []
    assert [compared(NOON + DAY), compared(NOON + DAY + timedelta(hours=1))] == [1, 0]
    paid = Payout.objects.get()
    assert (paid.amount_cents, paid.left_at) == (2080, NOON + DAY)
    assert owed_to(shop) == 0
    assert balances_of(shop)[Account.CLEARING] == 110  # the operator's own
    assert sum(LedgerEntry.objects.values_list("amount_cents", flat=True)) == 0
    now = datetime.now(UTC).date()
    told = issue_statement(shop, date(now.year - 1, 1, 1), now, at=NOON)
    assert (told.totals["payout_cents"], told.totals["closing_cents"]) == (-2080, 0)
    assert "virement" in statement_table(told).written_as("csv").decode()
    assert verify().faults == ()


def test_a_payout_that_the_merchant_s_bank_sent_back_is_owed_again_and_somebody_asks(
    payment: Payment,
) -> None:
    shop = payment.merchant_order.organisation_id
    pay_out(at=NOON + DAY)
    compared(NOON + DAY)
    send_payout_back(BankPayout.objects.get(), at=NOON + 3 * DAY)
    for _again in range(2):
        compared(NOON + 3 * DAY)
    assert Payout.objects.get().came_back_at == NOON + 3 * DAY
    assert owed_to(shop) == 2190 - 110
    assert balances_of(shop)[Account.CLEARING] == 2190
    assert compare_with_payments(until=datetime.now(UTC) + DAY) == ()
    waiting = Discrepancy.objects.get(kind=DiscrepancyKind.PAYOUT_BACK)
    assert waiting.organisation_id == shop
    assert waiting.detail["payout_cents"] == 2080
    assert accounts_to_hold(at=NOON + 3 * DAY) == []  # the provider waits for an account by itself
    now = datetime.now(UTC).date()
    told = issue_statement(shop, date(now.year - 1, 1, 1), now, at=NOON)
    assert (told.totals["payout_back_cents"], told.totals["closing_cents"]) == (2080, 2080)
    assert "virement revenu" in statement_table(told).written_as("csv").decode()
    assert len(pay_out(at=NOON + 4 * DAY)) == 1  # the money leaves again
    compared(NOON + 4 * DAY)
    assert owed_to(shop) == 0
    assert compare_with_payments(until=datetime.now(UTC) + DAY) == ()


def test_a_refund_after_the_payout_is_taken_off_the_next_one(payment: Payment) -> None:
    pay_out(at=NOON + DAY)
    refund = refund_payment(
        payment, amount_cents=1000, cause=Cause("x:1", "x"), by=BY, at=NOON + DAY
    )
    send_refund(refund.pk, at=NOON + DAY)
    compared(NOON + 2 * DAY)
    assert owed_to(payment.merchant_order.organisation_id) == -950  # the commission came back
    assert pay_out(at=NOON + 2 * DAY) == []
    assert BankPayout.objects.aggregate(cents=Sum("amount_cents"))["cents"] == 2080


def test_an_account_that_is_held_or_waits_for_its_day_is_not_paid_out(payment: Payment) -> None:
    account = BankAccount.objects.get()
    set_payouts(account, "manual", at=NOON)
    assert pay_out(at=NOON + 2 * DAY) == []
    set_payouts(account, "weekly:monday", at=NOON)
    assert pay_out(at=NOON + 2 * DAY) == []  # a Sunday
    assert pay_out(at=NOON + 3 * DAY) == [account.reference]
    assert payment.captured_cents == 2190


def test_a_payout_of_stripe_leaves_its_fees_in_the_books(payment: Payment) -> None:
    account = payment.merchant_order.organisation.payment_accounts.get()
    payout = Payout.objects.create(
        account=account, reference="po_1", amount_cents=2030, fees_cents=50, left_at=NOON + DAY
    )
    for _time in range(2):
        follow_payout(payout.pk, at=NOON + DAY)
    assert owed_to(account.organisation_id) == 0
    assert sum(balances_of(account.organisation_id).values()) == 0
    assert compare_with_payments(until=datetime.now(UTC) + DAY) == ()


def test_a_payout_that_the_books_do_not_know_is_a_fault(payment: Payment) -> None:
    account = payment.merchant_order.organisation.payment_accounts.get()
    Payout.objects.create(account=account, reference="po_9", amount_cents=5, left_at=NOON)
    [fault] = compare_with_payments(until=datetime.now(UTC) + DAY)
    assert "po_9" in str(fault)
