"""The only roads from money to a paid order; they meet in one function, `_turn_into_order`.

- `settle`: the browser that comes back, the job that looks every minute and the comparison of books call
  it, in any order and as often as they like. What became of the payment is asked of the provider,
  never believed from whoever calls. Who has asked already, as for an event, calls `apply`, which weighs
  the answer against what was asked, under the lock of the payment's row.
- `put_right`: a person keeps, for its order, money that did not agree with what was asked.
- `place_paid_at_counter`: the merchant took the money, and says so.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from chalandise.journal.actions import emit, move, subject_of
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.kernel.failpoints import failpoint
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.actions.paying import PaidOutcome, mark_paid
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.discrepancies import find_fault, resolve_discrepancy
from chalandise.payments.actions.disputing import note_dispute
from chalandise.payments.actions.looking import failed_refunds, look_up
from chalandise.payments.actions.refunding import Cause, note_refund_elsewhere, refund_payment
from chalandise.payments.errors import (
    CannotPutRightError,
    FinalProviderError,
    MarketBusyError,
    ProviderMissingError,
    RetryableProviderError,
)
from chalandise.payments.events import PaymentCaptured, PaymentFailed
from chalandise.payments.models import Discrepancy, Payment
from chalandise.payments.ports import PAYMENT_MARK, Found, ProviderPayment
from chalandise.payments.providers.register import ON_COLLECTION
from chalandise.payments.queries import lock_payment
from chalandise.payments.states import PAYMENT_TRANSITIONS, DiscrepancyKind, PaymentState
from chalandise.stock.errors import StockBusyError

SETTLE = Actor.system("payments")
PLACED = PaidOutcome.PLACED
DOUBTS = {
    DiscrepancyKind.AMOUNT,
    DiscrepancyKind.CURRENCY,
    DiscrepancyKind.ACCOUNT,
    DiscrepancyKind.METADATA,
    DiscrepancyKind.UNKNOWN,
    DiscrepancyKind.UNWATCHED,
}


class Remedy(StrEnum):
    """What a person may decide about money that does not agree with what was asked."""

    GIVE_BACK = "give_back"
    KEEP = "keep"
    NOTED = "noted"


class Settled(StrEnum):
    """What is known of a payment after settling it."""

    PAID = "paid"  # the merchant order stands
    ALREADY = "already"  # it was settled before; nothing changed
    GIVEN_BACK = "given_back"  # the order could not stand: the money goes back
    OPEN = "open"  # the customer may still be paying
    FAILED = "failed"  # nobody will pay it any more
    TO_LOOK_AT = "to_look_at"  # something does not agree: a person must look, nothing is paid


def settle(payment_id: int, *, at: datetime) -> Settled:
    """Bring a payment to where the provider says it is.

    Raises:
        RetryableProviderError: the provider cannot say now; nothing changed, ask again later.
        ProviderMissingError: who took it is not configured here; nothing changed.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.provider == ON_COLLECTION:
        return Settled.ALREADY
    if not payment.provider_reference:
        return Settled.OPEN if payment.state == PaymentState.CREATED else Settled.FAILED
    try:
        found = look_up(payment, at=at)
    except FinalProviderError as error:
        find_fault(payment, DiscrepancyKind.UNKNOWN, detail={"code": error.code}, at=at)
        _doubt(payment_id, at=at)
        return Settled.TO_LOOK_AT
    except (RetryableProviderError, ProviderMissingError):
        _doubt(payment_id, at=at)
        raise
    try:
        return apply(payment_id, found, at=at)
    except MarketBusyError:
        _doubt(payment_id, at=at)
        raise


def _doubt(payment_id: int, *, at: datetime) -> None:
    Payment.objects.filter(pk=payment_id).update(looked_at=at, doubted_at=at)


def apply(payment_id: int, found: ProviderPayment, *, at: datetime) -> Settled:
    """Weigh what the provider says and act on it, once.

    Two answers may arrive in the wrong order, so nothing known is ever taken back: money taken
    stays taken, money given back stays given back.

    Raises:
        MarketBusyError: goods or slots are held by others; nothing changed, ask again.
    """
    try:
        return _apply(payment_id, found, at=at)
    except (StockBusyError, SlotsBusyError) as error:
        raise MarketBusyError from error


