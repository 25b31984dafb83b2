"""Taking the providers' events: each acts at most once, and only after it was looked up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F

from chalandise.kernel.failpoints import failpoint
from chalandise.payments.actions.accounts import look_up_account, note_account
from chalandise.payments.actions.arriving import note_refunds, refunds_told_of
from chalandise.payments.actions.discrepancies import find_fault
from chalandise.payments.actions.looking import look_up
from chalandise.payments.actions.settling import apply
from chalandise.payments.errors import EventNotGenuineError, FinalProviderError
from chalandise.payments.models import InboxEvent, MerchantAccount, Payment, RefusedEvents
from chalandise.payments.ports import About, ProviderEvent
from chalandise.payments.providers.register import provider as provider_of
from chalandise.payments.queries import find_payment_of
from chalandise.payments.states import DiscrepancyKind

logger = logging.getLogger(__name__)


class Received(StrEnum):
    """What became of an event; all of them are answered with 200."""

    SETTLED = "settled"
    REPEATED = "repeated"
    NOT_OURS = "not_ours"
    TO_LOOK_AT = "to_look_at"
    ACCOUNT = "account"


def receive_event(
    provider: str, headers: Mapping[str, str], body: bytes, *, at: datetime
) -> Received:
    """Take an event from a provider.

    The page that receives it answers 200 to whatever this returns, 400 to `EventNotGenuineError`,
    404 to `NotFoundError`, and 503 to `RetryableProviderError`: the provider then sends it again.

    Args:
        provider: whose event it claims to be.
        headers: as they came; names in the provider's own spelling.
        body: the bytes, untouched.
        at: now.

    Raises:
        NotFoundError: no such provider here.
        EventNotGenuineError: it is not to be believed; nothing but a count is written.
        RetryableProviderError: the provider cannot say now what became of the payment.
    """
    try:
        event = provider_of(provider).read_event(headers, body, at=at)
    except EventNotGenuineError as error:
        _count_refusal(provider, error.reason, at=at)
        raise
    if _was_taken(provider, event):
        return Received.REPEATED
    if event.about is About.ACCOUNT:
        return _about_account(provider, event, at=at)
    is_ours = event.about in (About.PAYMENT, About.REFUND)
    payment = find_payment_of(event, provider) if is_ours else None
    if payment is None or not payment.provider_reference:
        return _take(provider, event, None, Received.NOT_OURS, at=at)
    if event.account != payment.account_reference:
        with transaction.atomic():
            detail = {"event": event.event_id, "event_account": event.account}
            find_fault(payment, DiscrepancyKind.ACCOUNT, detail=detail, at=at)
            return _take(provider, event, payment, Received.TO_LOOK_AT, at=at)
    try:
        found = look_up(payment, at=at)
        refunds = refunds_told_of(event, payment, at=at) if event.about is About.REFUND else []
    except FinalProviderError as error:
        with transaction.atomic():
            detail = {"event": event.event_id, "code": error.code}
            find_fault(payment, DiscrepancyKind.UNKNOWN, detail=detail, at=at)
            return _take(provider, event, payment, Received.TO_LOOK_AT, at=at)
    with transaction.atomic():
        outcome = _take(provider, event, payment, Received.SETTLED, at=at)
        failpoint("payments.inbox.written")
        if outcome is Received.SETTLED:
            apply(payment.pk, found, at=at)
            note_refunds(refunds, at=at)
    return outcome


def _was_taken(provider: str, event: ProviderEvent) -> bool:
    known = InboxEvent.objects.filter(provider=provider, event_id=event.event_id)
    return bool(known.update(repeats=F("repeats") + 1))


def _take(
    provider: str, event: ProviderEvent, payment: Payment | None, outcome: Received, *, at: datetime
) -> Received:
    """Write an event into the inbox; of two at the same time one waits and learns it was taken."""
    _row, is_new = InboxEvent.objects.get_or_create(
        provider=provider,
        event_id=event.event_id,
        defaults={
            "kind": event.kind[:80],
            "account": event.account[:80],
            "payment": payment,
            "payload": _storable(dict(event.payload)),
            "outcome": outcome,
            "handled_at": at,
        },
    )
    return outcome if is_new else Received.REPEATED


def _storable(value: Any) -> Any:
    """Return JSON without what PostgreSQL cannot keep: a name may hold it, and must stop no event."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_storable(one) for one in value]
    return value


def _about_account(provider: str, event: ProviderEvent, *, at: datetime) -> Received:
    """Look the account up, then keep the event and what follows from it in one transaction."""
    account = MerchantAccount.objects.filter(provider=provider, reference=event.account).first()
    if account is None:
        return _take(provider, event, None, Received.NOT_OURS, at=at)
    found = look_up_account(account, at=at)
    with transaction.atomic():
        outcome = _take(provider, event, None, Received.ACCOUNT, at=at)
        if outcome is Received.ACCOUNT:
            note_account(account, found, at=at)
    return outcome


def _count_refusal(provider: str, reason: str, *, at: datetime) -> None:
    logger.warning("payments: an event of %s was not believed: %s", provider, reason)
    row, _is_new = RefusedEvents.objects.get_or_create(
        provider=provider[:20], reason=reason[:20], on=at.date()
    )
    RefusedEvents.objects.filter(pk=row.pk).update(count=F("count") + 1)
