"""The simulated bank as a provider: one session with a charge per merchant.

Speaks to the bank through its gateway, in JSON, and trusts no field of what comes back.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from chalandise.bank.gateway import NO_ANSWER, BankClosedError
from chalandise.bank.gateway import request as ask_bank
from chalandise.bank.wire import SIGNATURE_HEADER
from chalandise.bank.wire import secrets as bank_secrets
from chalandise.payments.errors import (
    ChargeDisputedError,
    EventNotGenuineError,
    FinalProviderError,
    LowBalanceError,
    ProviderDownError,
    ProviderGarbledError,
    ProviderSilentError,
)
from chalandise.payments.ports import (
    PAYMENT_MARK,
    REFUND_MARK,
    About,
    DisputeFound,
    Found,
    MerchantIdentity,
    ProviderAccount,
    ProviderEvent,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundFound,
    RefundRequest,
    VisitOpened,
    VisitRequest,
)
from chalandise.payments.signatures import check

PATIENCE_SECONDS = 10.0
STATES = {
    "waiting": Found.OPEN,
    "captured": Found.CAPTURED,
    "declined": Found.FAILED,
    "cancelled": Found.CANCELLED,
}


class SimulatedBank:
    """Speaks to the simulated bank."""

    key = "simulated"
    pays_all_on_one_page = True

    def open_visit(self, request: VisitRequest, *, key: str, at: datetime) -> VisitOpened:
        """Open one session for all merchants."""
        charges = [
            {
                "account": one.account,
                "amount": one.amount_cents,
                "currency": one.currency,
                "description": one.description,
                "metadata": dict(one.metadata) | {PAYMENT_MARK: one.payment},
                "fee": one.fee_cents,
            }
            for one in request.charges
        ]
        body = {
            "charges": charges,
            "return_url": request.return_url,
            "cancel_url": request.cancel_url,
            "expires_at": int(request.expires_at.timestamp()),
        }
        answer = _ask("POST", "/sessions", body, key=key, at=at)
        with _reading():
            references = {
                str(one["metadata"][PAYMENT_MARK]): str(one["id"]) for one in answer["charges"]
            }
            if set(references) != {one.payment for one in request.charges}:
                raise ProviderGarbledError("charges")
            return VisitOpened(str(answer["url"]), references)

    def close_visit(self, reference: str, *, account: str, key: str, at: datetime) -> None:
        """Close the session of a charge; one that has ended already stays as it is."""
        del account
        charge = _ask("GET", f"/charges/{reference}", at=at)
        with _reading():
            path = f"/sessions/{charge['session']}/expire"
        try:
            _ask("POST", path, {}, key=key, at=at)
        except FinalProviderError as error:
            if error.code != "session_closed":
                raise

    def look_up(self, reference: str, *, account: str, at: datetime) -> ProviderPayment:
        """Read one charge."""
        del account
        return _payment(_ask("GET", f"/charges/{reference}", at=at))

    def list_payments(
        self, *, since: datetime, account: str, at: datetime
    ) -> Iterator[ProviderPayment]:
        """Read the charges of an account."""
        parameters = {"since": int(since.timestamp()), "account": account}
        answer = _ask("GET", "/charges", parameters, at=at)
        with _reading():
            yield from [_payment(one) for one in answer["data"]]

    def list_payouts(
        self, *, since: datetime, account: str, known: Container[str], at: datetime
    ) -> Iterator[ProviderPayout]:
        """Read what the bank paid out; it takes nothing for its service."""
        answer = _payouts(since, account, at=at)
        with _reading():
            for one in answer["data"]:
                left_at = datetime.fromtimestamp(int(one["created"]), UTC)
                if str(one["id"]) not in known:
                    yield ProviderPayout(str(one["id"]), int(one["amount"]), left_at)

    def list_returned_payouts(
        self, *, since: datetime, account: str, at: datetime
    ) -> Iterator[str]:
        """Read which payouts came back."""
        answer = _payouts(since, account, at=at)
        with _reading():
            yield from [str(one["id"]) for one in answer["data"] if one["came_back"] is True]

    def refund(self, request: RefundRequest, *, key: str, at: datetime) -> ProviderRefund:
        """Give back from a charge."""
        body = {
            "charge": request.charge_reference,
            "amount": request.amount_cents,
            "metadata": dict(request.metadata),
            "fee": request.has_fee,
        }
        answer = _ask("POST", "/refunds", body, key=key, at=at)
        return _refund(answer)

    def look_up_refund(self, reference: str, *, account: str, at: datetime) -> ProviderRefund:
        """Read one refund."""
        del account
        return _refund(_ask("GET", f"/refunds/{reference}", at=at))

    def list_refunds(
        self, charge_reference: str, *, account: str, at: datetime
    ) -> Iterator[ProviderRefund]:
        """Read the refunds of a charge."""
        del account
        answer = _ask("GET", "/refunds", {"charge": charge_reference}, at=at)
        with _reading():
            yield from [_refund(one) for one in answer["data"]]

    def read_event(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent:
        """Check and read an event of the bank; none is believed in production."""
        if settings.PRODUCTION:
            raise EventNotGenuineError("mode")
        check(headers.get(SIGNATURE_HEADER, ""), body, secrets=bank_secrets(), at=at)
        try:
            payload = json.loads(body)
            if payload["demonstration"] is not True:
                raise EventNotGenuineError("mode")
            kind = str(payload["type"])
            is_about_charge = kind.startswith("charge.")
            about = About.REFUND if kind.startswith("charge.refund") else About.PAYMENT
            return ProviderEvent(
                event_id=str(payload["id"]),
                kind=kind,
                about=about if is_about_charge else About.OTHER,
                account=str(payload["account"]),
                references=(str(payload["charge"]),) if is_about_charge else (),
                payment="",
                payload=payload,
            )
        except (ValueError, KeyError, TypeError):
            raise EventNotGenuineError("shape") from None

    def open_account(self, identity: MerchantIdentity, *, key: str, at: datetime) -> str:
        """Open an account at the bank."""
        body = {
            "name": identity.name,
            "email": identity.email,
            "metadata": dict(identity.metadata),
        }
        answer = _ask("POST", "/accounts", body, key=key, at=at)
        with _reading():
            return str(answer["id"])

    def invite(self, account: str, *, return_url: str, refresh_url: str, at: datetime) -> str:
        """Return the bank's page of questions for this account."""
        del refresh_url  # the bank's links do not go stale
        body = {"return_url": return_url}
        answer = _ask("POST", f"/accounts/{account}/links", body, at=at)
        with _reading():
            return str(answer["url"])

    def look_up_account(self, account: str, *, at: datetime) -> ProviderAccount:
        """Read an account of the bank."""
        answer = _ask("GET", f"/accounts/{account}", at=at)
        with _reading():
            is_ready = answer["ready"] is True
            missing = () if is_ready else ("identity", "iban")
            return ProviderAccount(
                str(answer["id"]),
                is_ready,
                missing,
                str(answer["payout_end"]),
                str(answer["payouts"]),
            )

    def set_payouts(self, account: str, rhythm: str, *, key: str, at: datetime) -> None:
        """Have the bank keep the rhythm of payouts."""
        _ask("POST", f"/accounts/{account}/payouts", {"rhythm": rhythm}, key=key, at=at)


