"""The bank's counter for programs, its events, and what may be told to go wrong."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from tests.factories.bank import DISPUTED, TWICE, account, pay, session
from tests.factories.orders import NOON

from chalandise.bank import wire
from chalandise.bank.actions.disputing import end_dispute, open_dispute, reverse_dispute
from chalandise.bank.actions.faults import script_fault
from chalandise.bank.actions.news import deliver_events
from chalandise.bank.actions.refunding import refund_charge
from chalandise.bank.errors import BankRefusalError
from chalandise.bank.gateway import NO_ANSWER, SLOW_SECONDS, BankClosedError, request
from chalandise.bank.models import BankCharge, BankEvent, BankRefund, BankSession
from chalandise.bank.signing import sign
from chalandise.bank.states import FaultKind

pytestmark = pytest.mark.django_db
Told = tuple[Mapping[str, str], bytes]


class Ear:
    """Listens to the bank and answers with a status."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.status = 200

    def __call__(self, headers: Mapping[str, str], body: bytes, at: datetime) -> int:
        del at
        self.told.append((headers, body))
        return self.status

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.told]


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Ear:
    listening = Ear()
    monkeypatch.setattr(wire, "_listeners", [listening])
    return listening


def asked(method: str, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> Any:
    answer = request(method, path, body=body, key=key, at=NOON)
    return answer.status, json.loads(answer.body)


def wanted(*accounts: str, amount: int = 1000) -> dict[str, Any]:
    return {
        "charges": [
            {
                "account": one,
                "amount": amount,
                "currency": "eur",
                "description": "Achats",
                "metadata": {"n": str(place)},
            }
            for place, one in enumerate(accounts)
        ],
        "return_url": "/retour/",
        "cancel_url": "/panier/",
        "expires_at": int((NOON + timedelta(minutes=30)).timestamp()),
    }


def test_one_key_does_one_thing_and_another_request_under_it_is_refused() -> None:
    body = wanted(account().reference)
    first = asked("POST", "/sessions", body, key="k1")
    assert asked("POST", "/sessions", body, key="k1") == first
    assert BankSession.objects.count() == 1
    other = asked("POST", "/sessions", body | {"return_url": "/ailleurs/"}, key="k1")
    assert other == (422, {"error": {"code": "key_used_for_something_else"}})
    assert asked("POST", "/sessions", body, key="k2")[1]["id"] != first[1]["id"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"charges": []}, "charges_count"),
        ({"expires_at": 1}, "expires_in_the_past"),
        ({"expires_at": "soon"}, "unreadable_request"),
    ],
)
def test_a_senseless_session_is_refused(change: dict[str, Any], code: str) -> None:
    status, answer = asked("POST", "/sessions", wanted(account().reference) | change, key="k")
    assert (status, answer) == (400, {"error": {"code": code}})
    assert not BankSession.objects.exists()


@pytest.mark.parametrize("amount", [0, -5, 10**9, "1.5", "x", None])
def test_an_amount_that_is_none_is_refused(amount: object) -> None:
    body = wanted(account().reference)
    body["charges"][0]["amount"] = amount
    assert asked("POST", "/sessions", body, key="k")[0] == 400


def test_a_currency_that_is_not_the_euro_is_refused_27() -> None:
    body = wanted(account().reference)
    for currency in ("usd", "jpy", "EUR", ""):
        body["charges"][0]["currency"] = currency
        assert asked("POST", "/sessions", body)[1] == {"error": {"code": "currency_not_supported"}}


def test_refunds_never_exceed_what_was_captured() -> None:
    charge = session(1000).charges.get()
    reference = charge.reference
    wish = {"charge": reference, "amount": 600, "metadata": {}}
    assert asked("POST", "/refunds", wish, key="r0")[1]["error"]["code"] == "refund_too_large"
    pay(charge.session)
    assert asked("POST", "/refunds", wish, key="r1")[0] == 200
    assert asked("POST", "/refunds", wish, key="r1")[0] == 200
    assert asked("POST", "/refunds", wish, key="r2")[1]["error"]["code"] == "refund_too_large"
    assert BankRefund.objects.count() == 1
    assert asked("GET", f"/charges/{reference}")[1]["refunded"] == 600


def test_charges_are_listed_by_account_and_moment() -> None:
    old, new = session(1000, at=NOON - timedelta(days=2)), session(500)
    since = {"since": int((NOON - timedelta(days=1)).timestamp())}
    assert [one["amount"] for one in asked("GET", "/charges", since)[1]["data"]] == [500]
    since = {"since": 0, "account": old.charges.get().account.reference}
    assert [one["amount"] for one in asked("GET", "/charges", since)[1]["data"]] == [1000]
    assert new.charges.count() == 1


