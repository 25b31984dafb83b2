"""What every provider keeps to, told once and run on each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
import stripe
from tests.factories.orders import NOON
from tests.payments.benches import Bench, StripeBench, charge, visit

from chalandise.bank.states import FaultKind
from chalandise.payments.errors import (
    EventNotGenuineError,
    FinalProviderError,
    LowBalanceError,
    ProviderDownError,
    ProviderGarbledError,
    ProviderSilentError,
    RetryableProviderError,
)
from chalandise.payments.ports import (
    PAYMENT_MARK,
    REFUND_MARK,
    STOPPED,
    About,
    DisputeFound,
    Found,
    MerchantIdentity,
    RefundFound,
    RefundRequest,
)


def opened(bench: Bench, amount: int = 1000, key: str = "v1") -> tuple[str, str, str]:
    """Open a visit for one merchant: our number, the provider's, the account."""
    wish = charge(bench.account(), amount)
    done = bench.provider.open_visit(visit(wish), key=key, at=NOON)
    return wish.payment, done.references[wish.payment], wish.account


def refund_of(bench: Bench, reference: str, account: str, cents: int) -> RefundRequest:
    found = bench.provider.look_up(reference, account=account, at=NOON)
    return RefundRequest(reference, found.charge_reference, account, cents, {REFUND_MARK: "1"})


def test_an_open_visit_is_found_open_with_what_was_asked(bench: Bench) -> None:
    payment, reference, account = opened(bench, 2190)
    found = bench.provider.look_up(reference, account=account, at=NOON)
    assert (found.state, found.amount_cents, found.captured_cents) == (Found.OPEN, 2190, 0)
    assert (found.currency, found.account, found.reference) == ("eur", account, reference)
    assert found.metadata == {"merchant_order": "TGXQ-1", PAYMENT_MARK: payment}
    assert (found.charge_reference == "") == isinstance(bench, StripeBench)
    assert abs(found.created_at.astimezone(UTC) - NOON) < timedelta(seconds=2)


def test_a_visit_covers_the_first_merchant_at_least(bench: Bench) -> None:
    wishes = [charge(bench.account(), 500), charge(bench.account(), 700)]
    done = bench.provider.open_visit(visit(*wishes), key="v", at=NOON)
    assert done.url
    assert wishes[0].payment in done.references
    assert set(done.references) <= {one.payment for one in wishes}
    assert (len(done.references) == 2) == bench.provider.pays_all_on_one_page


def test_the_same_key_opens_one_visit_and_another_request_under_it_is_refused(
    bench: Bench,
) -> None:
    wish = charge(bench.account())
    first = bench.provider.open_visit(visit(wish), key="v", at=NOON)
    assert bench.provider.open_visit(visit(wish), key="v", at=NOON) == first
    with pytest.raises(FinalProviderError) as caught:
        bench.provider.open_visit(visit(charge(wish.account, 5)), key="v", at=NOON)
    assert caught.value.code == "key_used_for_something_else"


def test_a_paid_visit_is_found_captured(bench: Bench) -> None:
    _payment, reference, account = opened(bench, 2190)
    bench.pay(reference)
    found = bench.provider.look_up(reference, account=account, at=NOON)
    assert (found.state, found.captured_cents, found.refunded_cents) == (Found.CAPTURED, 2190, 0)
    assert found.charge_reference
    assert not found.is_disputed
    bench.dispute(reference)
    disputed = bench.provider.look_up(reference, account=account, at=NOON)
    assert disputed.is_disputed
    assert disputed.dispute is None


@pytest.mark.parametrize("end", DisputeFound)
def test_fault_25_a_dispute_is_found_to_have_ended(bench: Bench, end: DisputeFound) -> None:
    _payment, reference, account = opened(bench, 2190)
    bench.pay(reference)
    bench.dispute(reference)
    bench.end_dispute(reference, is_won=end is DisputeFound.WON)
    found = bench.provider.look_up(reference, account=account, at=NOON)
    assert (found.is_disputed, found.dispute) == (True, end)


def test_a_closed_visit_is_cancelled_and_a_paid_one_stays_paid(bench: Bench) -> None:
    _payment, reference, account = opened(bench, key="v1")
    bench.provider.close_visit(reference, account=account, key="c1", at=NOON)
    assert bench.provider.look_up(reference, account=account, at=NOON).state is Found.CANCELLED
    bench.provider.close_visit(reference, account=account, key="c2", at=NOON)
    _payment, reference, account = opened(bench, key="v2")
    bench.pay(reference)
    bench.provider.close_visit(reference, account=account, key="c3", at=NOON)
    assert bench.provider.look_up(reference, account=account, at=NOON).state is Found.CAPTURED


