"""Stripe's own description of its API, held against what we ask and against what our double tells.

Whatever the double is asked and tells in any test of this room is compared (`conftest.stripe_bench`);
here, that nothing the adapter can ask is left out, and that the comparison finds what is wrong.
"""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from stripe.params.checkout import SessionListParams
from tests.factories.orders import NOON
from tests.payments.benches import StripeBench, charge, visit
from tests.payments.stripe_spec import (
    SINCE,
    SPEC,
    faults_of,
    faults_of_answer,
    faults_of_request,
    template_of,
)
from tests.shared_data import shared_data

from chalandise.payments.ports import MerchantIdentity, RefundRequest
from chalandise.payments.providers import stripe_connect

pytestmark = shared_data(SPEC)
CALL = re.compile(r"_client\.v1\.([a-z_.]+)\(")
ASKED = {
    "account_links.create": "POST /v1/account_links",
    "accounts.create": "POST /v1/accounts",
    "accounts.retrieve": "GET /v1/accounts/{account}",
    "accounts.update": "POST /v1/accounts/{account}",
    "balance_transactions.list": "GET /v1/balance_transactions",
    "checkout.sessions.create": "POST /v1/checkout/sessions",
    "checkout.sessions.expire": "POST /v1/checkout/sessions/{session}/expire",
    "checkout.sessions.list": "GET /v1/checkout/sessions",
    "checkout.sessions.retrieve": "GET /v1/checkout/sessions/{session}",
    "disputes.list": "GET /v1/disputes",
    "payouts.list": "GET /v1/payouts",
    "refunds.create": "POST /v1/refunds",
    "refunds.list": "GET /v1/refunds",
    "refunds.retrieve": "GET /v1/refunds/{refund}",
}


def ask_everything(bench: StripeBench) -> None:
    """Make each call that the adapter can make, with all that it can say in it."""
    provider, day = bench.provider, timedelta(days=1)
    identity = MerchantIdentity("Au Pain de Chanvre", "claire@exemple.test", {"merchant": "1"})
    account = provider.open_account(identity, key="a", at=NOON)
    provider.invite(
        account, return_url="https://x.test/r/", refresh_url="https://x.test/f/", at=NOON
    )
    bench.verify(account)
    provider.look_up_account(account, at=NOON)
    for n, rhythm in enumerate(("manual", "weekly:monday", "monthly:5", "daily")):
        provider.set_payouts(account, rhythm, key=f"p{n}", at=NOON)
    wish = charge(account, 2000, fee_cents=100)
    reference = provider.open_visit(visit(wish), key="v", at=NOON).references[wish.payment]
    left = charge(account)
    other = provider.open_visit(visit(left), key="w", at=NOON).references[left.payment]
    provider.close_visit(other, account=account, key="c", at=NOON)
    bench.pay(reference)
    found = provider.look_up(reference, account=account, at=NOON)
    request = RefundRequest(reference, found.charge_reference, account, 500, {"refund": "1"})
    made = provider.refund(replace(request, has_fee=True), key="r", at=NOON)
    provider.look_up_refund(made.reference, account=account, at=NOON)
    list(provider.list_refunds(found.charge_reference, account=account, at=NOON))
    bench.dispute(reference)
    provider.look_up(reference, account=account, at=NOON)
    bench.pay_out(account, at=NOON)
    list(provider.list_payments(since=NOON - day, account=account, at=NOON))
    list(provider.list_payouts(since=NOON - day, account=account, known=(), at=NOON))
    list(provider.list_returned_payouts(since=NOON - day, account=account, at=NOON))


def test_every_call_of_the_adapter_is_one_that_stripe_describes(stripe_bench: StripeBench) -> None:
    ask_everything(stripe_bench)
    books = stripe_bench.books
    asked = {f"{method} {template_of(path)}" for method, path, _body, _heads in books.requests}
    assert asked == set(ASKED.values())
    assert set(CALL.findall(inspect.getsource(stripe_connect))) == set(ASKED)
    assert len(books.told) == len(books.requests)
    assert faults_of(books) == []


def test_what_stripe_added_since_is_known_to_the_library_of_our_version() -> None:
    assert {"GET /v1/checkout/sessions": {"created"}} == SINCE
    assert "created" in SessionListParams.__annotations__


GOOD = {"payment_intent": "pi_1", "amount": "500", "refund_application_fee": "true"}


@pytest.mark.parametrize(
    ("path", "asked", "fault"),
    [
        ("/v1/refund", GOOD, "no such address"),
        ("/v1/refunds", GOOD | {"amounts": "500"}, "Stripe knows no amounts"),
        ("/v1/refunds", GOOD | {"amount": "5.00"}, "is no integer"),
        ("/v1/refunds", GOOD | {"refund_application_fee": "1"}, "is no boolean"),
        ("/v1/refunds", GOOD | {"payment_intent": {"id": "pi_1"}}, "is no string"),
        ("/v1/refunds", GOOD | {"reason": "changed their mind"}, "is none of"),
        ("/v1/refunds", GOOD | {"expand": {"1": "charge"}}, "not a list"),
        ("/v1/refunds", GOOD | {"payment_intent": "x" * 5001}, "too long"),
        ("/v1/account_links", {"account": "acct_1"}, "lacks type"),
        ("/v1/checkout/sessions", {"line_items": {"0": {"price_date": {}}}}, "price_date"),
    ],
)
def test_a_call_that_stripe_would_not_understand_is_found(
    path: str, asked: dict[str, Any], fault: str
) -> None:
    assert fault in "\n".join(faults_of_request("POST", path, asked))
    assert list(faults_of_request("POST", "/v1/refunds", GOOD)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"amount_refund": 1}, "Stripe has no amount_refund"),
        ({"amount": "500"}, "is no integer"),
        ({"amount": True}, "is no integer"),
        ({"amount": None}, "is never null"),
        ({"object": "refunds"}, "is none of"),
        ({"metadata": {"refund": 1}}, "is no string"),
    ],
)
def test_an_answer_that_stripe_would_not_give_is_found(change: dict[str, Any], fault: str) -> None:
    good = {"id": "re_1", "object": "refund", "amount": 500, "metadata": {}, "reason": None}
    assert list(faults_of_answer("POST", "/v1/refunds", good)) == []
    answer = json.loads(json.dumps(good | change))
    assert fault in "\n".join(faults_of_answer("POST", "/v1/refunds", answer))
