"""Having providers give back what is promised, and taking what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from chalandise.journal.actions import emit, move
from chalandise.kernel.failpoints import failpoint
from chalandise.kernel.money import portion
from chalandise.ordering.actions.withdrawing import note_refunded
from chalandise.payments.actions.calling import call_once
from chalandise.payments.actions.discrepancies import (
    find_fault,
    find_short_refund,
)
from chalandise.payments.actions.doubts import (
    call_key,
    is_any_under_way,
    made_of,
    may_be_forgotten,
)
from chalandise.payments.actions.looking import list_refunds, look_up
from chalandise.payments.actions.refunding import (
    FIRST_LOOK,
    PAYMENTS,
    Cause,
    finish_refund,
    note_refund_elsewhere,
    refund_payment,
    refuse_refund,
)
from chalandise.payments.actions.troubles import TROUBLES, code_of, note_trouble
from chalandise.payments.causes import cause_of, key_again
from chalandise.payments.errors import (
    ChargeDisputedError,
    FinalProviderError,
    LowBalanceError,
    RetryableProviderError,
)
from chalandise.payments.events import RefundDelayed
from chalandise.payments.models import Payment, Refund
from chalandise.payments.ports import REFUND_MARK, ProviderPayment, RefundFound, RefundRequest
from chalandise.payments.providers.register import provider as provider_of
from chalandise.payments.queries import (
    dispute_of,
    left_after,
    lock_payment,
    lock_refund,
)
from chalandise.payments.states import (
    REFUND_TRANSITIONS,
    DiscrepancyKind,
    DisputeState,
    RefundState,
)

AFTER_SILENCE = timedelta(minutes=2)
AFTER_LOW_BALANCE = timedelta(hours=6)


def send_refund(refund_id: int, *, at: datetime) -> RefundState:
    """Have the provider give the money back; called again, it asks under the same key.

    A balance that is too low leaves a debt of the merchant and is tried again until it suffices
    (fault 22). A refusal for good goes to the queue: the customer's right does not end with it.
    What a bank has taken back for a cardholder is not given back a second time: a refund waits for
    the end of a dispute, and one that was lost leaves only the rest.
    """
    refund = Refund.objects.select_related("payment__merchant_order__organisation").get(
        pk=refund_id
    )
    if refund.state != RefundState.REQUESTED:
        return RefundState(refund.state)
    payment = refund.payment
    held = _held_back(refund, at=at) or _doubted(refund, at=at)
    if held is not None:
        return held
    request = RefundRequest(
        reference=payment.provider_reference,
        charge_reference=payment.charge_reference,
        account=payment.account_reference,
        amount_cents=refund.amount_cents,
        metadata={REFUND_MARK: str(refund.public_id)},
        has_fee=portion(payment.amount_cents, payment.merchant_order.commission_bp) > 0,
    )
    key = call_key(refund)
    asked = {"charge": request.charge_reference, "amount": request.amount_cents}

    def do() -> dict[str, Any]:
        done = provider_of(payment.provider).refund(request, key=key, at=at)
        return {"reference": done.reference, "state": done.state.value, "reason": done.reason}

    try:
        answer = call_once(payment.provider, "refund", key, asked, do, at=at)
    except LowBalanceError as error:
        return _wait_for_balance(refund, error.code, at=at)
    except ChargeDisputedError:
        return _wait_for_news(refund, at=at)
    except RetryableProviderError as error:
        _later(refund, type(error).__name__, AFTER_SILENCE, at=at)
        return RefundState.REQUESTED
    except FinalProviderError as error:
        return _turned_down(refund, error.code, at=at)
    failpoint("payments.refund.sent")
    state = RefundFound(answer["state"])
    if state is RefundFound.REFUSED:
        return _turned_down(refund, str(answer["reason"]) or "refused", at=at)
    return _given_back(refund, str(answer["reference"]), state, at=at)


def _held_back(refund: Refund, *, at: datetime) -> RefundState | None:
    """Keep or refuse what the cardholder's bank holds, or has given them; None where it may go."""
    dispute = dispute_of(refund.payment)
    if dispute is None:
        return None
    if dispute.state == DisputeState.OPEN:
        _later(refund, "disputed", AFTER_LOW_BALANCE, at=at)
        return RefundState.REQUESTED
    is_gone = refund.amount_cents > left_after(dispute, refund.payment)
    return refuse_refund(refund, "dispute_lost", at=at) if is_gone else None


