"""Saying yes or no, preparing, and saying that it is ready."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.actions.asking import settle_as_missing
from chalandise.fulfilment.actions.steps import opened, require_accepted, step
from chalandise.fulfilment.errors import NotWeighedError, QuestionsOpenError
from chalandise.fulfilment.events import KeptLonger
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import COLLECTED_WAYS, is_brought, kept_until
from chalandise.fulfilment.queries.cards import card_of, orders_to_show
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.serving import accept_merchant_order, decline_merchant_order
from chalandise.ordering.models import MerchantOrder

MOST_BAGS = 99


@transaction.atomic
def accept(order: MerchantOrder, *, by: Actor, at: datetime) -> Fulfilment:
    """Say yes: the merchant order is promised and its preparing begins.

    Raises:
        StaleStateError: it was answered or cancelled meanwhile.
    """
    fulfilment = opened(order.pk, at=at)
    accept_merchant_order(fulfilment.merchant_order, by=by, at=at)
    step(fulfilment, FulfilmentState.PREPARING, by=by, at=at)
    return fulfilment


@transaction.atomic
def refuse(order: MerchantOrder, *, reason: str, by: Actor, at: datetime) -> Fulfilment:
    """Say no, with a word why; what was paid goes back.

    Raises:
        StaleStateError: it was handed over or cancelled meanwhile.
    """
    fulfilment = opened(order.pk, at=at)
    held = fulfilment.merchant_order
    decline_merchant_order(held, reason=reason, goods=goods_of([held]), by=by, at=at)
    step(fulfilment, FulfilmentState.STOPPED, by=by, at=at)
    return fulfilment


@transaction.atomic
def mark_ready(
    order: MerchantOrder,
    *,
    by: Actor,
    at: datetime,
    place: str = "",
    bags: int = 1,
    without_answers: bool = False,
) -> Fulfilment:
    """Say that everything is on the side, or packed.

    What is collected at a pooled point is packed only: ready once all of it is there.

    Args:
        order: the merchant order.
        by: who says so.
        at: when.
        place: where in the shop it is kept, to find it again.
        bags: how many bags or boxes it makes, for those who receive it at a pooled point.
        without_answers: what the customer has not answered yet counts as missing.

    Raises:
        NotWeighedError: something sold by weight has no weight yet.
        QuestionsOpenError: the customer has not answered, and the merchant did not decide.
        StaleStateError: it was cancelled meanwhile, or was ready already.
    """
    fulfilment = opened(order.pk, at=at)
    require_accepted(fulfilment, FulfilmentState.READY)
    card = card_of(orders_to_show().get(pk=order.pk), at=at)
    if card.questions and not without_answers:
        raise QuestionsOpenError(tuple(str(one.line) for one in card.questions))
    asked = {one.line_id for one in card.questions}
    if to_weigh := [one for one in card.to_weigh if one.line.pk not in asked]:
        raise NotWeighedError(tuple(one.line.product_name for one in to_weigh))
    for question in card.questions:
        settle_as_missing(question, by=by, at=at)
    bags = min(max(bags, 1), MOST_BAGS)
    if is_brought(fulfilment.merchant_order):
        step(fulfilment, FulfilmentState.PACKED, by=by, at=at, place=place[:40], bags=bags)
        return fulfilment
    kept = None
    if fulfilment.merchant_order.way_kind in COLLECTED_WAYS:
        kept = kept_until(fulfilment.merchant_order, ready_at=at)
    ready = FulfilmentState.READY
    step(fulfilment, ready, by=by, at=at, ready_at=at, kept_until=kept, place=place[:40])
    return fulfilment


@transaction.atomic
def keep_longer(order: MerchantOrder, *, until: datetime, by: Actor, at: datetime) -> Fulfilment:
    """Keep something ready for longer: the customer rang.

    Raises:
        StaleStateError: it is no longer waiting to be collected.
    """
    fulfilment = opened(order.pk, at=at)
    if fulfilment.state != FulfilmentState.READY:
        raise StaleStateError(str(fulfilment), FulfilmentState.READY)
    was_asked = fulfilment.asked_at is not None
    fulfilment.kept_until, fulfilment.asked_at, fulfilment.times_asked = until, None, 0
    fulfilment.save(update_fields=["kept_until", "asked_at", "times_asked"])
    record(fulfilment, "kept_longer", by=by, at=at, detail={"until": until.isoformat()})
    if was_asked:  # its customer was told that it may be over
        emit(KeptLonger(fulfilment.pk, order.pk, until.isoformat()), at=at)
    return fulfilment
