"""Stripe Connect: direct charges on the merchants' own accounts, hosted Checkout by redirect.

A direct charge has one seller, so a visit is a chain of Checkout Sessions, one for each merchant:
`open_visit` opens the first, and the next is opened when the customer comes back. The merchant is
the merchant of record; the operator never holds the money.

The number of a payment is that of its Checkout Session; a refund names the payment intent, which
exists only once the customer has paid. Nothing is believed from an event but that something
happened: the session is read again.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from chalandise.payments.errors import EventNotGenuineError, LowBalanceError, ProviderGarbledError
from chalandise.payments.ports import (
    PAYMENT_MARK,
    DisputeFound,
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
from chalandise.payments.providers.stripe_errors import LOW_BALANCE, told
from chalandise.payments.providers.stripe_reading import (
    DISPUTES,
    event_of,
    metadata_of,
    payment_of,
    refund_of,
    rhythm_of,
)
from chalandise.payments.signatures import check_age, check_shape, read_header

API_VERSION = "2026-10-28.endive"  # pinned with the library: an upgrade is a decision
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
SIGNATURE_HEADER = "Stripe-Signature"
SHORTEST_SESSION = timedelta(minutes=40)  # Stripe refuses less than 30, from when it is asked
LONGEST_SESSION = timedelta(hours=23)
PAGE = 100
WITH_CHARGE = "payment_intent.latest_charge"


class StripeConnect:
    """Speaks to Stripe through its own library.

    Args:
        key: the platform's secret key.
        webhook_secrets: secrets of the endpoint; any of them signs.
        api_base: where Stripe answers.
    """

    key = "stripe"
    pays_all_on_one_page = False

    def __init__(self, key: str, *, webhook_secrets: Sequence[str], api_base: str) -> None:
        self._is_live = "_live_" in key
        self._webhook_secrets = [one for one in webhook_secrets if one.strip()]
        self._client = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=0,  # repeating is ours: with the stored key, after a look
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
        )

    def open_visit(self, request: VisitRequest, *, key: str, at: datetime) -> VisitOpened:
        """Open a Checkout Session for the first merchant of the visit."""
        charge = request.charges[0]
        metadata = dict(charge.metadata) | {PAYMENT_MARK: charge.payment}
        del at  # the moment of the first asking counts: asked again, the request is the same
        first = request.opened_at
        expires_at = min(max(request.expires_at, first + SHORTEST_SESSION), first + LONGEST_SESSION)
        params: dict[str, Any] = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": charge.currency,
                        "unit_amount": charge.amount_cents,
                        "product_data": {"name": charge.description},
                    },
                }
            ],
            # A card answers at once; a debit that is confirmed days later would outlive the hold.
            "payment_method_types": ["card"],
            "success_url": request.return_url,
            "cancel_url": request.cancel_url,
            "expires_at": int(expires_at.timestamp()),
            "client_reference_id": charge.payment,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "description": charge.description},
            "locale": "auto",
        }
        if charge.fee_cents:  # kept for the platform out of what reaches the merchant
            params["payment_intent_data"]["application_fee_amount"] = charge.fee_cents
        if request.email:
            params["customer_email"] = request.email
        with told():
            session = self._client.v1.checkout.sessions.create(
                params,  # type: ignore[arg-type]  # built step by step
                {"stripe_account": charge.account, "idempotency_key": key},
            )
            if not session.url:
                raise ProviderGarbledError("url")
            return VisitOpened(session.url, {charge.payment: session.id})

    def close_visit(self, reference: str, *, account: str, key: str, at: datetime) -> None:
        """Expire the session; one that was paid or has expired stays as it is."""
        del at
        with told():
            try:
                self._client.v1.checkout.sessions.expire(
                    reference, None, {"stripe_account": account, "idempotency_key": key}
                )
            except stripe.InvalidRequestError as error:
                if error.http_status == 404 or error.code == "resource_missing":
                    raise
                # Stripe refuses to expire what is not open any more: that is what was wanted.

    def look_up(self, reference: str, *, account: str, at: datetime) -> ProviderPayment:
        """Read the session, its payment intent and its charge; a dispute too, where there is one."""
        del at
        with told():
            session = self._client.v1.checkout.sessions.retrieve(
                reference, {"expand": [WITH_CHARGE]}, {"stripe_account": account}
            )
            found = payment_of(session, account)
            return self._with_dispute(found) if found.is_disputed else found

    def _with_dispute(self, found: ProviderPayment) -> ProviderPayment:
        listed = self._client.v1.disputes.list(
            {"payment_intent": found.charge_reference, "limit": PAGE},
            {"stripe_account": found.account},
        )
        ends = {DISPUTES.get(str(one.status)) for one in listed.data}
        cents = sum(int(one.amount) for one in listed.data)
        if not ends or None in ends:
            end = None
        else:
            end = DisputeFound.LOST if DisputeFound.LOST in ends else DisputeFound.WON
        return replace(found, dispute=end, disputed_cents=min(cents, found.captured_cents))

    def list_payments(
        self, *, since: datetime, account: str, at: datetime
    ) -> Iterator[ProviderPayment]:
        """Read the sessions of an account that carry our mark."""
        del at
        with told():
            page = self._client.v1.checkout.sessions.list(
                {
                    "created": {"gte": int(since.timestamp())},
                    "limit": PAGE,
                    "expand": [f"data.{WITH_CHARGE}"],
                },
                {"stripe_account": account},
            )
            for session in page.auto_paging_iter():
                if PAYMENT_MARK in metadata_of(session):
                    yield payment_of(session, account)

    def list_payouts(
        self, *, since: datetime, account: str, known: Container[str], at: datetime
    ) -> Iterator[ProviderPayout]:
        """Read the payouts that arrived, each with what Stripe took of the payments in it."""
        del at
        with told():
            page = self._payouts(since, account, "paid")
            for payout in page.auto_paging_iter():
                if payout.id in known or payout.currency != "eur":
                    continue
                left_at = datetime.fromtimestamp(payout.arrival_date, UTC)
                fees = self._fees_of(payout.id, account) if payout.automatic else 0
                yield ProviderPayout(payout.id, payout.amount, left_at, fees)

    def list_returned_payouts(
        self, *, since: datetime, account: str, at: datetime
    ) -> Iterator[str]:
        """Read the payouts that failed: Stripe may say so days after it said that one was paid."""
        del at
        with told():
            for payout in self._payouts(since, account, "failed").auto_paging_iter():
                yield payout.id

    def _payouts(self, since: datetime, account: str, status: str) -> Any:
        asked: Any = {"created": {"gte": int(since.timestamp())}, "status": status, "limit": PAGE}
        return self._client.v1.payouts.list(asked, {"stripe_account": account})

    def _fees_of(self, payout: str, account: str) -> int:
        """Add up Stripe's own fees; the platform's is the commission, which the books have."""
        page = self._client.v1.balance_transactions.list(
            {"payout": payout, "limit": PAGE}, {"stripe_account": account}
        )
        fees = 0
        for one in page.auto_paging_iter():
            if one.type == "stripe_fee":
                fees -= one.amount
            fees += sum(x.amount for x in one.fee_details if x.type != "application_fee")
        return fees

    def refund(self, request: RefundRequest, *, key: str, at: datetime) -> ProviderRefund:
        """Give back from the merchant's balance."""
        del at
        with told():
            params: dict[str, Any] = {
                "payment_intent": request.charge_reference,
                "amount": request.amount_cents,
                "metadata": dict(request.metadata),
            }
            if request.has_fee:  # in proportion, by Stripe's own rule; refused where there is none
                params["refund_application_fee"] = True
            refund = self._client.v1.refunds.create(
                params,  # type: ignore[arg-type]  # built step by step
                {"stripe_account": request.account, "idempotency_key": key},
            )
            made = refund_of(refund)
            if made.state is RefundFound.REFUSED and made.reason in LOW_BALANCE:
                raise LowBalanceError(made.reason)
            return made

    def look_up_refund(self, reference: str, *, account: str, at: datetime) -> ProviderRefund:
        """Read one refund."""
        del at
        with told():
            found = self._client.v1.refunds.retrieve(reference, None, {"stripe_account": account})
            return refund_of(found)

    def list_refunds(
        self, charge_reference: str, *, account: str, at: datetime
    ) -> Iterator[ProviderRefund]:
        """Read the refunds of a payment intent."""
        del at
        with told():
            page = self._client.v1.refunds.list(
                {"payment_intent": charge_reference, "limit": PAGE}, {"stripe_account": account}
            )
            for refund in page.auto_paging_iter():
                yield refund_of(refund)

    def read_event(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent:
        """Check the signature with Stripe's library and the age on both sides with ours."""
        header = headers.get(SIGNATURE_HEADER, "")
        check_shape(header, body)
        self._check_signature(header, body)
        check_age(read_header(header)[0], at=at)
        try:
            event = json.loads(body)
            thing = event["data"]["object"]
            if event["livemode"] is not self._is_live:
                raise EventNotGenuineError("mode")
            return event_of(event, thing)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise EventNotGenuineError("shape") from None

    def _check_signature(self, header: str, body: bytes) -> None:
        for secret in self._webhook_secrets:
            try:
                stripe.WebhookSignature.verify_header(body, header, secret, tolerance=None)
            except (stripe.SignatureVerificationError, UnicodeError):
                continue
            return
        raise EventNotGenuineError("signature")

    def open_account(self, identity: MerchantIdentity, *, key: str, at: datetime) -> str:
        """Open an Express account, which the merchant completes at Stripe."""
        del at
        params: dict[str, Any] = {
            "type": "express",
            "country": "FR",
            "business_profile": {"name": identity.name},
            "capabilities": {
                "card_payments": {"requested": True},
                "transfers": {"requested": True},
            },
            "metadata": dict(identity.metadata),
        }
        if identity.email:
            params["email"] = identity.email
        with told():
            account = self._client.v1.accounts.create(
                params,  # type: ignore[arg-type]  # built step by step
                {"idempotency_key": key},
            )
            return account.id

    def invite(self, account: str, *, return_url: str, refresh_url: str, at: datetime) -> str:
        """Return Stripe's page of questions for this account."""
        del at
        with told():
            link = self._client.v1.account_links.create(
                {
                    "account": account,
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                    "type": "account_onboarding",
                }
            )
            return link.url

    def look_up_account(self, account: str, *, at: datetime) -> ProviderAccount:
        """Read an account."""
        del at
        with told():
            found = self._client.v1.accounts.retrieve(account)
            asked = getattr(found, "requirements", None)
            missing = asked.currently_due if asked is not None else None
            listed = getattr(found, "external_accounts", None)
            banks = listed.data if listed is not None else []
            marks = [
                str(getattr(one, "fingerprint", None) or getattr(one, "last4", "")) for one in banks
            ]
            return ProviderAccount(
                found.id,
                bool(found.charges_enabled),
                tuple(missing or ()),
                "+".join(sorted(marks)),
                rhythm_of(found),
            )

    def set_payouts(self, account: str, rhythm: str, *, key: str, at: datetime) -> None:
        """Set when Stripe pays an Express account out; its balance stays its own meanwhile."""
        del at
        interval, _colon, anchor = rhythm.partition(":")
        schedule: dict[str, Any] = {"interval": interval}
        if anchor:
            schedule[f"{interval}_anchor"] = int(anchor) if anchor.isdecimal() else anchor
        params: Any = {"settings": {"payouts": {"schedule": schedule}}}
        with told():
            self._client.v1.accounts.update(account, params, {"idempotency_key": key})