def _doubted(refund: Refund, *, at: datetime) -> RefundState | None:
    """Take what went back under a key of long ago; None where nothing did, and it may be asked for.

    Under a key that the provider has forgotten, the same refund would be a second one. It is asked for under
    the same key all the same: two who look and ask at once are one.
    """
    if not may_be_forgotten(refund, at=at):
        return None
    try:
        made = made_of(refund, list_refunds(refund.payment, at=at))
    except RetryableProviderError as error:
        _later(refund, type(error).__name__, AFTER_SILENCE, at=at)
        return RefundState.REQUESTED
    except FinalProviderError as error:
        return _undecided(refund, error.code, at=at)
    if len(made) > 1:
        return _undecided(refund, "made_twice", at=at)
    return _given_back(refund, made[0].reference, made[0].state, at=at) if made else None


def _undecided(refund: Refund, code: str, *, at: datetime) -> RefundState:
    _later(refund, code, AFTER_LOW_BALANCE, at=at)
    detail = {"refund": str(refund.public_id), "refund_cents": refund.amount_cents, "code": code}
    find_fault(refund.payment, DiscrepancyKind.REFUND_UNKNOWN, detail=detail, at=at)
    return RefundState.REQUESTED


def send_refunds(refund_ids: Sequence[int], *, at: datetime) -> int:
    """Send what waits; return how many were given back.

    One in trouble goes to the queue and is tried again hours later; the others are sent all the same.
    """
    done = 0
    for refund_id in refund_ids:
        try:
            done += send_refund(refund_id, at=at) == RefundState.DONE
        except TROUBLES as error:
            refund = Refund.objects.select_related("payment__merchant_order").get(pk=refund_id)
            _later(refund, code_of(error), AFTER_LOW_BALANCE, at=at)
            note_trouble(error, refund.payment, at=at)
    return done


@transaction.atomic
def _given_back(refund: Refund, reference: str, state: RefundFound, *, at: datetime) -> RefundState:
    held = lock_refund(refund.pk)
    if held.state != RefundState.REQUESTED:
        return RefundState(held.state)
    held.provider_reference = reference
    held.problem = ""
    held.next_try_at = at + FIRST_LOOK if state is RefundFound.PENDING else None
    held.save(update_fields=["provider_reference", "problem", "next_try_at"])
    if state is RefundFound.PENDING:
        move(held, RefundState.SENT, table=REFUND_TRANSITIONS, by=PAYMENTS, at=at)
        return RefundState.SENT
    finish_refund(held, at=at)
    return RefundState.DONE


@transaction.atomic
def _wait_for_balance(refund: Refund, code: str, *, at: datetime) -> RefundState:
    payment = lock_payment(refund.payment_id)  # first, like whoever shares out what is left
    held = lock_refund(refund.pk)
    if held.state != RefundState.REQUESTED or held.attempts != refund.attempts:
        return RefundState(held.state)
    is_news = not held.is_debt
    held.is_debt = True
    held.attempts += 1
    held.problem = code[:60]
    held.next_try_at = at + AFTER_LOW_BALANCE
    held.save(update_fields=["is_debt", "attempts", "problem", "next_try_at"])
    if is_news:
        detail = {"refund": str(held.public_id), "refund_cents": held.amount_cents}
        find_fault(payment, DiscrepancyKind.REFUND_WAITS, detail=detail, at=at)
        emit(RefundDelayed(held.pk), at=at)
    return RefundState.REQUESTED


