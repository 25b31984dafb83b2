"""Stripe through the whole room: a chain of pages, one merchant each, settled one by one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import stripe
from tests.cast import Cast
from tests.factories.orders import NOON, order_at
from tests.payments.benches import Signed, StripeBench, charge, visit
from tests.shared_data import SHARED, shared_data

from chalandise.bank.states import FaultKind
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.ordering.models import Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions import inbox
from chalandise.payments.actions.accounts import refresh_account, start_onboarding
from chalandise.payments.actions.inbox import Received, receive_event
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import Remedy, Settled, put_right, settle
from chalandise.payments.actions.visiting import Onward, continue_visit, open_visit
from chalandise.payments.actions.watching import compare_books, watch_payments
from chalandise.payments.errors import CannotPutRightError
from chalandise.payments.models import (
    Discrepancy,
    Dispute,
    InboxEvent,
    MerchantAccount,
    Payment,
    Refund,
    Visit,
)
from chalandise.payments.ports import PAYMENT_MARK, RefundRequest
from chalandise.payments.providers.stripe_connect import API_VERSION
from chalandise.payments.queries import order_paid
from chalandise.payments.states import DiscrepancyKind, PaymentState, RefundState

pytestmark = pytest.mark.django_db
CLAIRE = Actor("merchant", "1", "Claire")
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def connected(cast: Cast, stripe_bench: StripeBench, settings: Any) -> StripeBench:
    """The bakery and the bookshop sell through Stripe."""
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_KEY = "sk_test_123"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_old"]
    settings.STRIPE_API_BASE = stripe_bench.address
    for shop in (cast.bakery, cast.bookshop):
        assert shop.organisation is not None
        MerchantAccount.objects.create(
            organisation=shop.organisation,
            provider="stripe",
            reference=stripe_bench.account(),
            is_ready=True,
        )
    return stripe_bench


def opened(order: Order) -> Visit:
    return open_visit(
        order, return_url="https://x.test/r/", cancel_url="https://x.test/c/", at=NOON
    )


def states(order: Order) -> list[str]:
    return list(order.merchant_orders.order_by("pk").values_list("state", flat=True))


def test_a_visit_is_a_chain_of_pages_one_for_each_merchant(
    cast: Cast, connected: StripeBench
) -> None:
    order = order_at(cast.lot, cast.bakery, cast.bookshop)
    visit = opened(order)
    assert visit.url.startswith("https://checkout.stripe.com/")
    first, second = visit.payments.order_by("pk")
    assert (first.state, second.state) == (PaymentState.REQUESTED, PaymentState.CREATED)
    assert continue_visit(visit, at=LATER) == Onward(is_open=True)  # came back without paying
    assert opened(order).url == visit.url
    connected.pay(first.provider_reference)
    onward = continue_visit(visit, at=LATER)
    second.refresh_from_db()
    assert second.provider_reference in onward.url
    assert states(order) == [MerchantOrderState.PLACED, MerchantOrderState.AWAITING_PAYMENT]
    assert order_paid(order).is_partial
    assert opened(order).url == onward.url
    connected.pay(second.provider_reference)
    assert continue_visit(visit, at=LATER).url == ""
    assert states(order) == [MerchantOrderState.PLACED] * 2
    accounts = [headers["stripe-account"] for _m, path, _b, headers in _posts(connected)]
    assert accounts == [first.account_reference, second.account_reference]


def _posts(bench: StripeBench) -> list[Any]:
    asked = bench.books.requests
    return [one for one in asked if one[0] == "POST" and one[1] == "/v1/checkout/sessions"]


def test_every_call_names_the_version_and_every_post_its_key(
    cast: Cast, connected: StripeBench
) -> None:
    visit = opened(order_at(cast.lot, cast.bakery))
    payment = visit.payments.get()
    connected.pay(payment.provider_reference)
    settle(payment.pk, at=LATER)
    payment.refresh_from_db()
    cause = Cause("k", "gesture")
    refund = refund_payment(payment, amount_cents=100, cause=cause, by=CLAIRE, at=LATER)
    assert send_refund(refund.pk, at=LATER) is RefundState.DONE
    assert connected.books.requests
    for method, _path, _body, headers in connected.books.requests:
        assert headers["stripe-version"] == API_VERSION
        assert headers["authorization"] == "Bearer sk_test_123"
        assert method == "GET" or headers["idempotency-key"]
    [(_m, _p, body, _h)] = _posts(connected)
    assert body["payment_intent_data"]["metadata"] == body["metadata"]
    assert body["metadata"][PAYMENT_MARK] == str(payment.public_id)
    assert "application_fee_amount" not in json.dumps(body)  # no commission: nothing is held back


def test_a_merchant_who_is_not_paid_leaves_the_other_paid_19(
    cast: Cast, connected: StripeBench
) -> None:
    order = order_at(cast.lot, cast.bakery, cast.bookshop)
    visit = opened(order)
    first = visit.payments.order_by("pk")[0]
    connected.pay(first.provider_reference)
    continue_visit(visit, at=LATER)
    over = visit.expires_at + timedelta(minutes=2)
    watch_payments(at=over)
    assert states(order) == [MerchantOrderState.PLACED, MerchantOrderState.AWAITING_PAYMENT]
    second = visit.payments.order_by("pk")[1]
    assert second.state == PaymentState.CANCELLED
    assert connected.books.sessions[second.provider_reference]["status"] == "expired"


def test_the_event_settles_whoever_never_returns_07(cast: Cast, connected: StripeBench) -> None:
    order = order_at(cast.lot, cast.bakery)
    payment = opened(order).payments.get()
    connected.pay(payment.provider_reference)
    headers, body = connected.event(payment.provider_reference)
    assert receive_event("stripe", headers, body, at=NOON) is Received.SETTLED
    assert receive_event("stripe", headers, body, at=NOON) is Received.REPEATED
    assert states(order) == [MerchantOrderState.PLACED]


def test_another_merchant_cannot_pay_with_our_mark_on_their_own_account_12(
    cast: Cast, connected: StripeBench
) -> None:
    order = order_at(cast.lot, cast.bakery)
    payment = opened(order).payments.get()
    books = connected.books
    session = books.sessions[payment.provider_reference]
    thief = connected.account()
    books.sessions["cs_thief"] = session | {"id": "cs_thief", "_account": thief}
    books.pay("cs_thief")
    headers, body = connected.event("cs_thief")
    assert receive_event("stripe", headers, body, at=NOON) is Received.TO_LOOK_AT
    assert Discrepancy.objects.get().kind == DiscrepancyKind.ACCOUNT
    assert states(order) == [MerchantOrderState.AWAITING_PAYMENT]


@pytest.mark.parametrize(
    ("amount", "currency", "kind"),
    [(2191, "eur", DiscrepancyKind.AMOUNT), (2190, "jpy", DiscrepancyKind.CURRENCY)],
)
def test_another_sum_or_currency_at_stripe_pays_nothing_12_27(
    cast: Cast, connected: StripeBench, amount: int, currency: str, kind: DiscrepancyKind
) -> None:
    order = order_at(cast.lot, cast.bakery)
    payment = opened(order).payments.get()
    connected.books.pay(payment.provider_reference, amount=amount, currency=currency)
    assert settle(payment.pk, at=LATER) is Settled.TO_LOOK_AT
    assert Discrepancy.objects.get().kind == kind
    assert states(order) == [MerchantOrderState.AWAITING_PAYMENT]


@pytest.mark.parametrize("how", [Remedy.KEEP, Remedy.GIVE_BACK])
def test_another_currency_is_put_right_by_nobody_here_27(
    cast: Cast, connected: StripeBench, how: Remedy
) -> None:
    order = order_at(cast.lot, cast.bakery)
    payment = opened(order).payments.get()
    connected.books.pay(payment.provider_reference, currency="jpy")
    settle(payment.pk, at=LATER)
    with pytest.raises(CannotPutRightError):
        put_right(Discrepancy.objects.get(), how, by=CLAIRE, at=LATER)
    assert states(order) == [MerchantOrderState.AWAITING_PAYMENT]
    assert connected.refunds == 0


def test_refunds_and_disputes_made_at_stripe_s_desk_are_written_down(
    cast: Cast, connected: StripeBench
) -> None:
    payment = opened(order_at(cast.lot, cast.bakery)).payments.get()
    reference = payment.provider_reference
    connected.pay(reference)
    settle(payment.pk, at=LATER)
    connected.books.sessions[reference]["_intent"]["latest_charge"]["amount_refunded"] = 500
    connected.dispute(reference)
    told = compare_books(since=NOON - timedelta(days=1), at=LATER)
    assert told.seen == 1
    payment.refresh_from_db()
    assert payment.refunded_cents == 500
    assert payment.refunds.get().reason == "at_provider"
    assert Discrepancy.objects.get().kind == DiscrepancyKind.DISPUTE


def test_a_bank_that_goes_back_on_its_word_is_followed_and_told_to_a_person(
    cast: Cast, connected: StripeBench
) -> None:
    payment = opened(order_at(cast.lot, cast.bakery)).payments.get()
    connected.pay(payment.provider_reference)
    settle(payment.pk, at=LATER)
    connected.books.dispute(payment.provider_reference, "warning_closed")
    settle(payment.pk, at=LATER)
    assert Dispute.objects.get().state == "won"
    waiting = Discrepancy.objects.filter(kind=DiscrepancyKind.DISPUTE, state="open")
    for minutes, status, state, count, turns in (
        (1, "needs_response", "won", 0, 0),  # an answer of before, perhaps
        (16, "warning_closed", "won", 0, 0),
        (17, "needs_response", "open", 1, 1),
        (18, "warning_closed", "open", 1, 1),  # again perhaps of before
        (33, "lost", "lost", 1, 2),
        (34, "lost", "lost", 1, 2),
        (60, "won", "won", 1, 3),
    ):
        connected.books.dispute(payment.provider_reference, status)
        settle(payment.pk, at=LATER + timedelta(minutes=minutes))
        dispute = Dispute.objects.get()
        assert (dispute.state, waiting.count(), dispute.turns) == (state, count, turns), minutes
    assert waiting.get().detail["was"] == "lost"
    day = timedelta(days=1)
    assert compare_books(since=NOON - day, at=LATER + timedelta(hours=2)).seen == 1
    assert waiting.count() == 1


def test_a_dispute_that_goes_on_is_looked_up_long_after_its_payment(
    cast: Cast, connected: StripeBench
) -> None:
    payment = opened(order_at(cast.lot, cast.bakery)).payments.get()
    connected.pay(payment.provider_reference)
    connected.dispute(payment.provider_reference)
    settle(payment.pk, at=LATER)
    connected.books.dispute(payment.provider_reference, "lost")  # and the news never comes
    month = LATER + timedelta(days=30)
    assert compare_books(since=month - timedelta(days=4), at=month).seen == 0
    assert Dispute.objects.get().state == "lost"


def test_a_mark_that_is_no_number_of_ours_stops_no_comparison(
    cast: Cast, connected: StripeBench
) -> None:
    payment = opened(order_at(cast.lot, cast.bakery)).payments.get()
    connected.pay(payment.provider_reference)
    connected.books.sessions[payment.provider_reference]["metadata"][PAYMENT_MARK] = "x' OR 1=1"
    Payment.objects.filter(pk=payment.pk).update(state="cancelled", provider_reference="")
    told = compare_books(since=NOON - timedelta(days=1), at=LATER)
    assert (told.seen, told.orphans, told.mended) == (1, 1, 0)


def test_a_page_whose_answer_was_lost_is_the_same_page_28(
    cast: Cast, connected: StripeBench
) -> None:
    order = order_at(cast.lot, cast.bakery)
    connected.fault(FaultKind.SLOW)
    with pytest.raises(Exception, match="APIConnectionError"):
        opened(order)
    watch_payments(at=NOON + timedelta(minutes=3))
    payment = Payment.objects.get()
    assert list(connected.books.sessions) == [payment.provider_reference]


def test_a_merchant_is_led_to_stripe_s_questions(cast: Cast, connected: StripeBench) -> None:
    MerchantAccount.objects.all().delete()
    assert cast.bakery.organisation is not None
    url = start_onboarding(
        cast.bakery.organisation,
        email="claire@exemple.test",
        return_url="https://x.test/comptoir/",
        signed_in_at=NOON,
        by=CLAIRE,
        at=NOON,
    )
    assert url.startswith("https://connect.stripe.com/")
    account = MerchantAccount.objects.get()
    assert not refresh_account(account, at=NOON).is_ready
    connected.verify(account.reference)
    event, written = news_of(account)
    assert receive_event("stripe", event, written, at=NOON) is Received.ACCOUNT
    account.refresh_from_db()
    assert account.is_ready


def news_of(account: MerchantAccount) -> tuple[dict[str, str], bytes]:
    """A genuine event about a merchant's account."""
    body = {
        "id": "evt_2",
        "type": "account.updated",
        "livemode": False,
        "account": account.reference,
        "data": {"object": {"id": account.reference, "object": "account"}},
    }
    written = json.dumps(body)
    header = stripe.WebhookSignature.generate_signature_header(
        written, "whsec_new", int(NOON.timestamp())
    )
    return {"Stripe-Signature": header}, written.encode()


