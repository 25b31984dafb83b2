"""From money to a paid order: once, only when all agrees, by whichever road the news came."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase
from tests.cast import Cast
from tests.factories import bank, payments
from tests.factories.orders import NOON, order_at
from tests.factories.payments import at_the_bank

from chalandise.bank.actions.disputing import end_dispute, open_dispute, reverse_dispute
from chalandise.bank.actions.faults import script_fault
from chalandise.bank.actions.news import deliver_events
from chalandise.bank.actions.sessions import abandon_session
from chalandise.bank.models import BankCharge, BankEvent, BankFault
from chalandise.bank.signing import sign
from chalandise.bank.states import FaultKind
from chalandise.bank.wire import secrets as bank_secrets
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions import settling
from chalandise.payments.actions.discrepancies import resolve_discrepancy
from chalandise.payments.actions.inbox import Received, receive_event
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import Remedy, Settled, put_right, settle
from chalandise.payments.actions.visiting import Onward, continue_visit, end_visit, open_visit
from chalandise.payments.actions.watching import compare_books, watch_payments
from chalandise.payments.errors import (
    CannotPutRightError,
    EventNotGenuineError,
    NoOnlinePaymentError,
    NothingToPayError,
    RetryableProviderError,
)
from chalandise.payments.models import (
    Discrepancy,
    Dispute,
    InboxEvent,
    Payment,
    RefusedEvents,
    Visit,
)
from chalandise.payments.queries import order_paid, refunds_to_send, sells_online
from chalandise.payments.states import DiscrepancyKind, DiscrepancyState, PaymentState, VisitState
from chalandise.stock.errors import StockBusyError

pytestmark = pytest.mark.django_db
HELENE = Actor("agent", "1", "Hélène")
LATER = NOON + timedelta(minutes=1)


def events(kind: str) -> int:
    return OutboxEvent.objects.filter(kind=kind).count()


def paid_visit(cast: Cast, *shops: Any, number: str = bank.AT_ONCE) -> tuple[Order, Visit]:
    order = order_at(cast.lot, *(shops or (cast.bakery, cast.bookshop)))
    visit = payments.visit(order)
    payments.pay(visit, number)
    return order, visit


def states(order: Order) -> list[str]:
    return list(order.merchant_orders.order_by("pk").values_list("state", flat=True))


def event_of(
    charge: BankCharge, kind: str = "charge.captured", changed: dict[str, Any] | None = None
) -> Any:
    """A genuine event about a charge, signed by the bank just now."""
    body = {
        "id": f"be_{kind}_{charge.pk}",
        "type": kind,
        "created": int(NOON.timestamp()),
        "demonstration": True,
        "account": charge.account.reference,
        "charge": charge.reference,
        "session": charge.session.reference,
    }
    written = json.dumps(body | (changed or {})).encode()
    return {"Bank-Signature": sign(written, secrets=bank_secrets(), at=NOON)}, written


def test_one_visit_pays_every_merchant(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery, cast.bookshop)
    visit = payments.visit(order)
    assert visit.url.startswith("/banque/")
    assert [one.state for one in visit.payments.all()] == [PaymentState.REQUESTED] * 2
    waiting = order_paid(order)
    assert (waiting.is_checking, waiting.unpaid_cents) == (False, order.total_cents)
    assert [one.is_open for one in waiting.parts] == [True, True]
    payments.pay(visit)
    onward = continue_visit(visit, at=LATER)
    assert (onward.url, onward.is_checking) == ("", False)
    assert states(order) == [MerchantOrderState.PLACED] * 2
    paid = order_paid(order)
    assert (paid.paid_cents, paid.unpaid_cents, paid.is_complete) == (order.total_cents, 0, True)
    assert events("payments.payment_captured") == 2
    visit.refresh_from_db()
    assert visit.state == VisitState.CLOSED


def test_a_visit_asked_twice_is_one_visit_and_one_page_05(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery)
    first = payments.visit(order)
    again = payments.visit(order)
    assert (again.pk, again.url) == (first.pk, first.url)
    assert (Visit.objects.count(), Payment.objects.count()) == (1, 1)
    assert BankCharge.objects.count() == 1


def test_settling_twice_changes_nothing(cast: Cast) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    payment = visit.payments.get()
    assert settle(payment.pk, at=LATER) is Settled.PAID
    assert settle(payment.pk, at=LATER) is Settled.ALREADY
    assert events("payments.payment_captured") == events("ordering.merchant_order_moved") == 1
    assert states(order) == [MerchantOrderState.PLACED]


def test_fault_07_whoever_never_returns_is_settled_by_the_event_or_by_the_job(cast: Cast) -> None:
    order, _visit = paid_visit(cast, cast.bakery)
    assert deliver_events(at=LATER) == 1
    assert states(order) == [MerchantOrderState.PLACED]
    assert InboxEvent.objects.get().outcome == Received.SETTLED
    BankEvent.objects.all().delete()
    script_fault(FaultKind.DROPPED)
    order, _visit = paid_visit(cast, cast.bookshop)
    assert deliver_events(at=LATER) == 0
    assert watch_payments(at=LATER) == 1
    assert states(order) == [MerchantOrderState.PLACED]


def test_fault_07_a_lost_way_back_is_found_by_the_job_before_the_news_comes(cast: Cast) -> None:
    order, _visit = paid_visit(cast, cast.bakery, number=bank.SILENT)
    assert deliver_events(at=LATER) == 0
    assert watch_payments(at=LATER) == 1
    assert deliver_events(at=NOON + timedelta(minutes=10)) == 1
    assert states(order) == [MerchantOrderState.PLACED]
    assert events("payments.payment_captured") == 1


def test_fault_09_money_that_comes_too_late_places_the_order_or_goes_back(cast: Cast) -> None:
    order, visit = paid_visit(cast, cast.bakery, cast.bookshop)
    bread, book = order.merchant_orders.order_by("pk")
    MerchantOrder.objects.filter(pk=bread.pk).update(state=MerchantOrderState.EXPIRED)
    MerchantOrder.objects.filter(pk=book.pk).update(state=MerchantOrderState.CANCELLED)
    by_part = {one.merchant_order_id: one for one in visit.payments.all()}
    assert settle(by_part[book.pk].pk, at=LATER) is Settled.GIVEN_BACK
    refund = by_part[book.pk].refunds.get()
    assert (refund.reason, refund.amount_cents) == ("order_lost", book.total_cents)
    send_refund(refund.pk, at=LATER)
    assert at_the_bank(by_part[book.pk]).refunded_cents == book.total_cents
    assert settle(by_part[book.pk].pk, at=LATER) is Settled.ALREADY
    assert by_part[book.pk].refunds.count() == 1


def test_an_order_paid_twice_keeps_one_payment_and_gives_the_other_back(cast: Cast) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    first = visit.payments.get()
    MerchantOrder.objects.update(state=MerchantOrderState.PLACED, paid_at=NOON)
    assert settle(first.pk, at=LATER) is Settled.GIVEN_BACK
    assert first.refunds.get().reason == "paid_twice"
    assert order_paid(order).paid_cents == 0


WRONG: dict[DiscrepancyKind, dict[str, Any]] = {
    DiscrepancyKind.AMOUNT: {"captured_cents": 2191},
    DiscrepancyKind.CURRENCY: {"currency": "usd"},
    DiscrepancyKind.METADATA: {"metadata": {"chalandise_payment": "x", "merchant_order": "y"}},
}


@pytest.mark.parametrize("kind", [*WRONG, DiscrepancyKind.ACCOUNT])
def test_fault_12_money_that_does_not_agree_pays_nothing(cast: Cast, kind: DiscrepancyKind) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    payment = visit.payments.get()
    change = WRONG.get(kind) or {"account": bank.account("Un autre")}
    BankCharge.objects.update(**change)
    charge = at_the_bank(payment)
    for _again in range(2):
        assert settle(payment.pk, at=LATER) is Settled.TO_LOOK_AT
    payment.refresh_from_db()
    assert (payment.state, payment.captured_cents) == (PaymentState.REQUESTED, 0)
    assert states(order) == [MerchantOrderState.AWAITING_PAYMENT]
    found = Discrepancy.objects.get()
    assert (found.kind, found.payment, found.organisation) == (
        kind,
        payment,
        cast.bakery.organisation,
    )
    assert continue_visit(visit, at=LATER).is_checking
    assert order_paid(order).is_checking
    with pytest.raises(RetryableProviderError):
        payments.visit(order)
    assert charge.captured_cents


def test_fault_12_an_event_with_changed_fields_does_nothing(cast: Cast) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    charge = at_the_bank(visit.payments.get())
    headers, body = event_of(charge)
    for field in json.loads(body):
        changed = json.dumps(json.loads(body) | {field: "x"}).encode()
        with pytest.raises(EventNotGenuineError):
            receive_event("simulated", headers, changed, at=NOON)
    assert states(order) == [MerchantOrderState.AWAITING_PAYMENT]
    assert not InboxEvent.objects.exists()
    assert RefusedEvents.objects.get().count == len(json.loads(body))


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"account": "acct_of_somebody_else"}, Received.TO_LOOK_AT),
        ({"charge": "bc_unknown"}, Received.NOT_OURS),
        ({"type": "balance.available"}, Received.NOT_OURS),
        ({"type": "charge.declined"}, Received.SETTLED),
        ({"session": "bs_other", "created": 0}, Received.SETTLED),
    ],
)
def test_fault_12_a_genuine_event_is_believed_only_as_far_as_the_bank_agrees(
    cast: Cast, change: dict[str, Any], outcome: Received
) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    headers, body = event_of(at_the_bank(visit.payments.get()), changed=change)
    assert receive_event("simulated", headers, body, at=NOON) is outcome
    is_placed = states(order) == [MerchantOrderState.PLACED]
    assert is_placed == (outcome is Received.SETTLED)
    assert Discrepancy.objects.exists() == (outcome is Received.TO_LOOK_AT)


def test_fault_13_an_event_sent_again_acts_once(cast: Cast) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    headers, body = event_of(at_the_bank(visit.payments.get()))
    told = [receive_event("simulated", headers, body, at=NOON) for _again in range(3)]
    assert told == [Received.SETTLED, Received.REPEATED, Received.REPEATED]
    assert InboxEvent.objects.get().repeats == 2
    assert events("payments.payment_captured") == 1
    assert states(order) == [MerchantOrderState.PLACED]


def test_an_event_waits_while_the_bank_cannot_say(cast: Cast) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    headers, body = event_of(at_the_bank(visit.payments.get()))
    script_fault(FaultKind.SERVER_ERROR)
    with pytest.raises(RetryableProviderError):
        receive_event("simulated", headers, body, at=NOON)
    assert not InboxEvent.objects.exists()
    assert receive_event("simulated", headers, body, at=NOON) is Received.SETTLED
    assert states(order) == [MerchantOrderState.PLACED]


def test_nobody_is_believed_in_the_name_of_a_provider_that_does_not_exist() -> None:
    for name in ("stripe", "none", "x", ""):
        with pytest.raises(NotFoundError):
            receive_event(name, {}, b"{}", at=NOON)


def test_whoever_leaves_the_bank_without_paying_may_pay_again_at_once(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery)
    visit = payments.visit(order)
    assert continue_visit(visit, at=LATER) == Onward(is_open=True)
    assert payments.visit(order, at=LATER).url == visit.url
    abandon_session(payments.session_of(visit), at=LATER)
    assert continue_visit(visit, at=LATER) == Onward()
    told = order_paid(order)
    assert (told.is_checking, told.unpaid_cents) == (False, order.total_cents)
    again = payments.visit(order, at=LATER)
    assert again.url != visit.url
    payments.pay(again)
    continue_visit(again, at=LATER)
    assert order_paid(order).is_complete


def test_fault_19_one_merchant_s_refusal_leaves_the_others_paid(cast: Cast) -> None:
    order, visit = paid_visit(cast, number=bank.CEILING)
    onward = continue_visit(visit, at=LATER)
    assert (onward.url, onward.is_checking) == ("", False)
    assert states(order) == [MerchantOrderState.PLACED, MerchantOrderState.AWAITING_PAYMENT]
    paid = order_paid(order)
    assert (paid.is_partial, paid.is_complete) == (True, False)
    assert paid.parts[1].payment is not None
    assert paid.parts[1].payment.decline == "insufficient_funds"
    assert events("payments.payment_failed") == 1
    again = payments.visit(order, at=LATER)
    assert again.pk != visit.pk
    assert [one.merchant_order_id for one in again.payments.all()] == [
        paid.parts[1].merchant_order.pk
    ]
    payments.pay(again)
    continue_visit(again, at=LATER)
    assert states(order) == [MerchantOrderState.PLACED] * 2
    with pytest.raises(NothingToPayError):
        payments.visit(order, at=LATER)


def test_a_visit_whose_time_is_over_is_closed_at_the_bank(cast: Cast) -> None:
    order = payments.expiring(order_at(cast.lot, cast.bakery), minutes=10)
    visit = payments.visit(order)
    payment = visit.payments.get()
    assert visit.expires_at == order.expires_at
    watch_payments(at=NOON + timedelta(minutes=12))
    payment.refresh_from_db()
    assert (payment.state, at_the_bank(payment).state) == (PaymentState.CANCELLED, "cancelled")
    with pytest.raises(NothingToPayError):
        payments.visit(order, at=NOON + timedelta(minutes=12))


def test_money_paid_at_the_last_moment_is_found_when_the_visit_ends(cast: Cast) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    end_visit(visit, at=NOON + timedelta(hours=1))
    assert states(order) == [MerchantOrderState.PLACED]
    visit.refresh_from_db()
    assert visit.state == VisitState.CLOSED


def test_a_merchant_without_an_account_cannot_be_paid_online(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery)
    with pytest.raises(NoOnlinePaymentError):
        open_visit(order, return_url="/r/", cancel_url="/c/", at=NOON)
    assert not Payment.objects.exists()
    organisation = cast.bakery.organisation_id
    assert organisation is not None
    assert sells_online([organisation], at=NOON) == set()
    account = payments.merchant_account(cast.bakery)
    assert sells_online([organisation], at=NOON) == {account.organisation_id}


@pytest.mark.parametrize("name", ["none", "simulated"])
def test_where_nobody_takes_money_online_people_pay_when_they_collect(
    cast: Cast, settings: Any, name: str
) -> None:
    payments.merchant_account(cast.bakery)
    settings.PAYMENT_PROVIDER = name
    organisation = cast.bakery.organisation_id
    assert organisation is not None
    assert bool(sells_online([organisation], at=NOON)) == (name == "simulated")


def test_fault_31_a_bank_that_fails_opens_the_breaker_and_nobody_waits(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery)
    script_fault(FaultKind.SERVER_ERROR, times=50)
    for _try in range(6):
        with pytest.raises(RetryableProviderError):
            payments.visit(order)
    with pytest.raises(RetryableProviderError):
        payments.visit(order)
    assert BankFault.objects.get().left == 45  # five were asked, then nobody
    organisation = cast.bakery.organisation_id
    assert organisation is not None
    assert sells_online([organisation], at=NOON) == set()
    assert (Visit.objects.count(), Payment.objects.count()) == (1, 1)
    BankFault.objects.all().delete()
    assert payments.visit(order, at=NOON + timedelta(minutes=1)).url


CALL_FAULTS = [
    FaultKind.SERVER_ERROR,
    FaultKind.UNREACHABLE,
    FaultKind.SLOW,
    FaultKind.GARBLED,
]


@pytest.mark.parametrize("kind", CALL_FAULTS, ids="bank_{}".format)
def test_fault_31_a_page_that_was_asked_for_badly_is_asked_for_again_under_the_same_key(
    cast: Cast, kind: FaultKind
) -> None:
    order = order_at(cast.lot, cast.bakery)
    script_fault(kind, on="POST /sessions")
    with pytest.raises(RetryableProviderError):
        payments.visit(order)
    assert payments.visit(order).url
    assert (Visit.objects.count(), BankCharge.objects.count()) == (1, 1)


@pytest.mark.parametrize("kind", CALL_FAULTS, ids="bank_{}".format)
def test_fault_31_a_look_that_fails_shows_that_we_are_checking(cast: Cast, kind: FaultKind) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    script_fault(kind)
    assert continue_visit(visit, at=LATER).is_checking
    assert states(order) == [MerchantOrderState.AWAITING_PAYMENT]
    doubted = order_paid(order)
    assert (doubted.is_checking, doubted.unpaid_cents, doubted.is_complete) == (True, 0, False)
    assert not continue_visit(visit, at=LATER).is_checking
    assert states(order) == [MerchantOrderState.PLACED]


@pytest.mark.parametrize("busy", [StockBusyError, SlotsBusyError])
def test_goods_held_by_others_for_too_long_settle_nothing_and_are_asked_again(
    cast: Cast, busy: type[Exception]
) -> None:
    order, visit = paid_visit(cast, cast.bakery)
    headers, body = event_of(at_the_bank(visit.payments.get()))

    def refuse(merchant_order_id: int, *, at: object) -> None:
        raise busy

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settling, "mark_paid", refuse)
        assert continue_visit(visit, at=LATER).is_checking
        assert order_paid(order).is_checking
        with pytest.raises(RetryableProviderError):
            receive_event("simulated", headers, body, at=NOON)
        assert watch_payments(at=LATER) == 0
    assert not InboxEvent.objects.exists()
    assert Payment.objects.get().state == PaymentState.REQUESTED
    assert receive_event("simulated", headers, body, at=NOON) is Received.SETTLED
    assert order_paid(order).is_complete


def test_fault_25_a_dispute_is_kept_and_shown_once(cast: Cast) -> None:
    _order, visit = paid_visit(cast, cast.bakery, number=bank.DISPUTED)
    deliver_events(at=LATER)
    assert Dispute.objects.get().payment == visit.payments.get()
    assert [one.kind for one in Discrepancy.objects.all()] == [DiscrepancyKind.DISPUTE]
    assert events("payments.payment_disputed") == 1


@pytest.mark.parametrize("is_won", [True, False])
def test_fault_25_a_dispute_ends_once_and_leaves_the_queue(cast: Cast, *, is_won: bool) -> None:
    _order, visit = paid_visit(cast, cast.bakery, number=bank.DISPUTED)
    deliver_events(at=LATER)
    payment = visit.payments.get()
    end_dispute(payment.provider_reference, is_won=is_won, at=LATER)
    deliver_events(at=LATER)
    settle(payment.pk, at=LATER)  # told again, nothing more happens
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.ended_at) == ("won" if is_won else "lost", LATER)
    assert Discrepancy.objects.get().state == DiscrepancyState.RESOLVED
    assert events("payments.dispute_ended") == 1
    assert events("payments.payment_disputed") == 1


def test_what_a_bank_holds_for_a_cardholder_is_not_given_back_a_second_time(cast: Cast) -> None:
    _order, visit = paid_visit(cast, cast.bakery, number=bank.DISPUTED)
    deliver_events(at=LATER)
    payment = visit.payments.get()
    total = payment.captured_cents
    first, rest = (
        refund_payment(payment, amount_cents=cents, cause=Cause(key, "kind"), by=HELENE, at=LATER)
        for key, cents in (("one", 500), ("two", total - 500))
    )
    assert send_refund(first.pk, at=LATER) == "requested"  # not while the bank holds the money
    assert at_the_bank(payment).refunded_cents == 0
    end_dispute(payment.provider_reference, is_won=False, at=LATER)
    deliver_events(at=LATER)
    assert refunds_to_send(at=LATER, most=9) == [first.pk, rest.pk]
    assert [send_refund(one.pk, at=LATER) for one in (first, rest)] == ["refused"] * 2
    payment.refresh_from_db()
    assert (payment.refunded_cents, at_the_bank(payment).refunded_cents) == (0, 0)
    waiting = Discrepancy.objects.filter(state="open", kind=DiscrepancyKind.REFUND_REFUSED)
    assert waiting.get().detail["code"] == "dispute_lost"


@pytest.mark.parametrize("is_dealt_with", [False, True])
def test_a_dispute_won_after_all_sends_what_was_refused_unless_somebody_dealt_with_it(
    cast: Cast, is_dealt_with: bool
) -> None:
    _order, visit = paid_visit(cast, cast.bakery, number=bank.DISPUTED)
    deliver_events(at=LATER)
    payment = visit.payments.get()
    causes = [Cause(key, "kind") for key in ("one", "two")]
    refunds = [
        refund_payment(payment, amount_cents=500, cause=cause, by=HELENE, at=LATER)
        for cause in causes
    ]
    end_dispute(payment.provider_reference, is_won=False, at=LATER)
    deliver_events(at=LATER)
    assert [send_refund(one.pk, at=LATER) for one in refunds] == ["refused"] * 2
    waiting = Discrepancy.objects.get(kind=DiscrepancyKind.REFUND_REFUSED)
    if is_dealt_with:
        resolve_discrepancy(waiting, by=HELENE, at=LATER, note="en espèces")
    reverse_dispute(payment.provider_reference, at=LATER + timedelta(hours=1))
    settle(payment.pk, at=LATER + timedelta(hours=1))
    waiting.refresh_from_db()
    assert waiting.state == DiscrepancyState.RESOLVED
    again = refunds_to_send(at=LATER + timedelta(hours=1), most=9)
    assert len(again) == (0 if is_dealt_with else 2)
    assert [send_refund(pk, at=LATER + timedelta(hours=1)) for pk in again] == ["done"] * len(again)
    assert at_the_bank(payment).refunded_cents == 500 * len(again)


def test_a_dispute_won_lets_what_waited_go_back(cast: Cast) -> None:
    _order, visit = paid_visit(cast, cast.bakery, number=bank.DISPUTED)
    deliver_events(at=LATER)
    payment = visit.payments.get()
    refund = refund_payment(
        payment, amount_cents=500, cause=Cause("one", "kind"), by=HELENE, at=LATER
    )
    assert send_refund(refund.pk, at=LATER) == "requested"
    end_dispute(payment.provider_reference, is_won=True, at=LATER)
    deliver_events(at=LATER)
    assert refunds_to_send(at=LATER, most=9) == [refund.pk]
    assert send_refund(refund.pk, at=LATER) == "done"


def test_a_dispute_lost_in_part_leaves_the_rest_to_be_given_back(cast: Cast) -> None:
    _order, visit = paid_visit(cast, cast.bakery)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    Dispute.objects.create(payment=payment, amount_cents=2000, state="lost", ended_at=LATER)
    answers = [
        send_refund(
            refund_payment(
                payment, amount_cents=95, cause=Cause(key, "kind"), by=HELENE, at=LATER
            ).pk,
            at=LATER,
        )
        for key in ("one", "two", "three")
    ]
    assert payment.captured_cents == 2190
    assert answers == ["done", "done", "refused"]


def test_a_dispute_that_we_have_not_heard_of_holds_a_refund_back(cast: Cast) -> None:
    _order, visit = paid_visit(cast, cast.bakery)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    open_dispute(payment.provider_reference, at=LATER)  # its news is on the way
    cause = Cause("one", "kind")
    refund = refund_payment(payment, amount_cents=500, cause=cause, by=HELENE, at=LATER)
    assert send_refund(refund.pk, at=LATER) == "requested"
    assert Discrepancy.objects.get(state="open").kind == DiscrepancyKind.DISPUTE
    settle(payment.pk, at=LATER)
    end_dispute(payment.provider_reference, is_won=True, at=LATER)
    deliver_events(at=LATER)
    assert refunds_to_send(at=LATER, most=9) == [refund.pk]
    assert send_refund(refund.pk, at=LATER) == "done"  # under another key than what was refused
    assert at_the_bank(payment).refunded_cents == 500
    assert not Discrepancy.objects.filter(state="open").exists()


@pytest.mark.parametrize("first", [True, False])
def test_a_dispute_decided_the_other_way_is_followed_and_told_again(
    cast: Cast, *, first: bool
) -> None:
    _order, visit = paid_visit(cast, cast.bakery, number=bank.DISPUTED)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    end_dispute(payment.provider_reference, is_won=first, at=LATER)
    settle(payment.pk, at=LATER)
    month = LATER + timedelta(days=30)
    reverse_dispute(payment.provider_reference, at=month)
    for _twice in range(2):
        settle(payment.pk, at=month)
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.turns) == ("lost" if first else "won", 1)
    assert (dispute.ended_at, dispute.amount_cents) == (month, 2190)
    assert events("payments.dispute_ended") == 2
    assert Discrepancy.objects.get(state="open").detail["was"] == ("won" if first else "lost")


def test_news_of_a_dispute_from_another_account_moves_nothing(cast: Cast) -> None:
    _order, visit = paid_visit(cast, cast.bakery, number=bank.DISPUTED)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    stranger = payments.merchant_account(cast.bookshop).reference
    end_dispute(payment.provider_reference, is_won=False, at=LATER)
    charge = at_the_bank(payment)
    said = {"account": stranger, "id": "be_of_another"}
    headers, body = event_of(charge, "charge.dispute_closed", said)
    for expected in (Received.TO_LOOK_AT, Received.REPEATED):
        assert receive_event("simulated", headers, body, at=NOON) is expected
    assert Dispute.objects.get().state == "open"
    # Under the number of one that was taken, another body does nothing either.
    headers, body = event_of(charge, "charge.captured", {"id": "be_of_another"})
    assert receive_event("simulated", headers, body, at=NOON) is Received.REPEATED
    assert Dispute.objects.get().state == "open"
    late = NOON + timedelta(minutes=6)
    headers, body = event_of(charge, "charge.dispute_closed")
    with pytest.raises(EventNotGenuineError):
        receive_event("simulated", headers, body, at=late)
    assert receive_event("simulated", headers, body, at=NOON) is Received.SETTLED
    assert Dispute.objects.get().state == "lost"


def test_an_event_that_carries_what_no_database_keeps_is_taken_all_the_same(cast: Cast) -> None:
    _order, visit = paid_visit(cast, cast.bakery)
    charge = at_the_bank(visit.payments.get())
    headers, body = event_of(charge, changed={"name": "Nadia\x00 \ud800", "of": [{"a\x00": 1}]})
    assert receive_event("simulated", headers, body, at=NOON) is Received.SETTLED
    assert InboxEvent.objects.get().payload["name"] == "Nadia ?"


def test_a_wrong_sum_is_given_back_or_kept_by_a_person(cast: Cast) -> None:
    for how, state in (
        (Remedy.GIVE_BACK, MerchantOrderState.AWAITING_PAYMENT),
        (Remedy.KEEP, MerchantOrderState.PLACED),
        (Remedy.NOTED, MerchantOrderState.AWAITING_PAYMENT),
    ):
        order, visit = paid_visit(cast, cast.bakery, number=bank.WRONG_SUM)
        payment = visit.payments.get()
        settle(payment.pk, at=LATER)
        found = Discrepancy.objects.get(payment=payment)
        put_right(found, how, by=HELENE, at=LATER, note="vu avec la banque")
        assert states(order) == [state]
        payment.refresh_from_db()
        expected = {Remedy.GIVE_BACK: 2290, Remedy.KEEP: 100, Remedy.NOTED: 0}[how]
        assert payment.refunded_cents == expected
        settle(payment.pk, at=LATER)
        watch_payments(at=LATER)
        compare_books(since=NOON - timedelta(hours=1), at=LATER)
        assert list(Discrepancy.objects.filter(state="open")) == []
        with pytest.raises((StaleStateError, CannotPutRightError)):
            put_right(found, how, by=HELENE, at=LATER)


def test_the_database_itself_refuses_refunds_beyond_the_capture(cast: Cast) -> None:
    _order, visit = paid_visit(cast, cast.bakery)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    for change in ({"refunded_cents": 2191}, {"amount_cents": 0}, {"currency": "usd"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**change)


KINDS = ("charge.captured", "charge.refunded", "charge.disputed", "charge.cancelled")


class AnyOrderOfEvents(HypothesisCase):
    """Fault 8: whatever order and however often, the end is where the bank is."""

    @pytest.fixture(autouse=True)
    def _cast(self, cast: Cast) -> None:
        self.cast = cast

    @given(
        told=st.lists(st.sampled_from(range(4)), min_size=1, max_size=8),
        refunded=st.integers(0, 2190),
        is_disputed=st.booleans(),
    )
    @settings(max_examples=40)
    def test_fault_08_any_order_and_repetition_of_events_ends_where_the_bank_is(
        self, told: list[int], refunded: int, is_disputed: bool
    ) -> None:
        order, visit = paid_visit(self.cast, self.cast.bakery)
        payment = visit.payments.get()
        BankCharge.objects.filter(reference=payment.provider_reference).update(
            refunded_cents=refunded, is_disputed=is_disputed
        )
        charge = at_the_bank(payment)
        for place in told:
            headers, body = event_of(charge, KINDS[place])
            receive_event("simulated", headers, body, at=NOON)
        payment.refresh_from_db()
        assert (payment.state, payment.captured_cents) == (PaymentState.CAPTURED, 2190)
        assert payment.refunded_cents == refunded
        assert payment.refunds.count() == bool(refunded)
        assert Dispute.objects.filter(payment=payment).exists() == is_disputed
        assert states(order) == [MerchantOrderState.PLACED]
        assert InboxEvent.objects.filter(payment=payment).count() == len(set(told))