@transaction.atomic
def _wait_for_news(refund: Refund, *, at: datetime) -> RefundState:
    """Wait where the bank holds the money for a cardholder and we have not heard of it.

    Nor do we hear of it where a dispute was lost and the provider gives back nothing of the rest:
    that refusal is for good.
    """
    dispute = dispute_of(refund.payment)
    if dispute is not None and dispute.state == DisputeState.LOST:
        return refuse_refund(refund, "charge_disputed", at=at)
    payment = lock_payment(refund.payment_id)
    held = lock_refund(refund.pk)
    if held.state != RefundState.REQUESTED or held.attempts != refund.attempts:
        return RefundState(held.state)
    held.attempts += 1  # the refusal is kept under its key, so the next attempt is another one
    held.problem = "disputed"
    held.next_try_at = at + AFTER_LOW_BALANCE
    held.save(update_fields=["attempts", "problem", "next_try_at"])
    detail = {"refund": str(held.public_id), "attempts": held.attempts}
    find_fault(payment, DiscrepancyKind.DISPUTE, detail=detail, at=at)
    return RefundState.REQUESTED


def _later(refund: Refund, problem: str, pause: timedelta, *, at: datetime) -> None:
    Refund.objects.filter(pk=refund.pk, state=RefundState.REQUESTED).update(
        problem=problem[:60], next_try_at=at + pause
    )


def _turned_down(refund: Refund, code: str, *, at: datetime) -> RefundState:
    """Take a refusal: before it goes to the queue, see whether less is left than we knew."""
    try:
        found = look_up(refund.payment, at=at)
    except RetryableProviderError as error:
        _later(refund, type(error).__name__, AFTER_SILENCE, at=at)
        return RefundState.REQUESTED
    except FinalProviderError:
        return refuse_refund(refund, code, at=at)
    return _give_what_is_left(refund, found, code, at=at)


@transaction.atomic
def _give_what_is_left(
    refund: Refund, found: ProviderPayment, code: str, *, at: datetime
) -> RefundState:
    """Write down what went back at the provider's own desk, and promise what is left.

    Every refund that is promised gets its share of it, first promised first; what lacks of one is for
    a person to see. Of anything else the refusal stands. Where another of them may be what went back,
    nothing is shared out before that is known.
    """
    payment = lock_payment(refund.payment_id)
    asked = payment.refunds.filter(state=RefundState.REQUESTED).order_by("pk")
    promised = [lock_refund(pk) for pk in asked.values_list("pk", flat=True)]
    if refund not in promised:
        return RefundState(lock_refund(refund.pk).state)
    due = sum(one.amount_cents for one in promised)
    elsewhere = found.refunded_cents - (payment.refunded_cents - due)
    left = payment.captured_cents - found.refunded_cents
    if elsewhere <= 0 or refund.amount_cents <= left:
        return refuse_refund(refund, code, at=at)
    if is_any_under_way(one for one in promised if one != refund):
        _later(refund, "beside_another", AFTER_SILENCE, at=at)
        return RefundState.REQUESTED
    payment.refunded_cents -= due
    note_refund_elsewhere(payment, elsewhere, at=at)
    for one in promised:
        share = min(one.amount_cents, left)
        left -= share
        _promise_share(payment, one, share, at=at)
    return RefundState.REFUSED


def _promise_share(payment: Payment, refund: Refund, cents: int, *, at: datetime) -> None:
    """Promise what is left for a refund; less than it all is another one, of the same cause."""
    if cents == refund.amount_cents:
        Payment.objects.filter(pk=payment.pk).update(refunded_cents=F("refunded_cents") + cents)
        return
    refund.problem = "less_left"
    refund.save(update_fields=["problem"])
    move(refund, RefundState.REFUSED, table=REFUND_TRANSITIONS, by=PAYMENTS, at=at)
    name = cause_of(refund.key)
    find_short_refund(payment, cause=name, due_cents=refund.amount_cents, left_cents=cents, at=at)
    if cents:
        again = Cause(key_again(refund), refund.reason, refund.lines)
        refund_payment(payment, amount_cents=cents, cause=again, by=PAYMENTS, at=at)
    else:
        note_refunded(name, at=at)