def _payouts(since: datetime, account: str, *, at: datetime) -> dict[str, Any]:
    parameters = {"since": int(since.timestamp()), "account": account}
    return _ask("GET", "/payouts", parameters, at=at)


class _reading:  # noqa: N801 - reads as a statement
    """Turn a missing or strange field into the error that says so."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None and issubclass(kind, (KeyError, TypeError, ValueError)):
            raise ProviderGarbledError from None


def _ask(
    method: str, path: str, body: Mapping[str, Any] | None = None, *, at: datetime, key: str = ""
) -> dict[str, Any]:
    try:
        answer = ask_bank(method, path, body=body, key=key, at=at)
    except BankClosedError:
        raise FinalProviderError("closed_in_production") from None
    if answer.seconds > PATIENCE_SECONDS:
        raise ProviderSilentError
    if answer.status == NO_ANSWER or answer.status >= 500:
        raise ProviderDownError(str(answer.status))
    try:
        read = json.loads(answer.body)
    except ValueError:
        raise ProviderGarbledError from None
    if not isinstance(read, dict):
        raise ProviderGarbledError
    if answer.status >= 400:
        with _reading():
            code = str(read["error"]["code"])
        if code == "insufficient_balance":
            raise LowBalanceError(code)
        if code == "charge_disputed":
            raise ChargeDisputedError(code)
        raise FinalProviderError(code)
    return read


def _refund(refund: Mapping[str, Any]) -> ProviderRefund:
    with _reading():
        return ProviderRefund(
            str(refund["id"]),
            RefundFound(refund["state"]),
            int(refund["amount"]),
            mark=str(refund["metadata"].get(REFUND_MARK, "")),
        )


def _payment(charge: Mapping[str, Any]) -> ProviderPayment:
    with _reading():
        return ProviderPayment(
            reference=str(charge["id"]),
            charge_reference=str(charge["id"]),
            state=STATES[charge["state"]],
            account=str(charge["account"]),
            amount_cents=int(charge["amount"]),
            captured_cents=int(charge["captured"]),
            refunded_cents=int(charge["refunded"]),
            currency=str(charge["currency"]),
            metadata={str(name): str(value) for name, value in charge["metadata"].items()},
            decline=str(charge["decline"]),
            is_disputed=charge["disputed"] is True,
            created_at=datetime.fromtimestamp(int(charge["created"]), UTC),
            dispute=DisputeFound(charge["dispute_end"]) if charge["dispute_end"] else None,
            disputed_cents=int(charge["disputed_amount"]),
        )