class PowerCutError(Exception):
    """Between two steps."""


@pytest.mark.parametrize("step", ["_take", "note_account"])
def test_fault_28_news_of_an_account_and_their_effect_are_kept_together_or_not_at_all(
    cast: Cast, connected: StripeBench, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    account = MerchantAccount.objects.get(organisation=cast.bakery.organisation)
    MerchantAccount.objects.update(is_ready=False, payout_mark="another bank account")
    connected.verify(account.reference)
    event, written = news_of(account)
    do = getattr(inbox, step)

    def cut(*given: object, **named: object) -> None:
        do(*given, **named)
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(inbox, step, cut)
        with pytest.raises(PowerCutError):
            receive_event("stripe", event, written, at=NOON)
    account.refresh_from_db()
    assert (account.is_ready, account.payouts_held_until) == (False, None)
    assert not InboxEvent.objects.exists(), "it was called done, and was not"
    for outcome in (Received.ACCOUNT, Received.REPEATED):  # sent again, as providers do
        assert receive_event("stripe", event, written, at=NOON) is outcome
        account.refresh_from_db()
        assert (account.is_ready, account.payouts_held_until is None) == (True, False)
    told = OutboxEvent.objects.filter(kind="payments.payout_account_changed")
    assert (told.count(), InboxEvent.objects.count()) == (1, 1)


def test_the_library_is_the_one_whose_version_is_pinned() -> None:
    assert stripe.api_version == API_VERSION


# --- The double tells Stripe's truth ----------------------------------------------------------

FIXTURES = SHARED / "standards" / "stripe_fixtures3.json"
READ_BY_US = {
    "checkout.session": {
        "id", "object", "amount_total", "created", "currency", "client_reference_id",
        "expires_at", "livemode", "metadata", "mode", "payment_intent", "payment_status",
        "status", "success_url", "cancel_url", "url",
    },
    "payment_intent": {
        "id", "object", "amount", "amount_received", "currency", "last_payment_error",
        "latest_charge", "metadata", "status",
    },
    "charge": {
        "id", "object", "amount", "amount_captured", "amount_refunded", "captured", "currency",
        "disputed", "metadata", "paid",
    },
    "refund": {"id", "object", "amount", "currency", "metadata", "payment_intent", "status"},
    "account": {
        "id", "object", "charges_enabled", "payouts_enabled", "external_accounts",
        "requirements", "settings", "metadata",
    },
    "payout": {
        "id", "object", "amount", "arrival_date", "automatic", "created", "currency", "status",
    },
    "balance_transaction": {"id", "object", "amount", "type", "fee_details"},
    "account_link": {"object", "created", "expires_at", "url"},
}  # fmt: skip


def refund_event(bench: StripeBench, refund: Refund, kind: str) -> Signed:
    """Tell about a refund as Stripe does; of what it says, only that something happened is believed."""
    body = {
        "id": f"evt_{kind}",
        "object": "event",
        "account": refund.payment.account_reference,
        "livemode": False,
        "type": kind,
        "data": {"object": bench.books.refunds[refund.provider_reference] | {"charge": "ch_1"}},
    }
    written = json.dumps(body)
    header = stripe.WebhookSignature.generate_signature_header(
        written, "whsec_new", int(NOON.timestamp())
    )
    return {"Stripe-Signature": header}, written.encode()


def sent(cast: Cast, bench: StripeBench, *faults: str) -> Refund:
    visit = opened(order_at(cast.lot, cast.bakery))
    payment = visit.payments.get()
    bench.pay(payment.provider_reference)
    settle(payment.pk, at=LATER)
    bench.books.faults += faults
    cause = Cause("k:1", "gesture")
    refund = refund_payment(payment, amount_cents=100, cause=cause, by=CLAIRE, at=LATER)
    send_refund(refund.pk, at=LATER)
    refund.refresh_from_db()
    return refund


@pytest.mark.parametrize("kind", ["refund.updated", "charge.refund.updated", "refund.failed"])
@pytest.mark.parametrize("is_failing", [False, True], ids=["arrives", "fails"])
def test_an_event_about_a_refund_on_its_way_is_looked_into(
    cast: Cast, connected: StripeBench, kind: str, *, is_failing: bool
) -> None:
    refund = sent(cast, connected, "refund_fails" if is_failing else "refund_pending")
    assert refund.state == RefundState.SENT
    connected.end_refunds()
    headers, body = refund_event(connected, refund, kind)
    assert receive_event("stripe", headers, body, at=NOON) is Received.SETTLED
    refund.refresh_from_db()
    ends = (RefundState.REFUSED, 0) if is_failing else (RefundState.DONE, 100)
    assert (refund.state, refund.payment.refunded_cents) == ends
    settle(refund.payment_id, at=LATER)  # its charge may go on counting what failed
    compare_books(since=NOON - timedelta(days=1), at=LATER)
    assert Refund.objects.count() == 1
    waiting = [(one.kind, one.detail["code"]) for one in Discrepancy.objects.all()]
    failed = [(DiscrepancyKind.REFUND_REFUSED, "expired_or_canceled_card")]
    assert waiting == (failed if is_failing else [])


def test_a_refund_that_comes_back_after_it_had_arrived_is_for_a_person(
    cast: Cast, connected: StripeBench
) -> None:
    refund = sent(cast, connected)
    assert refund.state == RefundState.DONE
    connected.books.refunds[refund.provider_reference]["status"] = "failed"
    headers, body = refund_event(connected, refund, "refund.failed")
    receive_event("stripe", headers, body, at=NOON)
    refund.refresh_from_db()
    assert refund.state == RefundState.DONE
    assert Discrepancy.objects.get().kind == DiscrepancyKind.REFUND_MISSING


@shared_data("standards/stripe_fixtures3.json")
def test_the_double_s_objects_have_the_fields_of_stripe_s_own_samples(
    stripe_bench: StripeBench,
) -> None:
    samples = json.loads(FIXTURES.read_text())["resources"]
    wish = charge(stripe_bench.account(), 1000)
    done = stripe_bench.provider.open_visit(visit(wish), key="v", at=NOON)
    reference = done.references[wish.payment]
    stripe_bench.pay(reference)
    books = stripe_bench.books
    session = books._session(books.sessions[reference])
    intent = session["payment_intent"]
    request = RefundRequest(reference, intent["id"], wish.account, 100, {})
    stripe_bench.provider.refund(request, key="r", at=NOON)
    books.pay_out(wish.account, books.now)
    [payout] = books._payouts({"created": {"gte": 0}}, wish.account)
    shown = {
        "payout": payout,
        "balance_transaction": books._transactions(payout["id"])[0],
        "checkout.session": session,
        "payment_intent": intent,
        "charge": intent["latest_charge"],
        "refund": next(iter(books.refunds.values())),
        "account": books.accounts[wish.account],
    }
    for name, ours in shown.items():
        assert set(ours) == READ_BY_US[name]
        assert READ_BY_US[name] <= set(samples[name]), name
        for field, value in ours.items():
            theirs = samples[name][field]
            if value is not None and theirs is not None and not isinstance(value, dict):
                assert type(value) is type(theirs), (name, field)
    assert READ_BY_US["account_link"] <= set(samples["account_link"])
