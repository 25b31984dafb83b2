"""Something is missing or too heavy: the customer is asked, and chooses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.actions.steps import opened, require_accepted, settle_question
from chalandise.fulfilment.errors import NotSoldByWeightError, TooManyMissingError
from chalandise.fulfilment.events import QuestionAsked
from chalandise.fulfilment.models import Fulfilment, Question
from chalandise.fulfilment.policies import decides_at
from chalandise.fulfilment.queries.cards import CardLine, card_of, orders_to_show
from chalandise.fulfilment.states import FulfilmentState, QuestionKind, QuestionState
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.changing import (
    cents_on_the_scales,
    line_missing,
    line_replaced,
    line_weighed,
    most_grams,
)
from chalandise.ordering.models import OrderLine
from chalandise.ordering.queries.lines import standing_of

MOST_GRAMS = 500_000


@dataclass(frozen=True)
class Substitute:
    """What the merchant offers instead of something missing.

    Attributes:
        name: what it is.
        cents: what it costs, all pieces together; never charged above what was ordered.
        minimum_age: the age below which it may not be given, 0 where anybody may have it.
    """

    name: str
    cents: int
    minimum_age: int = 0


@transaction.atomic
def report_missing(
    line: OrderLine,
    *,
    quantity: int,
    by: Actor,
    at: datetime,
    substitute: Substitute | None = None,
    word: str = "",
) -> Question | None:
    """Say that some of a line cannot be supplied.

    With something offered instead the customer is asked, and chooses between it and their money.
    Without, there is nothing to choose: it is not supplied and not paid.

    Args:
        line: what is missing.
        quantity: how many.
        by: who says so.
        at: when.
        substitute: what is offered instead.
        word: a word to the customer.

    Raises:
        TooManyMissingError: more than remains of the line.
        StaleStateError: the order is no longer being prepared, or was asked about already.
    """
    fulfilment, standing = _standing(line, at=at)
    if not 1 <= quantity <= standing.quantity:
        raise TooManyMissingError(standing.quantity)
    if substitute is None:
        line_missing(line, quantity=quantity, by=by, at=at)
        record(fulfilment, "line_missing", by=by, at=at, detail=_about(line, quantity))
        return None
    cents = min(substitute.cents, standing.cents * quantity // standing.quantity)
    return _ask(
        Question(
            fulfilment=fulfilment,
            line=line,
            kind=QuestionKind.MISSING,
            quantity=quantity,
            cents=cents,
            substitute_name=substitute.name[:200],
            substitute_age=substitute.minimum_age,
            word=word[:300],
        ),
        by=by,
        at=at,
    )


@transaction.atomic
def weigh(line: OrderLine, *, grams: int, by: Actor, at: datetime) -> Question | None:
    """Tell what the scales said; above what was agreed the customer is asked first.

    What was paid already never costs more: a heavier piece is then the merchant's gift, and there is
    nothing to ask.

    Args:
        line: what was weighed, all pieces together.
        grams: its weight.
        by: who weighed.
        at: when.

    Raises:
        NotSoldByWeightError: it has no weight to tell, or none that can be right.
        StaleStateError: the order is no longer being prepared, or was asked about already.
    """
    fulfilment, standing = _standing(line, at=at)
    if not standing.can_be_weighed or not 0 < grams <= MOST_GRAMS:
        raise NotSoldByWeightError
    is_within = grams <= most_grams(line, standing.quantity)
    if is_within or fulfilment.merchant_order.paid_at is not None:
        line_weighed(line, grams=grams, is_agreed=True, by=by, at=at)
        return None
    return _ask(
        Question(
            fulfilment=fulfilment,
            line=line,
            kind=QuestionKind.HEAVIER,
            quantity=standing.quantity,
            grams=grams,
            cents=cents_on_the_scales(line, grams),
        ),
        by=by,
        at=at,
    )


@transaction.atomic
def choose_refund(question: Question, *, by: Actor, at: datetime) -> None:
    """Rather have the money back than what is offered.

    Raises:
        StaleStateError: it was settled already.
    """
    opened(question.fulfilment.merchant_order_id, at=at)
    settle_as_missing(question, by=by, at=at)


@transaction.atomic
def choose_offer(question: Question, *, by: Actor, at: datetime) -> None:
    """Take what the merchant offers: the substitute, or the heavier piece at its price.

    Raises:
        StaleStateError: it was settled already, or the order has ended.
    """
    opened(question.fulfilment.merchant_order_id, at=at)
    if question.kind == QuestionKind.HEAVIER:
        settle_question(question, QuestionState.AGREED, by=by, at=at)
        line_weighed(question.line, grams=question.grams or 0, is_agreed=True, by=by, at=at)
        return
    still = _still_asked(question)
    if not still:
        settle_question(question, QuestionState.DROPPED, by=by, at=at)
        return
    settle_question(question, QuestionState.REPLACED, by=by, at=at)
    line_replaced(
        question.line,
        quantity=still,
        name=question.substitute_name,
        cents=(question.cents or 0) * still // question.quantity,
        minimum_age=question.substitute_age,
        by=by,
        at=at,
    )


@transaction.atomic
def ask_no_more(question: Question, *, by: Actor, at: datetime) -> None:
    """Take a question back: it was found after all, or a lighter piece was.

    Raises:
        StaleStateError: it was settled already.
    """
    opened(question.fulfilment.merchant_order_id, at=at)
    settle_question(question, QuestionState.DROPPED, by=by, at=at)


def settle_as_missing(question: Question, *, by: Actor, at: datetime) -> None:
    """Close a question with nothing supplied and nothing paid; the order is locked already.

    What the customer has withdrawn from since is no longer asked about.
    """
    still = _still_asked(question)
    to = QuestionState.REFUNDED if still else QuestionState.DROPPED
    settle_question(question, to, by=by, at=at)
    if still:
        line_missing(question.line, quantity=still, by=by, at=at)


def _still_asked(question: Question) -> int:
    """Return how many of what was asked about the customer has not withdrawn from."""
    part = question.fulfilment.merchant_order_id
    free = {one.line.pk: one.free for one in standing_of([part])[part]}
    return min(question.quantity, free[question.line_id])


def settle_overdue(*, at: datetime) -> int:
    """Close, with nothing supplied and nothing paid, what nobody answered; tell how many."""
    overdue = Question.objects.filter(state=QuestionState.OPEN, decides_at__lte=at)
    done = 0
    for question in overdue.select_related("line", "fulfilment").order_by("pk"):
        try:
            choose_refund(question, by=Actor.system("delay"), at=at)
        except StaleStateError:
            continue
        done += 1
    return done


def _standing(line: OrderLine, *, at: datetime) -> tuple[Fulfilment, CardLine]:
    """Lock the order of a line and return what stands of it."""
    fulfilment = opened(line.merchant_order_id, at=at)
    require_accepted(fulfilment, QuestionState.OPEN)
    card = card_of(orders_to_show().get(pk=line.merchant_order_id), at=at)
    standing = next(one for one in card.lines if one.line.pk == line.pk)
    is_here = fulfilment.state in (
        FulfilmentState.PREPARING,
        FulfilmentState.PACKED,
        FulfilmentState.READY,
    )
    if standing.question is not None or not is_here:
        raise StaleStateError(str(line), QuestionState.OPEN)
    return fulfilment, standing


def _ask(question: Question, *, by: Actor, at: datetime) -> Question:
    """Ask while it is being prepared: nothing is ready with a question open."""
    if question.fulfilment.state != FulfilmentState.PREPARING:
        raise StaleStateError(str(question.line), QuestionState.OPEN)
    question.asked_at = at
    question.decides_at = decides_at(question.fulfilment.merchant_order, at=at)
    question.save()
    about = _about(question.line, question.quantity)
    record(question.fulfilment, f"asked_{question.kind}", by=by, at=at, detail=about)
    order_id = question.fulfilment.merchant_order_id
    emit(QuestionAsked(question.pk, order_id, question.kind), at=at)
    return question


def _about(line: OrderLine, quantity: int) -> dict[str, object]:
    return {"line": line.pk, "quantity": quantity}