@transaction.atomic
def _apply(payment_id: int, found: ProviderPayment, *, at: datetime) -> Settled:
    payment = lock_payment(payment_id)
    failpoint("payments.settle.locked")
    payment.looked_at = at
    payment.doubted_at = None
    payment.decline = found.decline[:60]
    faults = faults_of(payment, found) if found.state is Found.CAPTURED else []
    is_news = found.state is Found.CAPTURED and payment.state != PaymentState.CAPTURED
    if is_news and not faults:
        outcome = _captured(payment, found, at=at)
        _note_what_else(payment, found, at=at)
        return outcome
    payment.doubted_at = at if faults else None
    payment.save(update_fields=["looked_at", "doubted_at", "decline"])
    if found.state is Found.OPEN:
        return Settled.ALREADY if payment.state == PaymentState.CAPTURED else Settled.OPEN
    if found.state is not Found.CAPTURED:
        return _failed(payment, found, at=at)
    for kind in faults:
        find_fault(payment, kind, detail={"found": _told(found)}, at=at)
    if faults:
        return Settled.TO_LOOK_AT
    _note_what_else(payment, found, at=at)
    return Settled.ALREADY


def faults_of(payment: Payment, found: ProviderPayment) -> list[DiscrepancyKind]:
    """Return where what was taken is not what was asked (fault 12)."""
    if payment.state == PaymentState.CAPTURED:  # weighed before, or decided by a person
        same = payment.captured_cents == found.captured_cents
        return [] if same else [DiscrepancyKind.AMOUNT]
    agreements = {
        DiscrepancyKind.AMOUNT: payment.amount_cents == found.amount_cents == found.captured_cents,
        DiscrepancyKind.CURRENCY: payment.currency == found.currency,
        DiscrepancyKind.ACCOUNT: payment.account_reference == found.account,
        DiscrepancyKind.METADATA: (
            found.metadata.get(PAYMENT_MARK) == str(payment.public_id)
            and found.metadata.get("merchant_order") == payment.merchant_order.number
        ),
    }
    return [kind for kind, agrees in agreements.items() if not agrees]


def place_paid_at_counter(payment: Payment, *, at: datetime) -> None:
    """Mark as paid, and announce, what the merchant took at the counter, as it is noted.

    Raises:
        StaleStateError: the merchant order can no longer stand: no money should be taken for it.
    """
    if _turn_into_order(payment, at=at) is PaidOutcome.LOST:
        raise StaleStateError(subject_of(payment.merchant_order), MerchantOrderState.PLACED)


def put_right(
    discrepancy: Discrepancy, how: Remedy, *, by: Actor, at: datetime, note: str = ""
) -> None:
    """Let a person decide about money that did not agree with what was asked.

    Args:
        discrepancy: what was found.
        how: give all of it back, keep it for the order and give back what is too much, or only
            note that it was dealt with at the provider's own desk.
        by: who decides.
        at: when.
        note: why.

    Raises:
        CannotPutRightError: this remedy does not fit what the provider says now.
        ProviderError: the provider cannot say now.
        StaleStateError: somebody else has decided meanwhile.
    """
    if how is Remedy.NOTED or discrepancy.payment_id is None:
        _note(discrepancy, by=by, at=at, note=note)
        return
    found = look_up(Payment.objects.get(pk=discrepancy.payment_id), at=at)
    with transaction.atomic():
        payment = lock_payment(discrepancy.payment_id)
        excess = found.captured_cents - (payment.amount_cents if how is Remedy.KEEP else 0)
        fits = found.state is Found.CAPTURED and found.currency == payment.currency
        if payment.state == PaymentState.CAPTURED or not fits or excess < 0:
            raise CannotPutRightError
        _take(payment, found, at=at)
        if how is not Remedy.KEEP:
            emit(PaymentCaptured(payment.pk), at=at)
        elif _turn_into_order(payment, at=at) is not PLACED:
            excess = found.captured_cents
        if excess:
            cause = Cause(f"put_right:{payment.public_id}", "wrong_amount")
            refund_payment(payment, amount_cents=excess, cause=cause, by=by, at=at)
        resolve_discrepancy(discrepancy, by=by, at=at, note=note)


