"""The counter for programs: JSON in, a status and JSON out, as over HTTP.

``request`` is all that a client of the bank may call. Nothing it is given or gives back is a
Python object of the bank, so a client has to read, and to doubt, every field. Scripted faults
strike here: an error 500, silence, an answer that comes too late or cannot be read.

| request | answers |
|---|---|
| ``POST /accounts`` | an account |
| ``POST /accounts/{id}/links`` | an address where the merchant answers the bank's questions |
| ``GET /accounts/{id}`` | an account |
| ``POST /sessions`` | a session with its charges and the address of its page |
| ``POST /sessions/{id}/expire`` | the session, closed |
| ``GET /charges/{id}`` | a charge |
| ``GET /charges?since=…&account=…`` | charges, oldest first |
| ``POST /refunds`` | a refund |
| ``GET /refunds/{id}`` | a refund |
| ``GET /refunds?charge=…`` | the refunds of a charge, oldest first |
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from chalandise.bank.actions.accounts import invite, open_account, set_payouts
from chalandise.bank.actions.faults import armed_here, strikes
from chalandise.bank.actions.refunding import refund_charge
from chalandise.bank.actions.sessions import ChargeWish, expire_session, open_session
from chalandise.bank.errors import BankRefusalError, SessionClosedError
from chalandise.bank.models import (
    BankAccount,
    BankAnswer,
    BankCharge,
    BankPayout,
    BankRefund,
    BankSession,
)
from chalandise.bank.queries import (
    get_account,
    get_charge,
    get_refund,
    list_charges,
    list_payouts,
    lock_key,
)
from chalandise.bank.states import FaultKind

SLOW_SECONDS = 60.0
USUAL_SECONDS = 0.1
NO_ANSWER = 0
REMEMBERED = timedelta(hours=24)  # how long an idempotency key is, as at the providers of the world
MOST_CHARGES = 1000


class BankClosedError(Exception):
    """The simulated bank does not open in production."""


@dataclass(frozen=True)
class Answer:
    """What came back over the wire.

    Attributes:
        status: the HTTP status, or `NO_ANSWER`.
        body: the bytes of the answer.
        seconds: how long it took, told instead of waited for.
    """

    status: int
    body: bytes
    seconds: float = USUAL_SECONDS


def request(
    method: str,
    path: str,
    *,
    at: datetime,
    body: Mapping[str, Any] | None = None,
    key: str = "",
) -> Answer:
    """Do what is asked, once per idempotency key.

    Args:
        method: ``GET`` or ``POST``.
        path: what is asked for.
        at: now.
        body: the JSON of a ``POST``, or the parameters of a ``GET``.
        key: the idempotency key of a ``POST``.

    Raises:
        BankClosedError: this is a production.
    """
    if settings.PRODUCTION:
        raise BankClosedError
    # What the bank has done, it has done: its books never roll back with the caller's.
    with transaction.atomic(durable=True):
        return _request(method, path, dict(body or {}), key=key, at=at)


def _request(method: str, path: str, body: dict[str, Any], *, key: str, at: datetime) -> Answer:
    parts = path.strip("/").split("/")
    operation = f"{method} /{parts[0]}"
    names = (operation, *parts[1:2])
    armed = armed_here(*names)

    def struck(kind: FaultKind) -> bool:
        return kind in armed and strikes(kind, *names)

    if struck(FaultKind.SERVER_ERROR):
        return Answer(500, b'{"error": {"code": "server_error"}}')
    if struck(FaultKind.UNREACHABLE):
        return Answer(NO_ANSWER, b"")
    kept = _once(method, parts, body, key=key, at=at) if key else _do(method, parts, body, at)
    if struck(FaultKind.GARBLED):
        return Answer(200, b"<html>Maintenance</html>")
    seconds = SLOW_SECONDS if struck(FaultKind.SLOW) else USUAL_SECONDS
    return Answer(kept.status, kept.body, seconds)


def _once(method: str, parts: list[str], body: dict[str, Any], *, key: str, at: datetime) -> Answer:
    """Answer a key that was used in the last day as it was answered then."""
    described = json.dumps([method, parts, body], sort_keys=True)
    digest = hashlib.sha256(described.encode()).hexdigest()
    lock_key(key)
    known = BankAnswer.objects.filter(pk=key).first()
    if known is not None and known.created_at > at - REMEMBERED:
        if known.request_digest != digest:
            return _refused(BankRefusalError("key_used_for_something_else", 422))
        return Answer(known.code, json.dumps(known.body).encode())
    answer = _do(method, parts, body, at)
    kept = BankAnswer(
        key=key,
        request_digest=digest,
        code=answer.status,
        body=json.loads(answer.body),
        created_at=at,
    )
    kept.save(force_insert=known is None, force_update=known is not None)
    return answer


def _do(method: str, parts: list[str], body: dict[str, Any], at: datetime) -> Answer:
    try:  # a refusal comes before anything is written, but for the fault that it uses up
        return Answer(200, json.dumps(_route(method, parts, body, at)).encode())
    except BankRefusalError as refusal:
        return _refused(refusal)
    except (KeyError, TypeError, ValueError):
        return _refused(BankRefusalError("unreadable_request"))


def _refused(refusal: BankRefusalError) -> Answer:
    return Answer(refusal.status, json.dumps({"error": {"code": refusal.code}}).encode())


def _route(method: str, parts: list[str], body: dict[str, Any], at: datetime) -> dict[str, Any]:
    match [method, *parts]:
        case ["POST", "accounts"]:
            made = open_account(
                str(body["name"]), email=str(body["email"]), metadata=dict(body["metadata"]), at=at
            )
            return _shown_account(made)
        case ["POST", "accounts", reference, "links"]:
            account = get_account(reference)
            invite(account, return_url=str(body["return_url"]))
            return {"url": f"{settings.BANK_PAGES}comptes/{account.token}/"}
        case ["GET", "accounts", reference]:
            return _shown_account(get_account(reference))
        case ["POST", "accounts", reference, "payouts"]:
            account = get_account(reference)
            set_payouts(account, str(body["rhythm"]), at=at)
            return _shown_account(account)
        case ["POST", "sessions"]:
            return _shown_session(_open(body, at))
        case ["POST", "sessions", reference, "expire"]:
            return _shown_session(_expire(reference, at))
        case ["GET", ("charges" | "refunds") as what, reference]:
            is_charge = what == "charges"
            return (
                _shown_charge(get_charge(reference))
                if is_charge
                else _shown_refund(get_refund(reference))
            )
        case ["GET", ("charges" | "payouts" | "refunds") as what]:
            return {"data": _listed(what, body)}
        case ["POST", "refunds"]:
            refund = refund_charge(
                str(body["charge"]),
                amount_cents=int(body["amount"]),
                metadata=dict(body["metadata"]),
                with_fee=body.get("fee") is True,
                at=at,
            )
            return _shown_refund(refund)
        case _:
            raise BankRefusalError("no_such_address", 404)


def _listed(what: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    if what == "refunds":
        refunds = get_charge(str(body["charge"])).refunds.select_related("charge")
        return [_shown_refund(one) for one in refunds.order_by("pk")]
    since = datetime.fromtimestamp(int(body["since"]), UTC)
    account = str(body.get("account", ""))
    if what == "payouts":
        sent = list_payouts(since=since, account=account)
        return [_shown_payout(one) for one in sent[:MOST_CHARGES]]
    return [_shown_charge(one) for one in list_charges(since=since, account=account)[:MOST_CHARGES]]


def _open(body: dict[str, Any], at: datetime) -> BankSession:
    wishes = [
        ChargeWish(
            account=str(one["account"]),
            amount_cents=int(one["amount"]),
            currency=str(one["currency"]),
            description=str(one["description"]),
            metadata=dict(one["metadata"]),
            fee_cents=int(one.get("fee", 0)),
        )
        for one in body["charges"]
    ]
    return open_session(
        wishes,
        return_url=str(body["return_url"]),
        cancel_url=str(body["cancel_url"]),
        expires_at=datetime.fromtimestamp(int(body["expires_at"]), UTC),
        at=at,
    )


def _expire(reference: str, at: datetime) -> BankSession:
    session = BankSession.objects.filter(reference=reference).first()
    if session is None:
        raise BankRefusalError("no_such_session", 404)
    try:
        expire_session(session, at=at)
    except SessionClosedError:
        raise BankRefusalError("session_closed", 409) from None
    return session


def _shown_account(account: BankAccount) -> dict[str, Any]:
    return {
        "id": account.reference,
        "ready": account.is_ready,
        "payout_end": account.iban_end,
        "payouts": account.payouts,
        "metadata": account.metadata,
    }


def _shown_session(session: BankSession) -> dict[str, Any]:
    charges = session.charges.select_related("session", "account").order_by("pk")
    return {
        "id": session.reference,
        "state": session.state,
        "url": f"{settings.BANK_PAGES}{session.token}/",
        "charges": [_shown_charge(one) for one in charges],
    }


def _shown_charge(charge: BankCharge) -> dict[str, Any]:
    return {
        "id": charge.reference,
        "session": charge.session.reference,
        "account": charge.account.reference,
        "state": charge.state,
        "amount": charge.amount_cents,
        "currency": charge.currency,
        "captured": charge.captured_cents,
        "refunded": charge.refunded_cents,
        "fee": charge.fee_cents,
        "fee_refunded": charge.fee_refunded_cents,
        "decline": charge.decline,
        "disputed": charge.is_disputed,
        "dispute_end": charge.dispute_end,
        "disputed_amount": charge.disputed_cents,
        "metadata": charge.metadata,
        "created": int(charge.created_at.timestamp()),
    }


def _shown_payout(payout: BankPayout) -> dict[str, Any]:
    return {
        "id": payout.reference,
        "amount": payout.amount_cents,
        "created": int(payout.created_at.timestamp()),
        "came_back": payout.came_back_at is not None,
    }


def _shown_refund(refund: BankRefund) -> dict[str, Any]:
    return {
        "id": refund.reference,
        "charge": refund.charge.reference,
        "amount": refund.amount_cents,
        "state": refund.state,
        "metadata": refund.metadata,
    }
