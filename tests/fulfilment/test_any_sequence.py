"""Any sequence of gestures keeps the promises of the room, on the real database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories.fulfilment import CUSTOMER, MERCHANT, line_with, placed
from tests.factories.orders import NOON

from chalandise.fulfilment.actions import asking, handing, letting_go, preparing
from chalandise.fulfilment.actions.asking import Substitute
from chalandise.fulfilment.actions.handing import Checks
from chalandise.fulfilment.actions.steps import follow_order
from chalandise.fulfilment.models import Fulfilment, HandOver, NoShow, Question
from chalandise.fulfilment.queries.cards import card_of, orders_to_show
from chalandise.fulfilment.states import (
    FULFILMENT_TRANSITIONS,
    FulfilmentState,
    Proof,
    QuestionState,
)
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.kernel.errors import ChalandiseError
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, Pays

pytestmark = pytest.mark.django_db
LATE = NOON + timedelta(days=9)
Gesture = Callable[[MerchantOrder], object]


def _first(order: MerchantOrder) -> Question:
    return Question.objects.filter(fulfilment__merchant_order=order).latest("pk")


def _missing(order: MerchantOrder, substitute: Substitute | None = None) -> object:
    line = order.lines.get(position=1)
    return asking.report_missing(line, quantity=1, substitute=substitute, by=MERCHANT, at=NOON)


def _give(order: MerchantOrder, *, means: str, is_age_checked: bool) -> object:
    checks = Checks(Proof.KNOWN, means=means, is_age_checked=is_age_checked)
    return handing.hand_over(order, checks=checks, by=MERCHANT, at=NOON)


GESTURES: dict[str, Gesture] = {
    "accept": lambda order: preparing.accept(order, by=MERCHANT, at=NOON),
    "refuse": lambda order: preparing.refuse(order, reason="Panne", by=MERCHANT, at=NOON),
    "miss": _missing,
    "ask": lambda order: _missing(order, Substitute("Savon", 300)),
    "weigh": lambda order: asking.weigh(
        order.lines.get(position=3), grams=430, by=MERCHANT, at=NOON
    ),
    "heavy": lambda order: asking.weigh(
        order.lines.get(position=3), grams=900, by=MERCHANT, at=NOON
    ),
    "agree": lambda order: asking.choose_offer(_first(order), by=CUSTOMER, at=NOON),
    "rather not": lambda order: asking.choose_refund(_first(order), by=CUSTOMER, at=NOON),
    "found": lambda order: asking.ask_no_more(_first(order), by=MERCHANT, at=NOON),
    "delay": lambda _order: asking.settle_overdue(at=LATE),
    "ready": lambda order: preparing.mark_ready(order, by=MERCHANT, at=NOON),
    "ready anyway": lambda order: preparing.mark_ready(
        order, without_answers=True, by=MERCHANT, at=NOON
    ),
    "give": lambda order: _give(order, means="cash", is_age_checked=True),
    "give unpaid": lambda order: _give(order, means="", is_age_checked=True),
    "give to a child": lambda order: _give(order, means="card", is_age_checked=False),
    "send": lambda order: handing.send_out(order, by=MERCHANT, at=NOON),
    "let go": lambda order: letting_go.let_go(order, by=MERCHANT, at=NOON),
    "patience": lambda _order: letting_go.release_uncollected(at=LATE),
    "cancel": lambda order: cancel_merchant_order(order, by=CUSTOMER, at=NOON),
    "follow": lambda order: follow_order(order.pk, at=NOON),
}
LIFE = st.lists(st.sampled_from(sorted(GESTURES)), max_size=14)
HAPPY = ("accept", "weigh", "ready")


@settings(
    max_examples=25,
    # each example is rolled back: the cast it shares is as it was
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.booleans(), LIFE)
def test_any_sequence_of_gestures_keeps_the_promises(
    cast: Cast, is_begun: bool, life: list[str]
) -> None:
    with transaction.atomic():
        order = placed(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION)
        line_with(
            order,
            "Tomme",
            is_weight_priced=True,
            estimate_grams=400,
            price_per_kilo_cents=2400,
            tolerance_percent=10,
        )
        line_with(order, "Vin de Cahors", is_alcohol=True)
        for name in [*HAPPY * is_begun, *life]:
            with suppress(ChalandiseError, Question.DoesNotExist):
                GESTURES[name](MerchantOrder.objects.get(pk=order.pk))
            _promises(order)
        transaction.set_rollback(True)  # the next example begins anew


def _promises(order: MerchantOrder) -> None:
    part = MerchantOrder.objects.get(pk=order.pk)
    fulfilment = Fulfilment.objects.filter(merchant_order=order).first()
    card = card_of(orders_to_show().get(pk=order.pk), at=NOON)
    for one in card.lines:
        assert 0 <= one.quantity <= one.line.quantity
        assert one.cents >= 0
    assert card.total_cents >= 0
    if fulfilment is None:
        return
    state = FulfilmentState(fulfilment.state)
    asked = Question.objects.filter(fulfilment=fulfilment, state=QuestionState.OPEN)
    if state in (FulfilmentState.READY, *FULFILMENT_TRANSITIONS.final):
        assert not asked.exists(), "nothing is ready, and nothing ends, with a question open"
    given_to = HandOver.objects.filter(fulfilment=fulfilment).first()
    assert (given_to is not None) == (state == FulfilmentState.HANDED_OVER)
    if given_to is not None:
        assert part.state == MerchantOrderState.COMPLETED
        assert given_to.minimum_age == 18
        assert given_to.paid_cents == card.total_cents
    if state == FulfilmentState.NOT_COLLECTED:
        assert part.state == MerchantOrderState.UNCOLLECTED
        assert NoShow.objects.filter(fulfilment=fulfilment).exists()
    steps = Entry.objects.filter(subject=f"fulfilment.fulfilment:{fulfilment.pk}").order_by("pk")
    moved = [one for one in steps if one.verb.startswith("became_")]
    for one in moved:
        assert FULFILMENT_TRANSITIONS.allows(one.detail["from"], one.verb.removeprefix("became_"))
    told = OutboxEvent.objects.filter(kind="fulfilment.moved", payload__fulfilment_id=fulfilment.pk)
    assert told.count() <= len(moved)