@transaction.atomic
def _note(discrepancy: Discrepancy, *, by: Actor, at: datetime, note: str) -> None:
    if discrepancy.payment_id is not None and discrepancy.kind in DOUBTS:
        payment = lock_payment(discrepancy.payment_id)
        if payment.state in PAYMENT_TRANSITIONS.sources_of(PaymentState.CANCELLED):
            move(payment, PaymentState.CANCELLED, table=PAYMENT_TRANSITIONS, by=by, at=at)
            emit(PaymentFailed(payment.pk), at=at)
    resolve_discrepancy(discrepancy, by=by, at=at, note=note)


def _take(payment: Payment, found: ProviderPayment, *, at: datetime) -> None:
    payment.captured_cents = found.captured_cents
    payment.captured_at = at
    payment.doubted_at = None
    payment.charge_reference = found.charge_reference
    move(payment, PaymentState.CAPTURED, table=PAYMENT_TRANSITIONS, by=SETTLE, at=at)
    what_was_learnt = ["charge_reference", "looked_at", "doubted_at", "decline"]
    payment.save(update_fields=["captured_cents", "captured_at", *what_was_learnt])


def _turn_into_order(payment: Payment, *, at: datetime) -> PaidOutcome:
    """Mark as paid the merchant order that a payment pays, and announce the money (faults 6, I7).

    Nothing else calls `mark_paid`. What became of the order is for the caller: money that found none to
    stand for goes back.

    Raises:
        StaleStateError: no money was taken by this payment.
    """
    if payment.state != PaymentState.CAPTURED:
        raise StaleStateError(subject_of(payment), PaymentState.CAPTURED)
    outcome = mark_paid(payment.merchant_order_id, at=at)
    emit(PaymentCaptured(payment.pk), at=at)
    return outcome


def _captured(payment: Payment, found: ProviderPayment, *, at: datetime) -> Settled:
    _take(payment, found, at=at)
    failpoint("payments.settle.captured")
    outcome = _turn_into_order(payment, at=at)
    failpoint("payments.settle.placed")
    if outcome is PaidOutcome.PLACED:
        return Settled.PAID
    reason = "paid_twice" if outcome is PaidOutcome.ALREADY else "order_lost"
    refund_payment(
        payment,
        amount_cents=payment.captured_cents,
        cause=Cause(f"{reason}:{payment.public_id}", reason),
        by=SETTLE,
        at=at,
    )
    return Settled.GIVEN_BACK


def _failed(payment: Payment, found: ProviderPayment, *, at: datetime) -> Settled:
    to = PaymentState.FAILED if found.state is Found.FAILED else PaymentState.CANCELLED
    if payment.state == PaymentState.CAPTURED:
        return Settled.ALREADY  # an answer from before the customer paid
    if payment.state in PAYMENT_TRANSITIONS.sources_of(to):
        move(payment, to, table=PAYMENT_TRANSITIONS, by=SETTLE, at=at)
        emit(PaymentFailed(payment.pk), at=at)
    return Settled.FAILED


def _note_what_else(payment: Payment, found: ProviderPayment, *, at: datetime) -> None:
    """Write down refunds made at the provider's own desk, and disputes."""
    elsewhere = found.refunded_cents - payment.refunded_cents
    # One that failed since the provider was asked may be counted in: then the next look tells.
    if elsewhere > 0 and failed_refunds(payment).count() == found.failed_refunds_count:
        note_refund_elsewhere(payment, elsewhere, at=at)
    if found.is_disputed:
        note_dispute(payment, found, told=_told(found), at=at)


def _told(found: ProviderPayment) -> dict[str, object]:
    return {
        "reference": found.reference,
        "amount_cents": found.amount_cents,
        "captured_cents": found.captured_cents,
        "refunded_cents": found.refunded_cents,
        "currency": found.currency,
        "account": found.account,
        "metadata": dict(found.metadata),
    }