def test_money_goes_back_in_parts_once_per_key_and_never_beyond(bench: Bench) -> None:
    _payment, reference, account = opened(bench, 1000)
    bench.pay(reference)
    wish = refund_of(bench, reference, account, 400)
    done = bench.provider.refund(wish, key="r1", at=NOON)
    assert (done.state, done.amount_cents) == (RefundFound.DONE, 400)
    assert bench.provider.refund(wish, key="r1", at=NOON).reference == done.reference
    bench.provider.refund(refund_of(bench, reference, account, 600), key="r2", at=NOON)
    with pytest.raises(FinalProviderError):
        bench.provider.refund(refund_of(bench, reference, account, 1), key="r3", at=NOON)
    found = bench.provider.look_up(reference, account=account, at=NOON)
    assert found.refunded_cents == 1000 == bench.refunds


def test_a_fee_is_kept_for_the_operator_and_goes_back_in_proportion(bench: Bench) -> None:
    wish = charge(bench.account(), 2940, fee_cents=74)
    done = bench.provider.open_visit(visit(wish), key="v", at=NOON)
    reference = done.references[wish.payment]
    bench.pay(reference)
    assert bench.fee(reference) == 74
    half = replace(refund_of(bench, reference, wish.account, 1470), has_fee=True)
    bench.provider.refund(half, key="r1", at=NOON)
    assert bench.fee(reference) == 37
    bench.provider.refund(half, key="r2", at=NOON)
    assert bench.fee(reference) == 0


def test_a_refund_above_the_merchant_s_balance_says_so_22(bench: Bench) -> None:
    _payment, reference, account = opened(bench)
    bench.pay(reference)
    wish = refund_of(bench, reference, account, 100)
    bench.fault(FaultKind.NO_BALANCE)
    with pytest.raises(LowBalanceError):
        bench.provider.refund(wish, key="r1", at=NOON)
    assert bench.provider.refund(wish, key="r2", at=NOON).state is RefundFound.DONE


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (FaultKind.REFUND_PENDING, RefundFound.DONE),
        (FaultKind.REFUND_FAILS, RefundFound.REFUSED),
    ],
)
def test_a_refund_on_its_way_is_looked_up_until_it_ends(
    bench: Bench, fault: FaultKind, end: RefundFound
) -> None:
    _payment, reference, account = opened(bench)
    bench.pay(reference)
    wish = refund_of(bench, reference, account, 400)
    bench.fault(fault)
    made = bench.provider.refund(wish, key="r1", at=NOON)
    assert made.state is RefundFound.PENDING
    for state in (RefundFound.PENDING, end):
        told = bench.provider.look_up_refund(made.reference, account=account, at=NOON)
        assert (told.state, told.amount_cents, told.mark) == (state, 400, "1")
        listed = bench.provider.list_refunds(wish.charge_reference, account=account, at=NOON)
        assert list(listed) == [told]
        bench.end_refunds()
    again = bench.provider.refund(replace(wish, amount_cents=600), key="r2", at=NOON)
    assert again.state is RefundFound.DONE  # what failed leaves room for what is asked anew


def test_a_refund_that_does_not_exist_is_final(bench: Bench) -> None:
    with pytest.raises(FinalProviderError):
        bench.provider.look_up_refund("nothing", account=bench.account(), at=NOON)


def test_payments_are_listed_by_account_since_a_moment(bench: Bench) -> None:
    payment, reference, account = opened(bench, 700, key="v1")
    opened(bench, 800, key="v2")
    bench.pay(reference)
    since = NOON - timedelta(minutes=1)
    listed = list(bench.provider.list_payments(since=since, account=account, at=NOON))
    assert [(one.reference, one.state) for one in listed] == [(reference, Found.CAPTURED)]
    assert listed[0].metadata[PAYMENT_MARK] == payment
    later = NOON + timedelta(minutes=1)
    assert not list(bench.provider.list_payments(since=later, account=account, at=NOON))


