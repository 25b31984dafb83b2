"""What nobody told us is found: open payments, lost commits, merchants' accounts, settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import override_settings
from tests.cast import Cast
from tests.factories import bank, payments
from tests.factories.orders import NOON, order_at
from tests.factories.payments import at_the_bank

from chalandise.bank.actions.accounts import verify_account
from chalandise.bank.actions.faults import script_fault
from chalandise.bank.models import BankAccount, BankCharge, BankRefund
from chalandise.bank.states import FaultKind
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.ordering.models import LineChange, MerchantOrder
from chalandise.ordering.states import ChangeKind, MerchantOrderState, Pays
from chalandise.payments.actions.accounts import refresh_account, start_onboarding
from chalandise.payments.actions.counter import note_paid_at_counter
from chalandise.payments.actions.inbox import receive_event
from chalandise.payments.actions.settling import settle
from chalandise.payments.actions.watching import compare_books, watch_payments
from chalandise.payments.errors import (
    CashAboveLimitError,
    NoOnlinePaymentError,
    NothingToPayError,
    SignInNotFreshError,
)
from chalandise.payments.models import Discrepancy, MerchantAccount, Payment, Visit
from chalandise.payments.providers.register import online_provider
from chalandise.payments.queries import (
    account_of,
    cash_limit_exceeded,
    due_cents,
    paid_cents,
    why_payouts_wait,
)
from chalandise.payments.states import DiscrepancyKind, Means, PaymentState

pytestmark = pytest.mark.django_db
CLAIRE = Actor("merchant", "1", "Claire")
LATER = NOON + timedelta(minutes=1)
SINCE = NOON - timedelta(days=1)


def part_paid_at_counter(cast: Cast, state: str = MerchantOrderState.ACCEPTED) -> MerchantOrder:
    order = order_at(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION, state=state)
    return order.merchant_orders.get()


def test_fault_30_a_payment_lost_with_the_last_commits_goes_to_its_order(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery)
    visit = payments.visit(order)
    payments.pay(visit)
    public_id = visit.payments.get().public_id
    visit.payments.all().delete()  # the backup of a moment before is all that is left
    visit.delete()
    told = compare_books(since=SINCE, at=LATER)
    assert (told.seen, told.orphans, told.mended, told.faults) == (1, 1, 1, 0)
    payment = Payment.objects.get()
    assert (payment.public_id, payment.state) == (public_id, PaymentState.CAPTURED)
    assert order.merchant_orders.get().state == MerchantOrderState.PLACED
    assert compare_books(since=SINCE, at=LATER).orphans == 0


def test_fault_30_money_whose_order_is_lost_goes_back_by_itself_and_is_shown(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery)
    visit = payments.visit(order)
    payments.pay(visit)
    visit.payments.all().delete()
    visit.delete()
    order.merchant_orders.update(number="LOST-1")
    for _again in range(2):
        compare_books(since=SINCE, at=LATER)
    assert BankCharge.objects.get().refunded_cents == order.total_cents
    assert BankRefund.objects.count() == 1
    found = Discrepancy.objects.get()
    assert (found.kind, found.organisation) == (
        DiscrepancyKind.ORPHAN,
        cast.bakery.organisation,
    )


def test_the_hourly_comparison_settles_what_everybody_missed(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery)
    visit = payments.visit(order)
    payments.pay(visit)
    Payment.objects.update(state=PaymentState.CANCELLED)  # given up, and paid after all
    told = compare_books(since=SINCE, at=LATER)
    assert (told.seen, told.mended, told.faults) == (1, 1, 0)
    assert order.merchant_orders.get().state == MerchantOrderState.PLACED


def test_a_payment_that_the_bank_does_not_know_is_shown(cast: Cast) -> None:
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    payments.pay(visit)
    settle(visit.payments.get().pk, at=LATER)
    BankCharge.objects.all().delete()
    told = compare_books(since=SINCE, at=NOON + timedelta(hours=1))
    assert (told.seen, told.faults) == (0, 1)
    assert Discrepancy.objects.get().kind == DiscrepancyKind.MISSING


def test_a_bank_that_does_not_answer_keeps_the_others_from_nothing(cast: Cast) -> None:
    for shop in (cast.bakery, cast.bookshop):
        visit = payments.visit(order_at(cast.lot, shop))
        payments.pay(visit)
    script_fault(FaultKind.SERVER_ERROR)
    assert watch_payments(at=LATER) == 1
    assert watch_payments(at=LATER) == 1
    script_fault(FaultKind.SERVER_ERROR)
    assert compare_books(since=SINCE, at=LATER).seen == 1


def test_the_watch_looks_up_the_longest_unseen_first(cast: Cast) -> None:
    visits = [payments.visit(order_at(cast.lot, cast.bakery)) for _n in range(3)]
    seen = []
    for place in range(3):
        watch_payments(at=LATER + timedelta(minutes=place), most=1)
        newest = Payment.objects.exclude(looked_at=None).order_by("-looked_at").first()
        seen.append(newest and newest.visit_id)
    assert seen == [visit.pk for visit in visits]


def test_a_merchant_opens_an_account_once_and_completes_it_at_the_bank(cast: Cast) -> None:
    organisation = cast.bakery.organisation
    assert organisation is not None
    for _again in range(2):
        url = start_onboarding(
            organisation,
            email="claire@exemple.test",
            return_url="/comptoir/paiements/",
            signed_in_at=NOON,
            by=CLAIRE,
            at=LATER,
        )
        assert url.startswith("/banque/comptes/")
    account = account_of(organisation)
    assert account is not None
    assert not refresh_account(account, at=LATER).is_ready
    verify_account(BankAccount.objects.get(), iban="FR76…0189", at=LATER)
    ready = refresh_account(account, at=LATER)
    assert (ready.is_ready, ready.missing, ready.payouts_held_until) == (True, [], None)
    assert not why_payouts_wait(organisation, at=LATER)


@pytest.mark.parametrize("minutes", [None, 11, -1])
def test_fault_24_nobody_touches_a_payout_account_without_a_fresh_sign_in(
    cast: Cast, minutes: int | None
) -> None:
    assert cast.bakery.organisation is not None
    with pytest.raises(SignInNotFreshError):
        start_onboarding(
            cast.bakery.organisation,
            email="",
            return_url="/",
            signed_in_at=None if minutes is None else NOON - timedelta(minutes=minutes),
            by=CLAIRE,
            at=NOON,
        )
    assert not MerchantAccount.objects.exists()


def test_fault_24_a_new_bank_account_holds_payouts_for_three_days_and_says_so(cast: Cast) -> None:
    account = refresh_account(payments.merchant_account(cast.bakery), at=NOON)
    organisation = account.organisation
    verify_account(BankAccount.objects.get(), iban="FR76 9999", at=NOON)
    for _again in range(2):
        account = refresh_account(account, at=NOON)
    assert account.payouts_held_until == NOON + timedelta(hours=72)
    assert why_payouts_wait(organisation, at=NOON + timedelta(hours=71))
    assert not why_payouts_wait(organisation, at=NOON + timedelta(hours=73))
    assert OutboxEvent.objects.filter(kind="payments.payout_account_changed").count() == 1


def test_money_at_the_counter_is_noted_once(cast: Cast) -> None:
    part = part_paid_at_counter(cast)
    first = note_paid_at_counter(part, means=Means.CASH, by=CLAIRE, at=LATER)
    again = note_paid_at_counter(part, means=Means.CASH, by=CLAIRE, at=LATER)
    assert (first.pk, first.captured_cents, first.state) == (again.pk, 2190, PaymentState.CAPTURED)
    part.refresh_from_db()
    assert part.paid_at == LATER
    assert paid_cents(part) == 2190


def test_the_counter_asks_for_what_the_order_costs_now(cast: Cast) -> None:
    part = part_paid_at_counter(cast)
    line = part.lines.order_by("position")[0]
    LineChange.objects.create(line=line, kind=ChangeKind.MISSING, quantity=-1, cents=-450)
    assert due_cents(part) == 1740
    assert note_paid_at_counter(part, means=Means.CARD, by=CLAIRE, at=LATER).captured_cents == 1740


def test_cash_above_the_legal_limit_is_refused_and_a_card_is_not(cast: Cast) -> None:
    large = (("Vélo", 1, 100_001, 2000),)
    order = order_at(
        cast.lot,
        cast.bakery,
        pays=Pays.ON_COLLECTION,
        state=MerchantOrderState.ACCEPTED,
        lines=large,
    )
    part = order.merchant_orders.get()
    assert cash_limit_exceeded(part)
    with pytest.raises(CashAboveLimitError) as caught:
        note_paid_at_counter(part, means=Means.CASH, by=CLAIRE, at=LATER)
    assert caught.value.limit_cents == 100_000
    assert not Payment.objects.exists()
    note_paid_at_counter(part, means=Means.CASH, by=CLAIRE, at=LATER, lives_abroad=True)


def test_no_money_is_noted_for_what_no_longer_stands(cast: Cast) -> None:
    part = part_paid_at_counter(cast, MerchantOrderState.CANCELLED)
    with pytest.raises(StaleStateError):
        note_paid_at_counter(part, means=Means.CARD, by=CLAIRE, at=LATER)
    MerchantOrder.objects.update(items_cents=0, total_cents=0)
    with pytest.raises(NothingToPayError):
        note_paid_at_counter(part, means=Means.CARD, by=CLAIRE, at=LATER)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"PRODUCTION": True, "PAYMENT_PROVIDER": "simulated"}, "chalandise.E011"),
        ({"PAYMENT_PROVIDER": "paypal"}, "chalandise.E010"),
        ({"PAYMENT_PROVIDER": "stripe"}, "chalandise.E012"),
        ({"PAYMENT_PROVIDER": "stripe", "STRIPE_KEY": "sk_live_1"}, "chalandise.E013"),
        (
            {
                "PRODUCTION": True,
                "PAYMENT_PROVIDER": "stripe",
                "STRIPE_KEY": "sk_test_1",
                "STRIPE_WEBHOOK_SECRETS": ["whsec_1"],
            },
            "chalandise.E014",
        ),
        (
            {
                "PRODUCTION": True,
                "PAYMENT_PROVIDER": "stripe",
                "STRIPE_KEY": "sk_live_1",
                "STRIPE_WEBHOOK_SECRETS": ["whsec_1"],
                "STRIPE_API_BASE": "http://127.0.0.1:8420",
            },
            "chalandise.E015",
        ),
    ],
)
def test_fault_88_settings_that_cannot_take_money_stop_the_start(
    changed: dict[str, Any], code: str
) -> None:
    with override_settings(**changed):
        found = {one.id: one for one in run_checks()}
    assert found[code].is_serious()
    assert found[code].hint


def test_settings_that_can_take_money_are_let_through() -> None:
    for changed in (
        {"PAYMENT_PROVIDER": "none", "PRODUCTION": True},
        {"PAYMENT_PROVIDER": "simulated"},
        {
            "PAYMENT_PROVIDER": "stripe",
            "STRIPE_KEY": "rk_live_1",
            "STRIPE_WEBHOOK_SECRETS": ["whsec_1"],
            "PRODUCTION": True,
        },
    ):
        with override_settings(**changed):
            ours = [one.id for one in run_checks() if str(one.id).startswith("chalandise.E01")]
        assert not ours


@override_settings(PRODUCTION=True)
def test_fault_88_the_bank_s_own_events_and_calls_are_refused_in_production(cast: Cast) -> None:
    with pytest.raises(NotFoundError):
        receive_event("simulated", {"Bank-Signature": "t=1,v1=0"}, b"{}", at=NOON)
    with pytest.raises(NotFoundError):
        online_provider()
    assert cast


@override_settings(PAYMENT_PROVIDER="none")
def test_without_a_provider_no_account_is_opened(cast: Cast) -> None:
    assert cast.bakery.organisation is not None
    assert account_of(cast.bakery.organisation) is None
    with pytest.raises(NoOnlinePaymentError):
        start_onboarding(
            cast.bakery.organisation,
            email="",
            return_url="/",
            signed_in_at=NOON,
            by=CLAIRE,
            at=NOON,
        )


def test_the_worked_example_of_the_documentation_holds(cast: Cast) -> None:
    """docs/algorithms/settlement-of-payments.md, step by step."""
    order = payments.expiring(order_at(cast.lot, cast.bakery, cast.bookshop), minutes=30)
    book = payments.part_of(order, cast.bookshop)
    MerchantOrder.objects.filter(pk=book.pk).update(items_cents=900, total_cents=900)
    first = payments.visit(order, at=NOON + timedelta(minutes=1))
    script_fault(FaultKind.DROPPED, times=9)
    script_fault(FaultKind.DECLINE, on=account(cast))
    payments.pay(first, at=NOON + timedelta(minutes=4))
    settled = [settle(one.pk, at=NOON + timedelta(minutes=5)) for one in first.payments.all()]
    assert [str(one) for one in settled] == ["paid", "failed"]
    watch_payments(at=NOON + timedelta(minutes=6))
    second = payments.visit(order, at=NOON + timedelta(minutes=12))
    assert second.payments.get().amount_cents == 900
    payments.pay(second, number=bank.CONFIRMED, at=NOON + timedelta(minutes=12))
    assert watch_payments(at=NOON + timedelta(minutes=13)) == 1
    states = order.merchant_orders.order_by("pk").values_list("state", flat=True)
    assert list(states) == [MerchantOrderState.PLACED] * 2
    assert Visit.objects.count() == 2
    assert at_the_bank(second.payments.get()).captured_cents == 900


def account(cast: Cast) -> str:
    return payments.merchant_account(cast.bookshop).reference
