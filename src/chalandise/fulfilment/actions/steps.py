"""Opening a fulfilment and stepping it; every other action goes through here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.events import FulfilmentMoved, QuestionSettled
from chalandise.fulfilment.models import Fulfilment, Question
from chalandise.fulfilment.queries.doors import lock_fulfilment
from chalandise.fulfilment.states import (
    FULFILMENT_TRANSITIONS,
    QUESTION_TRANSITIONS,
    FulfilmentState,
    QuestionState,
)
from chalandise.journal.actions import emit, move
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.ordering.states import MerchantOrderState, WayKind


def opened(order_id: int, *, at: datetime) -> Fulfilment:
    """Return the fulfilment of a merchant order, made if need be and locked with its order.

    Raises:
        NotFoundError: there is no such merchant order.
    """
    found = lock_fulfilment(order_id)
    if found is None:
        Fulfilment.objects.bulk_create(
            [Fulfilment(merchant_order_id=order_id, opened_at=at)], ignore_conflicts=True
        )
        found = lock_fulfilment(order_id)
    if found is None:
        raise NotFoundError
    return found


def step(
    fulfilment: Fulfilment,
    to: FulfilmentState,
    *,
    by: Actor,
    at: datetime,
    is_told: bool = True,
    **facts: object,
) -> None:
    """Take one step, keep what it brings, and say so.

    Args:
        fulfilment: what moves, locked.
        to: where it goes.
        by: who moves it.
        at: when.
        is_told: whether anybody is to hear of it; a step that was skipped and is caught up is not.
        facts: fields to keep with the step.

    Raises:
        StaleStateError: it no longer stands where this step starts.
    """
    if to in FULFILMENT_TRANSITIONS.final:
        facts["ended_at"] = at
        drop_questions(fulfilment, by=by, at=at)
    for name, value in facts.items():
        setattr(fulfilment, name, value)
    if facts:
        fulfilment.save(update_fields=list(facts))
    move(fulfilment, to, table=FULFILMENT_TRANSITIONS, by=by, at=at)
    if is_told:
        emit(FulfilmentMoved(fulfilment.pk, fulfilment.merchant_order_id, to), at=at)


def require_accepted(fulfilment: Fulfilment, target: str) -> None:
    """Stop a step on a merchant order that was not accepted, or no longer stands.

    Raises:
        StaleStateError: so it is.
    """
    if fulfilment.merchant_order.state != MerchantOrderState.ACCEPTED:
        raise StaleStateError(str(fulfilment), target)


def settle_question(question: Question, to: QuestionState, *, by: Actor, at: datetime) -> None:
    """Close a question, once.

    Raises:
        StaleStateError: it was settled already.
    """
    move(question, to, table=QUESTION_TRANSITIONS, by=by, at=at)
    question.settled_at = at
    question.save(update_fields=["settled_at"])
    emit(QuestionSettled(question.pk, question.fulfilment.merchant_order_id, to), at=at)


def drop_questions(fulfilment: Fulfilment, *, by: Actor, at: datetime) -> None:
    """Stop asking about an order that has ended."""
    for question in fulfilment.questions.filter(state=QuestionState.OPEN):
        settle_question(question, QuestionState.DROPPED, by=by, at=at)


@transaction.atomic
def follow_order(order_id: int, *, at: datetime) -> Fulfilment | None:
    """Bring the fulfilment to where its merchant order stands; running it again changes nothing.

    Returns:
        The fulfilment, or None where the merchant order never stood.
    """
    fulfilment = opened(order_id, at=at)
    order, by = fulfilment.merchant_order, Actor.system("ordering")
    now = FulfilmentState(fulfilment.state)
    if now in FULFILMENT_TRANSITIONS.final:
        return fulfilment
    match order.state:
        case MerchantOrderState.DECLINED | MerchantOrderState.CANCELLED:
            step(fulfilment, FulfilmentState.STOPPED, by=by, at=at)
        case MerchantOrderState.ACCEPTED if now == FulfilmentState.WAITING:
            step(fulfilment, FulfilmentState.PREPARING, by=by, at=at)
        case MerchantOrderState.COMPLETED:
            _catch_up(fulfilment, _arrival(fulfilment), by=by, at=at)
        case MerchantOrderState.UNCOLLECTED:
            _catch_up(fulfilment, FulfilmentState.NOT_COLLECTED, by=by, at=at)
        case _:
            pass
    return fulfilment


def _arrival(fulfilment: Fulfilment) -> FulfilmentState:
    travels = fulfilment.merchant_order.way_kind in (WayKind.DELIVERY, WayKind.SHIPPING)
    if travels or fulfilment.state == FulfilmentState.SENT:
        return FulfilmentState.DELIVERED
    return FulfilmentState.HANDED_OVER


def _catch_up(fulfilment: Fulfilment, end: FulfilmentState, *, by: Actor, at: datetime) -> None:
    """Take the steps in between that somebody skipped, and tell of the last only."""
    road = [FulfilmentState.PREPARING, FulfilmentState.READY]
    if end == FulfilmentState.DELIVERED:
        road.append(FulfilmentState.SENT)
    for to in road:
        if FULFILMENT_TRANSITIONS.allows(fulfilment.state, to):
            facts = {"ready_at": at} if to == FulfilmentState.READY else {}
            step(fulfilment, to, by=by, at=at, is_told=False, **facts)
    step(fulfilment, end, by=by, at=at)