def test_fault_23_payouts_are_listed_but_those_that_are_known(bench: Bench) -> None:
    wish = charge(bench.account(), 2190, fee_cents=90)
    done = bench.provider.open_visit(visit(wish), key="v", at=NOON)
    reference = done.references[wish.payment]
    bench.pay(reference)
    bench.provider.refund(refund_of(bench, reference, wish.account, 400), key="r", at=NOON)
    tomorrow = NOON + timedelta(days=1)
    asked: dict[str, Any] = {"since": NOON, "account": wish.account, "at": tomorrow}
    assert not list(bench.provider.list_payouts(**asked, known=()))
    bench.pay_out(wish.account, at=tomorrow)
    [told] = bench.provider.list_payouts(**asked, known=())
    assert told.amount_cents + told.fees_cents == 2190 - 400 - 90
    assert told.fees_cents == (50 if isinstance(bench, StripeBench) else 0)
    assert told.left_at == tomorrow
    assert not list(bench.provider.list_payouts(**asked, known={told.reference}))
    assert not list(bench.provider.list_returned_payouts(**asked))
    bench.send_payouts_back()
    assert list(bench.provider.list_returned_payouts(**asked)) == [told.reference]


def test_fault_24_what_is_held_is_not_paid_out(bench: Bench) -> None:
    _payment, reference, account = opened(bench)
    bench.pay(reference)
    bench.provider.set_payouts(account, STOPPED, key="p", at=NOON)
    bench.pay_out(account, at=NOON + timedelta(days=2))
    listed = bench.provider.list_payouts(
        since=NOON, account=account, known=(), at=NOON + timedelta(days=2)
    )
    assert not list(listed)


FAILURES = [
    (FaultKind.SERVER_ERROR, ProviderDownError),
    (FaultKind.UNREACHABLE, RetryableProviderError),
    (FaultKind.SLOW, ProviderSilentError),
    (FaultKind.GARBLED, ProviderGarbledError),
]


@pytest.mark.parametrize(("fault", "error"), FAILURES)
def test_a_failed_call_is_worth_repeating_under_the_same_key_31(
    bench: Bench, fault: FaultKind, error: type[Exception]
) -> None:
    wish = charge(bench.account())
    bench.fault(fault)
    with pytest.raises(error):
        bench.provider.open_visit(visit(wish), key="v", at=NOON)
    done = bench.provider.open_visit(visit(wish), key="v", at=NOON)
    since = NOON - timedelta(minutes=1)
    listed = bench.provider.list_payments(since=since, account=wish.account, at=NOON)
    assert [one.reference for one in listed] == [done.references[wish.payment]]


@pytest.mark.parametrize(("fault", "error"), FAILURES)
def test_a_look_up_that_fails_says_how_31(
    bench: Bench, fault: FaultKind, error: type[Exception]
) -> None:
    _payment, reference, account = opened(bench)
    bench.fault(fault)
    with pytest.raises(error):
        bench.provider.look_up(reference, account=account, at=NOON)


def test_what_does_not_exist_is_final(bench: Bench) -> None:
    with pytest.raises(FinalProviderError):
        bench.provider.look_up("nothing", account=bench.account(), at=NOON)
    with pytest.raises(FinalProviderError):
        bench.provider.look_up_account("acct_nobody", at=NOON)


@pytest.mark.parametrize("currency", ["usd", "jpy"])
def test_another_currency_is_refused_at_the_boundary_27(bench: Bench, currency: str) -> None:
    wish = charge(bench.account(), currency=currency)
    with pytest.raises(FinalProviderError):
        bench.provider.open_visit(visit(wish), key="v", at=NOON)


def test_an_account_is_opened_completed_and_looked_up(bench: Bench) -> None:
    identity = MerchantIdentity("Au Pain de Chanvre", "claire@exemple.test", {"organisation": "1"})
    account = bench.provider.open_account(identity, key="a1", at=NOON)
    assert bench.provider.open_account(identity, key="a1", at=NOON) == account
    here = "http://localhost:8000/comptoir/paiements/"
    assert bench.provider.invite(account, return_url=here, refresh_url=here, at=NOON)
    asked = bench.provider.look_up_account(account, at=NOON)
    assert (asked.is_ready, bool(asked.missing), asked.payout_mark) == (False, True, "")
    bench.verify(account)
    ready = bench.provider.look_up_account(account, at=NOON)
    assert (ready.is_ready, ready.missing, bool(ready.payout_mark)) == (True, (), True)


def test_fault_24_payouts_are_stopped_and_leave_again_as_before(bench: Bench) -> None:
    account = bench.account()
    usual = bench.provider.look_up_account(account, at=NOON).payout_rhythm
    assert usual == "daily"
    for number, rhythm in enumerate((STOPPED, "weekly:monday", usual)):
        bench.provider.set_payouts(account, rhythm, key=f"p{number}", at=NOON)
        assert bench.provider.look_up_account(account, at=NOON).payout_rhythm == rhythm


def test_a_genuine_event_names_what_to_look_up(bench: Bench) -> None:
    _payment, reference, account = opened(bench)
    bench.pay(reference)
    headers, body = bench.event(reference)
    event = bench.provider.read_event(headers, body, at=NOON)
    assert (event.about, event.account) == (About.PAYMENT, account)
    assert reference in event.references


