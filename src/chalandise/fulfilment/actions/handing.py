"""Putting the goods into the right hands: collected, brought, sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.actions.arriving import note_arrival
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.actions.steps import opened, require_accepted, step
from chalandise.fulfilment.models import Fulfilment, HandOver, NoShow
from chalandise.fulfilment.passes import is_receipt_for
from chalandise.fulfilment.policies import (
    require_age_checked,
    require_collected,
    require_paid,
    require_travels,
)
from chalandise.fulfilment.queries.cards import card_of, orders_to_show
from chalandise.fulfilment.queries.customers import customer_keys
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.kernel.tokens import tidy_spoken_code
from chalandise.ordering.actions.serving import complete_merchant_order
from chalandise.ordering.errors import WrongCodeError
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import WayKind
from chalandise.payments.actions.counter import note_paid_at_counter
from chalandise.payments.states import Means


@dataclass(frozen=True)
class Checks:
    """What the merchant looked at before letting go of the goods.

    Attributes:
        proof: how they knew the customer.
        code: what was told (`Proof.CODE`), or the receipt of the pass (`Proof.PASS`).
        is_age_checked: they saw a proof of age.
        means: how it was paid there: ``cash``, ``card`` or nothing.
    """

    proof: Proof
    code: str = ""
    is_age_checked: bool = False
    means: str = ""


@transaction.atomic
def hand_over(order: MerchantOrder, *, checks: Checks, by: Actor, at: datetime) -> HandOver:
    """Give the goods to the customer who came for them, once.

    What is still being prepared becomes ready on the way, under the same conditions.

    Raises:
        WrongCodeError: the code, or the pass, opens something else.
        WrongWayError: these goods travel to the customer.
        AgeNotCheckedError: nobody looked at a proof of age.
        PaymentNeededError: it was not paid.
        CashCapError: more than may be paid in cash.
        NotWeighedError, QuestionsOpenError: it is not ready.
        StaleStateError: it was handed over or cancelled meanwhile.
    """
    fulfilment = opened(order.pk, at=at)
    require_collected(fulfilment.merchant_order)
    _require_proof(fulfilment.merchant_order, checks, at=at)
    if fulfilment.state == FulfilmentState.PREPARING:
        fulfilment = mark_ready(order, by=by, at=at)
    if fulfilment.state == FulfilmentState.PACKED:
        fulfilment = note_arrival(order, by=by, at=at)
    return _give(fulfilment, FulfilmentState.HANDED_OVER, checks=checks, by=by, at=at)


@transaction.atomic
def send_out(
    order: MerchantOrder, *, by: Actor, at: datetime, carrier: str = "", tracking: str = ""
) -> Fulfilment:
    """Say that the goods are on their way to the customer.

    Raises:
        WrongWayError: the customer comes for them.
        NotWeighedError, QuestionsOpenError: they are not ready.
        StaleStateError: they left already, or the order was cancelled meanwhile.
    """
    fulfilment = opened(order.pk, at=at)
    require_travels(fulfilment.merchant_order)
    if fulfilment.state == FulfilmentState.PREPARING:
        fulfilment = mark_ready(order, by=by, at=at)
    require_accepted(fulfilment, FulfilmentState.SENT)
    step(
        fulfilment,
        FulfilmentState.SENT,
        by=by,
        at=at,
        sent_at=at,
        carrier=carrier[:60],
        tracking=tracking[:60],
    )
    return fulfilment


@transaction.atomic
def deliver(order: MerchantOrder, *, checks: Checks, by: Actor, at: datetime) -> HandOver | None:
    """Say that the goods have arrived; at the door the same is looked at as in the shop.

    Returns:
        The hand-over at the door; None for a parcel, which its carrier gave.

    Raises:
        WrongWayError: the customer comes for them.
        AgeNotCheckedError, PaymentNeededError, CashCapError: as in `hand_over`.
        StaleStateError: they arrived already, or the order was cancelled meanwhile.
    """
    fulfilment = opened(order.pk, at=at)
    require_travels(fulfilment.merchant_order)
    if fulfilment.state in (FulfilmentState.PREPARING, FulfilmentState.READY):
        fulfilment = send_out(order, by=by, at=at)
    if fulfilment.merchant_order.way_kind == WayKind.SHIPPING:
        require_accepted(fulfilment, FulfilmentState.DELIVERED)
        complete_merchant_order(fulfilment.merchant_order, by=by, at=at)
        step(fulfilment, FulfilmentState.DELIVERED, by=by, at=at)
        return None
    return _give(fulfilment, FulfilmentState.DELIVERED, checks=checks, by=by, at=at)


def _give(
    fulfilment: Fulfilment, to: FulfilmentState, *, checks: Checks, by: Actor, at: datetime
) -> HandOver:
    require_accepted(fulfilment, to)
    order = fulfilment.merchant_order
    card = card_of(orders_to_show().get(pk=order.pk), at=at)
    if card.hand_over is not None:
        raise StaleStateError(str(fulfilment), to)
    require_age_checked(card, is_checked=checks.is_age_checked)
    require_paid(card, means=checks.means)
    paid = card.due_cents
    made = HandOver.objects.create(
        fulfilment=fulfilment,
        proof=checks.proof,
        customer_name=order.order.customer_name,
        minimum_age=card.minimum_age,
        means=checks.means if paid else "",
        paid_cents=paid,
        by=by.label[:200],
        handed_at=at,
    )
    if paid:
        note_paid_at_counter(order, means=Means(checks.means), by=by, at=at)
    complete_merchant_order(order, by=by, at=at)
    step(fulfilment, to, by=by, at=at)
    seen = {"proof": checks.proof, "minimum_age": card.minimum_age, "paid_cents": paid}
    record(fulfilment, "given", by=by, at=at, detail=seen)
    customers = customer_keys(order.order.customer_email, order.order.customer_phone)
    NoShow.objects.filter(customer__in=customers, forgiven_at=None).update(forgiven_at=at)
    return made


def _require_proof(order: MerchantOrder, checks: Checks, *, at: datetime) -> None:
    match checks.proof:
        case Proof.CODE:
            told = tidy_spoken_code(checks.code)
            is_right = bool(told) and told == order.pickup_code
        case Proof.PASS:
            is_right = is_receipt_for(order.pk, checks.code, at=at)
        case _:
            is_right = True  # the merchant's word
    if not is_right:
        raise WrongCodeError
