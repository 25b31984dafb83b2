"""Money that does not add up: found, shown to a person, dealt with."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from chalandise.journal.actions import emit, move, record
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation
from chalandise.payments.events import DiscrepancyFound
from chalandise.payments.models import Discrepancy, MerchantAccount, Payment, Payout
from chalandise.payments.states import (
    DISCREPANCY_TRANSITIONS,
    DiscrepancyKind,
    DiscrepancyState,
)

logger = logging.getLogger(__name__)


@transaction.atomic
def find_fault(
    payment: Payment, kind: DiscrepancyKind, *, detail: dict[str, Any], at: datetime
) -> Discrepancy:
    """Put a payment into the queue of what a person must look at.

    Once while it is open; and not again when a person has dealt with exactly this.
    """
    told = _asked_of(payment) | detail
    dealt = Discrepancy.objects.filter(
        payment=payment, kind=kind, state=DiscrepancyState.RESOLVED, detail=told
    ).first()
    if dealt is not None:
        return dealt
    return _open(
        kind,
        provider=payment.provider,
        reference=str(payment.public_id),
        defaults={
            "payment": payment,
            "organisation": payment.merchant_order.organisation,
            "detail": told,
        },
        at=at,
    )


@transaction.atomic
def find_short_refund(
    payment: Payment, *, cause: str, due_cents: int, left_cents: int, at: datetime
) -> Discrepancy:
    """Put what was due back, and was not there any more, into the queue: once for each cause.

    Money was given back at the provider's own desk before: whether the customer has all of theirs is
    for a person to see.
    """
    known = find_shortage(cause)
    if known is not None:
        return known
    return _open(
        DiscrepancyKind.REFUND_SHORT,
        provider=payment.provider,
        reference=cause,
        defaults={
            "payment": payment,
            "organisation": payment.merchant_order.organisation,
            "detail": _asked_of(payment)
            | {
                "refund_cents": due_cents,
                "left_cents": left_cents,
                "short_cents": due_cents - left_cents,
            },
        },
        at=at,
    )


def find_shortage(cause: str) -> Discrepancy | None:
    """Return what was noted where less was left than a cause had to give back, dealt with or not."""
    short = Discrepancy.objects.filter(kind=DiscrepancyKind.REFUND_SHORT, reference=cause)
    return short.order_by("pk").first()


@transaction.atomic
def find_orphan(
    provider: str,
    reference: str,
    *,
    organisation: Organisation | None,
    detail: dict[str, Any],
    at: datetime,
) -> Discrepancy:
    """Put money that belongs to no payment of ours into the queue (fault 30)."""
    return _open(
        DiscrepancyKind.ORPHAN,
        provider=provider,
        reference=reference,
        defaults={"organisation": organisation, "detail": detail},
        at=at,
    )


def note_refusal(discrepancy: Discrepancy, code: str) -> None:
    """Keep beside a discrepancy why the provider would not do what was tried about it."""
    discrepancy.detail["code"] = code
    discrepancy.save(update_fields=["detail"])


@transaction.atomic
def find_unwatched_account(
    account: MerchantAccount, *, detail: dict[str, Any], at: datetime
) -> Discrepancy:
    """Put an account that cannot be watched into the queue: once, and not again after a decision."""
    told = {"payout_account": account.reference} | detail
    dealt = Discrepancy.objects.filter(
        kind=DiscrepancyKind.UNWATCHED,
        provider=account.provider,
        reference=account.reference,
        state=DiscrepancyState.RESOLVED,
        detail=told,
    ).first()
    return dealt or _open(
        DiscrepancyKind.UNWATCHED,
        provider=account.provider,
        reference=account.reference,
        defaults={"organisation": account.organisation, "detail": told},
        at=at,
    )


@transaction.atomic
def find_returned_payout(payout: Payout, *, at: datetime) -> Discrepancy:
    """Put a payout that the merchant's bank sent back into the queue: the account may be closed."""
    account = payout.account
    return _open(
        DiscrepancyKind.PAYOUT_BACK,
        provider=account.provider,
        reference=payout.reference,
        defaults={
            "organisation": account.organisation,
            "detail": {"payout_cents": payout.amount_cents, "payout_account": account.reference},
        },
        at=at,
    )


@transaction.atomic
def resolve_discrepancy(
    discrepancy: Discrepancy, *, by: Actor, at: datetime, note: str = ""
) -> None:
    """Note that a person has dealt with it, and how.

    Raises:
        StaleStateError: somebody else has, meanwhile.
    """
    discrepancy.note = note
    discrepancy.resolved_at = at
    move(discrepancy, DiscrepancyState.RESOLVED, table=DISCREPANCY_TRANSITIONS, by=by, at=at)
    discrepancy.save(update_fields=["note", "resolved_at"])


def _open(
    kind: DiscrepancyKind,
    *,
    provider: str,
    reference: str,
    defaults: dict[str, Any],
    at: datetime,
) -> Discrepancy:
    found, is_new = Discrepancy.objects.get_or_create(
        provider=provider,
        reference=reference,
        kind=kind,
        state=DiscrepancyState.OPEN,
        defaults=defaults | {"found_at": at},
    )
    if is_new:
        logger.error("payments: %s at %s, %s", kind, provider, reference)
        record(found, "found", by=Actor.system("payments"), at=at, detail={"kind": kind})
        emit(DiscrepancyFound(found.pk), at=at)
    return found


def _asked_of(payment: Payment) -> dict[str, Any]:
    return {
        "payment": str(payment.public_id),
        "amount_cents": payment.amount_cents,
        "currency": payment.currency,
        "account": payment.account_reference,
    }
