"""A double of Stripe on the loopback: as much of its API as our adapter speaks.

It keeps Stripe's rules that matter to us: accounts of their own (`Stripe-Account`), idempotency
keys that replay the first answer and refuse another request, sessions of at least thirty minutes,
a payment intent only once the customer has paid. What it is asked and what it tells is held against
Stripe's own samples (`test_stripe.py`) and description (`stripe_spec.py`).
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

OF_REFUNDS = ("no_balance", "refund_pending", "refund_fails")
PART = re.compile(r"\[([^\]]*)\]")


class Stripe:
    """The books of the double, and what it is told to do wrong."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.accounts: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[Any, int, bytes]] = {}
        self.requests: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        self.told: list[tuple[str, str, bytes]] = []  # the answers to those that were granted
        self.payouts: list[dict[str, Any]] = []
        self.disputes: dict[str, dict[str, Any]] = {}
        self.faults: list[str] = []
        self.ends: list[str] = []  # of the refunds that are pending
        self._numbers = count(1)
        self._lock = threading.Lock()
        self.now = 0  # the moment of the test; 0 is the clock

    def new(self, prefix: str) -> str:
        return f"{prefix}_test_{next(self._numbers):06}"

    def moment(self) -> int:
        return self.now or int(time.time())

    def pay(self, reference: str, *, amount: int | None = None, currency: str = "eur") -> None:
        """Pay as the customer does on Stripe's page."""
        session = self.sessions[reference]
        assert session["status"] == "open", "nobody pays in a closed session"
        taken = session["amount_total"] if amount is None else amount
        charge = {
            "id": self.new("ch"),
            "object": "charge",
            "amount": taken,
            "amount_captured": taken,
            "amount_refunded": 0,
            "captured": True,
            "currency": currency,
            "disputed": False,
            "metadata": session["_intent_metadata"],
            "paid": True,
        }
        session["_intent"] = {
            "id": self.new("pi"),
            "object": "payment_intent",
            "amount": taken,
            "amount_received": taken,
            "currency": currency,
            "last_payment_error": None,
            "latest_charge": charge,
            "metadata": session["_intent_metadata"],
            "status": "succeeded",
        }
        session |= {"status": "complete", "payment_status": "paid", "url": None}

    def dispute(self, reference: str, status: str = "needs_response") -> None:
        """Dispute what is left of a payment, or say how that ended."""
        intent = self.sessions[reference]["_intent"]
        charge = intent["latest_charge"]
        charge["disputed"] = True
        self.disputes[intent["id"]] = {
            "id": "dp_test",
            "object": "dispute",
            "amount": intent["amount_received"] - charge["amount_refunded"],
            "currency": "eur",
            "payment_intent": intent["id"],
            "status": status,
        }

    def pay_out(self, account: str, moment: int) -> None:
        """Pay out what an account holds; Stripe keeps 50 cents of each payment for itself."""
        if self.accounts[account]["settings"]["payouts"]["schedule"]["interval"] == "manual":
            return
        mine = [one for one in self.payouts if one["_account"] == account]
        amount = -sum(one["amount"] for one in mine if one["status"] == "paid")
        fees = []
        for session in self.sessions.values():
            if session["_account"] == account and session["_intent"]:
                charge = session["_intent"]["latest_charge"]
                amount += charge["amount"] - charge["amount_refunded"] - session["_fee"] - 50
                fees += [{"type": "stripe_fee", "amount": 50, "currency": "eur"}]
                fees += [{"type": "application_fee", "amount": session["_fee"], "currency": "eur"}]
        self.payouts.append(
            {
                "id": self.new("po"),
                "object": "payout",
                "amount": amount,
                "arrival_date": moment,
                "automatic": True,
                "created": moment,
                "currency": "eur",
                "status": "paid",
                "_account": account,
                "_fees": fees,
            }
        )

    def _payouts(self, body: dict[str, Any], account: str) -> list[dict[str, Any]]:
        since = int(body["created"]["gte"])
        mine = [one for one in self.payouts if one["_account"] == account]
        asked = [one for one in mine if one["status"] == body.get("status", "paid")]
        return [_without_ours(one) for one in asked if one["created"] >= since]

    def _transactions(self, payout: str) -> list[dict[str, Any]]:
        [fees] = [one["_fees"] for one in self.payouts if one["id"] == payout]
        return [
            {
                "id": self.new("txn"),
                "object": "balance_transaction",
                "amount": 0,
                "type": "charge",
                "fee_details": fees,
            }
        ]

    def verify(self, account: str) -> None:
        self.accounts[account] |= {
            "charges_enabled": True,
            "payouts_enabled": True,
            "external_accounts": {
                "object": "list",
                "data": [{"id": "ba_1", "object": "bank_account", "fingerprint": "f1"}],
                "has_more": False,
                "url": "/v1/accounts/x/external_accounts",
            },
            "requirements": {"currently_due": []},
        }

    def answer(
        self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, bytes]:
        with self._lock:
            self.requests.append((method, path, body, headers))
            key = headers.get("idempotency-key", "") if method == "POST" else ""
            scope = f"{headers.get('stripe-account', '')}:{key}"
            if key and scope in self.answers:
                known, status, answer = self.answers[scope]
                if known != (method, path, body):
                    return _error(400, "idempotency_error", None)
                return status, answer
            status, answer = self._answer(method, path, body, headers.get("stripe-account", ""))
            if status == 200:
                self.told.append((method, path, answer))
            if key and status < 500:
                self.answers[scope] = ((method, path, body), status, answer)
            return status, answer

    def _answer(  # noqa: C901 - a table of addresses
        self, method: str, path: str, body: dict[str, Any], account: str
    ) -> tuple[int, bytes]:
        parts = path.removeprefix("/v1/").split("/")
        match [method, *parts]:
            case ["POST", "accounts"]:
                return _shown(self._open_account(body))
            case ["POST", "account_links"]:
                link = {
                    "object": "account_link",
                    "created": self.moment(),
                    "expires_at": self.moment() + 300,
                    "url": f"https://connect.stripe.com/setup/{body['account']}",
                }
                return _shown(link)
            case ["POST", "accounts", reference]:
                schedule = body["settings"]["payouts"]["schedule"]
                day = {name: int(schedule[name]) for name in schedule if name == "monthly_anchor"}
                self.accounts[reference]["settings"]["payouts"]["schedule"] = schedule | day
                return _shown(self.accounts[reference])
            case ["GET", "accounts", reference]:
                if reference not in self.accounts:
                    return _error(403, "invalid_request_error", "account_invalid")
                return _shown(self.accounts[reference])
            case ["POST", "checkout", "sessions"]:
                return self._open_session(body, account)
            case ["GET", "checkout", "sessions"]:
                since = int(body.get("created", {}).get("gte", 0))
                mine = [
                    self._session(one)
                    for one in self.sessions.values()
                    if one["_account"] == account and one["created"] >= since
                ]
                return _shown({"object": "list", "data": mine, "has_more": False, "url": path})
            case ["GET", "checkout", "sessions", reference]:
                session = self._of(reference, account)
                return _shown(self._session(session)) if session else _missing()
            case ["POST", "checkout", "sessions", reference, "expire"]:
                session = self._of(reference, account)
                if session is None:
                    return _missing()
                if session["status"] != "open":
                    return _error(400, "invalid_request_error", None)
                session |= {"status": "expired", "url": None}
                return _shown(self._session(session))
            case ["GET", "disputes"]:
                known = self.disputes.get(body["payment_intent"])
                listed = [known] if known else []
                return _shown({"object": "list", "data": listed, "has_more": False, "url": path})
            case ["GET", ("payouts" | "balance_transactions") as what]:
                told = (
                    self._payouts(body, account)
                    if what == "payouts"
                    else self._transactions(body["payout"])
                )
                return _shown({"object": "list", "data": told, "has_more": False, "url": path})
            case ["GET", "refunds"]:
                of = body["payment_intent"]
                made = [one for one in self.refunds.values() if one["payment_intent"] == of]
                return _shown({"object": "list", "data": made, "has_more": False, "url": path})
            case ["GET", "refunds", reference]:
                return _shown(self.refunds[reference]) if reference in self.refunds else _missing()
            case ["POST", "refunds"]:
                return self._refund(body, account)
            case _:
                return _error(404, "invalid_request_error", None)

    def _of(self, reference: str, account: str) -> dict[str, Any] | None:
        session = self.sessions.get(reference)
        return session if session is not None and session["_account"] == account else None

    def _session(self, session: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in session.items() if not name.startswith("_")}
        return shown | {"payment_intent": session["_intent"]}

    def _open_account(self, body: dict[str, Any]) -> dict[str, Any]:
        account = {
            "id": self.new("acct"),
            "object": "account",
            "charges_enabled": False,
            "payouts_enabled": False,
            "external_accounts": {"object": "list", "data": [], "has_more": False, "url": "/"},
            "requirements": {"currently_due": ["external_account", "tos_acceptance.date"]},
            "settings": {"payouts": {"schedule": {"interval": "daily", "delay_days": 7}}},
            "metadata": body.get("metadata", {}),
        }
        self.accounts[account["id"]] = account
        return account

    def _open_session(self, body: dict[str, Any], account: str) -> tuple[int, bytes]:
        if account not in self.accounts or not self.accounts[account]["charges_enabled"]:
            return _error(400, "invalid_request_error", "account_invalid")
        expires = int(body["expires_at"])
        if not self.moment() + 1800 <= expires <= self.moment() + 86400:
            return _error(400, "invalid_request_error", None)
        line = body["line_items"]["0"]
        price = line["price_data"]
        if price["currency"] != "eur":
            return _error(400, "invalid_request_error", "currency")
        if not price["unit_amount"].isdigit() or int(price["unit_amount"]) < 1:
            return _error(400, "invalid_request_error", "amount_too_small")
        reference = self.new("cs")
        self.sessions[reference] = {
            "id": reference,
            "object": "checkout.session",
            "amount_total": int(line["quantity"]) * int(price["unit_amount"]),
            "created": self.moment(),
            "currency": price["currency"],
            "client_reference_id": body["client_reference_id"],
            "expires_at": expires,
            "livemode": False,
            "metadata": body["metadata"],
            "mode": body["mode"],
            "payment_status": "unpaid",
            "status": "open",
            "success_url": body["success_url"],
            "cancel_url": body["cancel_url"],
            "url": f"https://checkout.stripe.com/c/pay/{reference}",
            "_account": account,
            "_intent": None,
            "_intent_metadata": body["payment_intent_data"]["metadata"],
            "_fee": int(body["payment_intent_data"].get("application_fee_amount", 0)),
        }
        return _shown(self._session(self.sessions[reference]))

    def _refund(self, body: dict[str, Any], account: str) -> tuple[int, bytes]:
        for session in self.sessions.values():
            intent = session["_intent"]
            if session["_account"] == account and intent and intent["id"] == body["payment_intent"]:
                charge, amount = intent["latest_charge"], int(body["amount"])
                if self._given_back(intent["id"]) + amount > charge["amount"]:
                    return _error(400, "invalid_request_error", "charge_already_refunded")
                dispute = self.disputes.get(intent["id"], {"status": "won"})
                if dispute["status"] not in ("won", "warning_closed"):
                    return _error(400, "invalid_request_error", "charge_disputed")
                if self._strikes("no_balance"):
                    return _error(400, "invalid_request_error", "balance_insufficient")
                if body.get("refund_application_fee") == "true":
                    if not session["_fee"]:
                        return _error(400, "invalid_request_error", None)
                    left = charge["amount"] - charge["amount_refunded"]
                    session["_fee"] -= round(session["_fee"] * amount / left)
                charge["amount_refunded"] += amount
                refund = {
                    "id": self.new("re"),
                    "object": "refund",
                    "amount": amount,
                    "currency": "eur",
                    "metadata": body.get("metadata", {}),
                    "payment_intent": intent["id"],
                    "status": self._status_of_refund(),
                }
                self.refunds[refund["id"]] = refund
                return _shown(refund)
        return _missing()

    def _status_of_refund(self) -> str:
        for later in ("refund_fails", "refund_pending"):
            if self._strikes(later):
                self.ends.append("failed" if later == "refund_fails" else "succeeded")
                return "pending"
        return "succeeded"

    def _strikes(self, fault: str) -> bool:
        if fault not in self.faults:
            return False
        self.faults.remove(fault)
        return True

    def _given_back(self, intent: str) -> int:
        """What went back of a payment, or may still; at the desk, whatever its charge says."""
        [charge] = [
            one["_intent"]["latest_charge"]
            for one in self.sessions.values()
            if one["_intent"] and one["_intent"]["id"] == intent
        ]
        mine = [one for one in self.refunds.values() if one["payment_intent"] == intent]
        failed = sum(one["amount"] for one in mine if one["status"] == "failed")
        return int(charge["amount_refunded"]) - failed

    def end_refunds(self) -> None:
        """End what is pending, in the order of asking.

        Nowhere is it written whether a charge still counts a refund that failed: here it does.
        """
        waiting = [one for one in self.refunds.values() if one["status"] == "pending"]
        for refund, status in zip(waiting, self.ends, strict=True):
            refund["status"] = status
            if status == "failed":
                refund["failure_reason"] = "expired_or_canceled_card"
        self.ends.clear()