@pytest.mark.parametrize("seconds", [-299, -1, 0, 1, 299])
def test_an_event_of_the_last_or_next_five_minutes_is_taken_13(bench: Bench, seconds: int) -> None:
    _payment, reference, _account = opened(bench)
    headers, body = bench.event(reference, at=NOON + timedelta(seconds=seconds))
    assert bench.provider.read_event(headers, body, at=NOON).event_id


YEAR = 365 * 24 * 3600


@pytest.mark.parametrize("seconds", [-YEAR, -86400, -3600, -301, 301, 3600, 86400, YEAR])
def test_an_event_of_another_time_is_refused_on_both_sides_13(bench: Bench, seconds: int) -> None:
    _payment, reference, _account = opened(bench)
    headers, body = bench.event(reference, at=NOON + timedelta(seconds=seconds))
    with pytest.raises(EventNotGenuineError) as caught:
        bench.provider.read_event(headers, body, at=NOON)
    assert caught.value.reason == "age"


def _forgeries(header: str) -> dict[str, str]:
    moment, mark = header.split(",")[0], header.split("v1=")[1]
    return {
        "none": "",
        "no mark": moment,
        "no time": f"v1={mark}",
        "other scheme": f"{moment},v0={mark}",
        "one digit off": f"{moment},v1={'0' if mark[0] != '0' else '1'}{mark[1:]}",
        "upper case": f"{moment},v1={mark.upper()}",
        "cut": f"{moment},v1={mark[:-2]}",
        "empty mark": f"{moment},v1=",
        "other time": f"t={int(moment[2:]) + 1},v1={mark}",
        "time in words": f"t=now,v1={mark}",
        "arabic digits": f"t=١٧٦٣,v1={mark}",
        "negative time": f"t=-1,v1={mark}",
        "not ascii": f"{moment},v1=é{mark[1:]}",
        "huge": f"{moment}," + ",".join(["v1=" + "0" * 64] * 5000),
        "commas": ",,,,",
        "nul": f"{moment},v1={mark}\x00",
    }


@pytest.mark.parametrize("name", _forgeries("t=1,v1=" + "a" * 64))
def test_fault_11_a_forged_header_is_refused(bench: Bench, name: str) -> None:
    _payment, reference, _account = opened(bench)
    headers, body = bench.event(reference)
    [header] = headers
    with pytest.raises(EventNotGenuineError):
        bench.provider.read_event({header: _forgeries(headers[header])[name]}, body, at=NOON)


def test_fault_11_a_good_mark_among_others_is_enough_while_secrets_change(bench: Bench) -> None:
    _payment, reference, _account = opened(bench)
    headers, body = bench.event(reference)
    [header] = headers
    moment, mark = headers[header].split(",")
    several = {header: f"{moment},v1={'0' * 64},{mark}"}
    assert bench.provider.read_event(several, body, at=NOON).event_id


def test_fault_11_another_secret_another_body_or_another_header_is_refused(bench: Bench) -> None:
    _payment, reference, _account = opened(bench)
    headers, body = bench.event(reference, secret="whsec_of_somebody_else")
    good, _body = bench.event(reference)
    other = {"X-Signature": next(iter(good.values()))}
    for given, written in ((headers, body), (good, body + b" "), (good, b""), (other, body)):
        with pytest.raises(EventNotGenuineError):
            bench.provider.read_event(given, written, at=NOON)


def test_an_event_that_is_no_event_is_refused_even_well_signed(stripe_bench: StripeBench) -> None:
    for body in ("[]", "{}", "null", '"x"', '{"id": "evt", "livemode": false}', "{"):
        headers = _signed_by_stripe(body)
        with pytest.raises(EventNotGenuineError) as caught:
            stripe_bench.provider.read_event(headers, body.encode(), at=NOON)
        assert caught.value.reason == "shape"


def test_fault_11_an_event_of_the_test_mode_is_refused_by_a_live_key(
    stripe_bench: StripeBench,
) -> None:
    body = '{"id": "evt", "type": "charge.refunded", "livemode": true, "data": {"object": {"id": "ch"}}}'
    with pytest.raises(EventNotGenuineError) as caught:
        stripe_bench.provider.read_event(_signed_by_stripe(body), body.encode(), at=NOON)
    assert caught.value.reason == "mode"


def _signed_by_stripe(body: str) -> dict[str, str]:
    header = stripe.WebhookSignature.generate_signature_header(
        body, "whsec_old", int(NOON.timestamp())
    )
    return {"Stripe-Signature": header}