def test_faults_of_a_call_strike_as_often_as_they_were_told() -> None:
    body = wanted(account().reference)
    script_fault(FaultKind.SERVER_ERROR, on="POST /sessions")
    assert asked("POST", "/sessions", body, key="k")[0] == 500
    assert not BankSession.objects.exists()
    script_fault(FaultKind.UNREACHABLE)
    assert request("POST", "/sessions", body=body, key="k", at=NOON).status == NO_ANSWER
    assert not BankSession.objects.exists()
    script_fault(FaultKind.SLOW)
    assert request("POST", "/sessions", body=body, key="k", at=NOON).seconds == SLOW_SECONDS
    script_fault(FaultKind.GARBLED)
    assert request("POST", "/sessions", body=body, key="k", at=NOON).body.startswith(b"<html>")
    assert asked("POST", "/sessions", body, key="k")[0] == 200
    assert BankSession.objects.count() == 1


def test_an_event_is_signed_and_told_once(ear: Ear) -> None:
    pay(session(1000))
    assert deliver_events(at=NOON) == 1
    assert deliver_events(at=NOON + timedelta(days=4)) == 0
    headers, body = ear.told[0]
    seconds = int(NOON.timestamp())
    signed = f"{seconds}.".encode() + body
    mark = hmac.new(wire.secrets()[0].encode(), signed, hashlib.sha256).hexdigest()
    assert headers == {"Bank-Signature": f"t={seconds},v1={mark}"}


def test_two_secrets_sign_while_one_replaces_the_other() -> None:
    header = sign(b"{}", secrets=["new", "old"], at=NOON)
    assert header.count("v1=") == 2


def test_an_event_that_nobody_takes_comes_again(ear: Ear) -> None:
    ear.status = 503
    pay(session(1000))
    assert deliver_events(at=NOON) == 0
    assert deliver_events(at=NOON) == 0  # not before a pause
    ear.status = 204
    assert deliver_events(at=NOON + timedelta(minutes=1)) == 1
    assert len(ear.told) == 2


def test_events_come_three_times_late_out_of_order_or_never(ear: Ear) -> None:
    pay(session(1000), TWICE)
    deliver_events(at=NOON)
    assert ear.kinds == ["charge.captured"] * 3
    assert len({body for _headers, body in ear.told}) == 1
    ear.told.clear()
    script_fault(FaultKind.OUT_OF_ORDER, on="charge.captured")
    late = session(1000)
    pay(late)
    charge = late.charges.get().reference
    asked("POST", "/refunds", {"charge": charge, "amount": 1000, "metadata": {}}, key="r")
    deliver_events(at=NOON + timedelta(minutes=1))
    deliver_events(at=NOON + timedelta(minutes=10))
    assert ear.kinds == ["charge.refunded", "charge.captured"]
    script_fault(FaultKind.LATE)
    pay(session(1000))
    script_fault(FaultKind.DROPPED)
    pay(session(1000))
    assert deliver_events(at=NOON + timedelta(days=2)) == 0
    assert deliver_events(at=NOON + timedelta(days=3)) == 1
    assert BankEvent.objects.count() == 4


def test_a_disputed_card_pays_then_disputes(ear: Ear) -> None:
    pay(session(1000), DISPUTED)
    deliver_events(at=NOON)
    assert ear.kinds == ["charge.captured", "charge.disputed"]
    assert BankCharge.objects.get().is_disputed


def test_a_dispute_takes_what_is_left_is_decided_and_decided_the_other_way(ear: Ear) -> None:
    pay(session(1000))
    charge = BankCharge.objects.get()
    refund_charge(charge.reference, amount_cents=300, metadata={}, at=NOON)
    for step in (
        lambda: end_dispute(charge.reference, is_won=True, at=NOON),
        lambda: reverse_dispute(charge.reference, at=NOON),
    ):
        with pytest.raises(BankRefusalError):
            step()
    open_dispute(charge.reference, at=NOON)
    charge.refresh_from_db()
    assert (charge.disputed_cents, charge.left_cents) == (700, 0)
    with pytest.raises(BankRefusalError, match="charge_disputed"):
        refund_charge(charge.reference, amount_cents=1, metadata={}, at=NOON)
    with pytest.raises(BankRefusalError, match="nothing_to_dispute"):
        open_dispute(charge.reference, at=NOON)
    end_dispute(charge.reference, is_won=True, at=NOON)
    refund_charge(charge.reference, amount_cents=200, metadata={}, at=NOON)
    reverse_dispute(charge.reference, at=NOON)
    charge.refresh_from_db()
    assert (charge.dispute_end, charge.disputed_cents, charge.left_cents) == ("lost", 500, 0)
    reverse_dispute(charge.reference, at=NOON)
    open_dispute(charge.reference, at=NOON)
    charge.refresh_from_db()
    assert (charge.dispute_end, charge.left_cents) == ("", 0)
    deliver_events(at=NOON)
    assert ear.kinds.count("charge.dispute_closed") == 3
    assert ear.kinds.count("charge.disputed") == 2


@override_settings(PRODUCTION=True)
def test_fault_88_the_bank_does_not_open_in_production() -> None:
    with pytest.raises(BankClosedError):
        request("GET", "/charges", body={"since": 0}, at=NOON)