def _without_ours(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def _shown(thing: dict[str, Any]) -> tuple[int, bytes]:
    return 200, json.dumps(thing).encode()


def _missing() -> tuple[int, bytes]:
    return _error(404, "invalid_request_error", "resource_missing")


def _error(status: int, kind: str, code: str | None) -> tuple[int, bytes]:
    return status, json.dumps({"error": {"type": kind, "code": code, "message": kind}}).encode()


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Read `a[b][0]=c` as Stripe does."""
    read: dict[str, Any] = {}
    for name, value in pairs:
        head, *rest = name.split("[", 1)
        path = [head, *(PART.findall("[" + rest[0]) if rest else [])]
        place = read
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    return read


@contextmanager
def serving(books: Stripe) -> Iterator[str]:
    """Answer on the loopback until the block ends; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply("GET", nested(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self._reply("POST", nested(parse_qsl(self.rfile.read(length).decode())))

        def _reply(self, method: str, body: dict[str, Any]) -> None:
            path = urlsplit(self.path).path
            headers = {name.lower(): value for name, value in self.headers.items()}
            is_of_wire = bool(books.faults) and books.faults[0] not in OF_REFUNDS
            fault = books.faults.pop(0) if is_of_wire else ""
            if fault == "server_error":
                status, answer = _error(500, "api_error", None)
            elif fault == "reset":
                self.close_connection = True
                return
            else:
                status, answer = books.answer(method, path, body, headers)
                if fault == "lost":  # it was done, and the answer never comes
                    self.close_connection = True
                    return
                if fault == "garbled":
                    status, answer = 200, b"<html>Maintenance</html>"
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
