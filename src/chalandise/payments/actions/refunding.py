"""Giving money back: promised under a lock, never more than was captured; `sending` has it sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from procrastinate.contrib.django import app

from chalandise.journal.actions import emit, move, record
from chalandise.journal.states import Actor
from chalandise.kernel.failpoints import failpoint
from chalandise.ordering.actions.withdrawing import note_refunded
from chalandise.payments.actions.discrepancies import (
    find_fault,
    find_short_refund,
    find_shortage,
    resolve_discrepancy,
)
from chalandise.payments.causes import key_again
from chalandise.payments.errors import (
    RefundTooLargeError,
)
from chalandise.payments.events import RefundDone
from chalandise.payments.models import Payment, Refund
from chalandise.payments.queries import (
    captured_payments,
    lock_captured_payments,
    lock_payment,
    lock_refund,
)
from chalandise.payments.states import (
    REFUND_TRANSITIONS,
    DiscrepancyKind,
    DiscrepancyState,
    PaymentState,
    RefundState,
)

TAKEN_BACK = ("dispute_lost", "charge_disputed")  # refused because the cardholder's bank has it
PAYMENTS = Actor.system("payments")
FIRST_LOOK = timedelta(minutes=15)  # at a refund that is on its way


@dataclass(frozen=True)
class Cause:
    """Why money goes back.

    Attributes:
        key: names the cause; the same cause gives back once.
        reason: a stable word for figures and letters: ``withdrawal``, ``declined``, ``missing``…
        lines: how many of which order line, as pairs.
    """

    key: str
    reason: str
    lines: Sequence[Sequence[int]] = ()


@transaction.atomic
def refund_payment(
    payment: Payment, *, amount_cents: int, cause: Cause, by: Actor, at: datetime
) -> Refund:
    """Promise money back and have it sent.

    Args:
        payment: from which payment.
        amount_cents: how much.
        cause: why; asked again with the same key, the first refund is returned.
        by: who decides.
        at: when.

    Raises:
        RefundTooLargeError: more than is left of what was captured.
    """
    failpoint("payments.refund.asked")
    held = lock_payment(payment.pk)
    known = Refund.objects.filter(key=cause.key).first()
    if known is not None:
        return known
    left = held.captured_cents - held.refunded_cents
    if held.state != PaymentState.CAPTURED or not 0 < amount_cents <= left:
        raise RefundTooLargeError(amount_cents, left)
    failpoint("payments.refund.weighed")
    Payment.objects.filter(pk=held.pk).update(refunded_cents=F("refunded_cents") + amount_cents)
    refund = Refund.objects.create(
        payment=held,
        key=cause.key,
        amount_cents=amount_cents,
        reason=cause.reason,
        lines=[list(one) for one in cause.lines],
        requested_at=at,
    )
    detail = {"amount_cents": amount_cents, "reason": cause.reason}
    record(held, "refund_requested", by=by, at=at, detail=detail)
    app.configure_task("payments.send_refund").defer(refund_id=refund.pk)
    payment.refresh_from_db()
    return refund


@transaction.atomic
def refund_merchant_order(
    merchant_order_id: int, *, amount_cents: int, cause: Cause, by: Actor, at: datetime
) -> list[Refund]:
    """Give back a part of what was paid for a merchant order, from whichever payments hold it.

    What was never paid is not given back: an order to be paid on collection has nothing to refund
    before it is collected. Where less is left than is due, because the merchant gave money back at the
    provider's own desk, what is left goes back and a person looks at the rest.

    Args:
        merchant_order_id: whose payments.
        amount_cents: how much is due.
        cause: why; asked again with the same key, nothing more is given.
        by: who decides.
        at: when.
    """
    lock_captured_payments(merchant_order_id)
    payments = captured_payments(merchant_order_id)
    if not payments or amount_cents <= 0:
        return []
    if find_shortage(cause.key) is not None:
        of_cause = Q(key=cause.key) | Q(key__startswith=f"{cause.key}:")
        return list(Refund.objects.filter(of_cause, payment__in=payments).order_by("pk"))
    refunds: list[Refund] = []
    still = amount_cents
    for place, payment in enumerate(payments):
        key = cause.key if not place else f"{cause.key}:{place}"
        known = Refund.objects.filter(key=key).first()
        left = payment.captured_cents - payment.refunded_cents
        part = known.amount_cents if known is not None else min(still, left)
        if part <= 0:
            continue
        one = Cause(key, cause.reason, cause.lines)
        refunds.append(refund_payment(payment, amount_cents=part, cause=one, by=by, at=at))
        still -= part
    if still > 0:
        left = amount_cents - still
        find_short_refund(
            payments[0], cause=cause.key, due_cents=amount_cents, left_cents=left, at=at
        )
        if not refunds:  # all of it went back elsewhere: nothing more will come that could close it
            note_refunded(cause.key, at=at)
    return refunds


@transaction.atomic
def promise_again(payment: Payment, *, by: Actor, at: datetime) -> list[Refund]:
    """Promise again what was refused because a bank had the money, which is the merchant's again.

    Only what still waits for a person: what somebody has dealt with otherwise is not given back twice.
    ``payment`` is held by the caller.
    """
    waiting = payment.discrepancies.filter(
        kind=DiscrepancyKind.REFUND_REFUSED,
        state=DiscrepancyState.OPEN,
        detail__code__in=TAKEN_BACK,
    ).first()
    if waiting is None:
        return []
    refused = payment.refunds.filter(state=RefundState.REFUSED, problem__in=TAKEN_BACK)
    first = refused.filter(public_id=waiting.detail["refund"]).first()
    promised: list[Refund] = []
    for one in refused.filter(pk__gte=first.pk).order_by("pk") if first is not None else ():
        cause = Cause(key_again(one), one.reason, one.lines)
        try:
            promised.append(
                refund_payment(payment, amount_cents=one.amount_cents, cause=cause, by=by, at=at)
            )
        except RefundTooLargeError:
            return promised  # given back from elsewhere meanwhile: it stays a person's task
    resolve_discrepancy(waiting, by=by, at=at)
    return promised


@transaction.atomic
def note_refund_elsewhere(payment: Payment, cents: int, *, at: datetime) -> Refund:
    """Write down what the merchant gave back at the provider's own desk.

    ``payment`` is held by the caller.
    """
    total = payment.refunded_cents + cents
    Payment.objects.filter(pk=payment.pk).update(refunded_cents=total)
    payment.refunded_cents = total
    refund = Refund.objects.create(
        payment=payment,
        key=f"elsewhere:{payment.public_id}:{payment.refunds.count()}",
        amount_cents=cents,
        reason="at_provider",
        requested_at=at,
    )
    return finish_refund(refund, at=at)


@transaction.atomic
def refuse_refund(refund: Refund, code: str, *, at: datetime) -> RefundState:
    """Note that a provider will not give money back; the customer's claim does not end with it."""
    payment = lock_payment(refund.payment_id)
    held = lock_refund(refund.pk)
    if held.state not in REFUND_TRANSITIONS.sources_of(RefundState.REFUSED):
        return RefundState(held.state)
    held.problem = code[:60]
    held.save(update_fields=["problem"])
    move(held, RefundState.REFUSED, table=REFUND_TRANSITIONS, by=PAYMENTS, at=at)
    Payment.objects.filter(pk=payment.pk).update(
        refunded_cents=F("refunded_cents") - held.amount_cents
    )
    detail = {"refund": str(held.public_id), "refund_cents": held.amount_cents, "code": code}
    find_fault(payment, DiscrepancyKind.REFUND_REFUSED, detail=detail, at=at)
    return RefundState.REFUSED


@transaction.atomic
def confirm_refund(refund: Refund, *, at: datetime) -> None:
    """Note that a refund which was on its way has arrived."""
    held = lock_refund(refund.pk)
    if held.state == RefundState.SENT:
        finish_refund(held, at=at)


def finish_refund(refund: Refund, *, at: datetime) -> Refund:
    """Note that money went back; ``refund`` is held by the caller."""
    refund.done_at = at
    refund.is_debt = False
    refund.save(update_fields=["done_at", "is_debt"])
    move(refund, RefundState.DONE, table=REFUND_TRANSITIONS, by=PAYMENTS, at=at)
    emit(RefundDone(refund.pk), at=at)
    return refund
