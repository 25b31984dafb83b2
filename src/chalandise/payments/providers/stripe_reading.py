"""What Stripe’s objects say, put into the words of the port."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import stripe

from chalandise.payments.errors import ProviderGarbledError
from chalandise.payments.ports import (
    PAYMENT_MARK,
    REFUND_MARK,
    USUAL_RHYTHM,
    About,
    DisputeFound,
    Found,
    ProviderEvent,
    ProviderPayment,
    ProviderRefund,
    RefundFound,
)

REFUNDS = {
    "succeeded": RefundFound.DONE,
    "pending": RefundFound.PENDING,
    "requires_action": RefundFound.PENDING,
    "failed": RefundFound.REFUSED,
    "canceled": RefundFound.REFUSED,
}
# An inquiry that was closed, or a dispute the network stopped, takes nothing from the merchant.
DISPUTES = {
    "won": DisputeFound.WON,
    "warning_closed": DisputeFound.WON,
    "prevented": DisputeFound.WON,
    "lost": DisputeFound.LOST,
}
ABOUT = {  # the first that fits; `charge.refund.updated` comes for refunds too
    "refund.": About.REFUND,
    "charge.refund": About.REFUND,
    "charge.": About.PAYMENT,
    "checkout.session.": About.PAYMENT,
    "payment_intent.": About.PAYMENT,
    "account.": About.ACCOUNT,
}


def rhythm_of(account: stripe.Account) -> str:
    """Return when payouts leave, in one word: ``daily``, ``weekly:monday``, ``manual``."""
    settings = getattr(account, "settings", None)
    payouts = getattr(settings, "payouts", None)
    schedule = getattr(payouts, "schedule", None)
    interval = str(getattr(schedule, "interval", "") or USUAL_RHYTHM)
    anchor = getattr(schedule, f"{interval}_anchor", None)
    return f"{interval}:{anchor}" if anchor else interval


def payment_of(session: stripe.checkout.Session, account: str) -> ProviderPayment:
    """Read a session with its payment intent and its charge."""
    intent = session.payment_intent
    if isinstance(intent, str) or intent is None:
        intent = None
    charge = intent.latest_charge if intent is not None else None
    if isinstance(charge, str):
        charge = None
    if session.status == "expired":
        state = Found.CANCELLED
    elif session.status == "complete" and session.payment_status == "paid":
        state = Found.CAPTURED
    else:
        state = Found.OPEN
    if state is Found.CAPTURED and intent is None:
        raise ProviderGarbledError("payment_intent")
    failure = intent.last_payment_error if intent is not None else None
    return ProviderPayment(
        reference=session.id,
        charge_reference=intent.id if intent is not None and state is Found.CAPTURED else "",
        state=state,
        account=account,
        amount_cents=int(session.amount_total or 0),
        captured_cents=int(intent.amount_received or 0) if intent is not None else 0,
        refunded_cents=int(charge.amount_refunded or 0) if charge is not None else 0,
        currency=str((intent.currency if intent is not None else session.currency) or "").lower(),
        metadata=metadata_of(session),
        decline=str((failure.decline_code or failure.code or "") if failure else ""),
        is_disputed=bool(charge.disputed) if charge is not None else False,
        created_at=datetime.fromtimestamp(session.created, UTC),
    )


def refund_of(refund: stripe.Refund) -> ProviderRefund:
    """Read a refund."""
    return ProviderRefund(
        refund.id,
        REFUNDS[str(refund.status)],
        refund.amount,
        str(getattr(refund, "failure_reason", "") or ""),
        metadata_of(refund).get(REFUND_MARK, ""),
    )


def metadata_of(thing: stripe.checkout.Session | stripe.Refund) -> dict[str, str]:
    """Return what we gave a thing to keep."""
    kept = thing.metadata.to_dict() if thing.metadata is not None else {}
    return {str(name): str(value) for name, value in kept.items()}


def event_of(event: Mapping[str, Any], thing: Mapping[str, Any]) -> ProviderEvent:
    """Read an event that was checked: what happened, and to what."""
    kind = str(event["type"])
    named = [thing.get("id"), thing.get("payment_intent"), thing.get("charge")]
    metadata = thing.get("metadata") or {}
    about = next((what for begin, what in ABOUT.items() if kind.startswith(begin)), About.OTHER)
    return ProviderEvent(
        event_id=str(event["id"]),
        kind=kind,
        about=about,
        account=str(event.get("account") or (thing["id"] if about is About.ACCOUNT else "")),
        references=tuple(one for one in named if isinstance(one, str)),
        payment=str(metadata.get(PAYMENT_MARK, "")),
        payload=event,
    )
