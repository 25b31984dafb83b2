"""From a yes to something on the side."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.factories.fulfilment import MERCHANT, SLOT, accepted, line_with, placed
from tests.factories.orders import NOON

from chalandise.fulfilment.actions import preparing
from chalandise.fulfilment.actions.asking import Substitute, report_missing, weigh
from chalandise.fulfilment.actions.steps import follow_order
from chalandise.fulfilment.errors import NotWeighedError, QuestionsOpenError
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import KEPT_FOR
from chalandise.fulfilment.states import FULFILMENT_TRANSITIONS, FulfilmentState
from chalandise.journal.models import OutboxEvent
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.django_db


def states_told() -> list[str]:
    rows = OutboxEvent.objects.filter(kind="fulfilment.moved").order_by("pk")
    return [row.payload["state"] for row in rows]


def test_an_order_goes_from_yes_to_ready(cast: Cast) -> None:
    order = placed(cast.lot, cast.bakery)
    preparing.accept(order, by=MERCHANT, at=NOON)
    ready = preparing.mark_ready(order, by=MERCHANT, at=NOON, place="Étagère du fond")
    ready.refresh_from_db()
    assert (ready.state, ready.place) == (FulfilmentState.READY, "Étagère du fond")
    assert ready.kept_until == SLOT + timedelta(minutes=30) + KEPT_FOR
    order.refresh_from_db()
    assert order.state == MerchantOrderState.ACCEPTED
    assert states_told() == ["preparing", "ready"]


def test_an_order_is_answered_once(cast: Cast) -> None:
    order = placed(cast.lot, cast.bakery)
    preparing.accept(order, by=MERCHANT, at=NOON)
    with pytest.raises(StaleStateError):
        preparing.accept(order, by=MERCHANT, at=NOON)
    assert states_told() == ["preparing"]


def test_a_no_stops_the_preparing_and_keeps_its_reason(cast: Cast) -> None:
    order = placed(cast.lot, cast.bakery)
    preparing.refuse(order, reason="Le four est en panne.", by=MERCHANT, at=NOON)
    order.refresh_from_db()
    assert (order.state, order.reason) == (MerchantOrderState.DECLINED, "Le four est en panne.")
    assert Fulfilment.objects.get().state == FulfilmentState.STOPPED
    with pytest.raises(StaleStateError):
        preparing.mark_ready(order, by=MERCHANT, at=NOON)


def test_what_was_cancelled_meanwhile_is_not_made_ready(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    MerchantOrder.objects.filter(pk=order.pk).update(state=MerchantOrderState.CANCELLED)
    with pytest.raises(StaleStateError):
        preparing.mark_ready(order, by=MERCHANT, at=NOON)
    assert Fulfilment.objects.get().state == FulfilmentState.PREPARING


def test_something_sold_by_weight_waits_for_the_scales(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    cheese = line_with(
        order, "Tomme", is_weight_priced=True, estimate_grams=400, price_per_kilo_cents=2500
    )
    with pytest.raises(NotWeighedError) as refusal:
        preparing.mark_ready(order, by=MERCHANT, at=NOON)
    assert refusal.value.names == ("Tomme",)
    weigh(cheese, grams=400, by=MERCHANT, at=NOON)
    preparing.mark_ready(order, by=MERCHANT, at=NOON)


def test_an_open_question_holds_ready_until_the_merchant_decides(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    candle = order.lines.get(position=2)
    report_missing(candle, quantity=1, substitute=Substitute("Savon", 900), by=MERCHANT, at=NOON)
    with pytest.raises(QuestionsOpenError):
        preparing.mark_ready(order, by=MERCHANT, at=NOON)
    preparing.mark_ready(order, by=MERCHANT, at=NOON, without_answers=True)
    assert [one.kind for one in candle.changes.all()] == ["missing"]


def test_what_waits_may_be_kept_longer(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    with pytest.raises(StaleStateError):
        preparing.keep_longer(order, until=NOON + timedelta(days=9), by=MERCHANT, at=NOON)
    preparing.mark_ready(order, by=MERCHANT, at=NOON)
    kept = preparing.keep_longer(order, until=NOON + timedelta(days=9), by=MERCHANT, at=NOON)
    assert kept.kept_until == NOON + timedelta(days=9)


@pytest.mark.parametrize("start", list(FulfilmentState))
@pytest.mark.parametrize(
    ("order_state", "way_kind", "end"),
    [
        ("declined", "pickup", "stopped"),
        ("cancelled", "pickup", "stopped"),
        ("completed", "pickup", "handed_over"),
        ("completed", "delivery", "delivered"),
        ("uncollected", "pickup", "not_collected"),
    ],
)
def test_the_preparing_follows_its_order_by_any_road_and_twice(
    cast: Cast, start: str, order_state: str, way_kind: str, end: str
) -> None:
    order = placed(cast.lot, cast.bakery, state=order_state, way_kind=way_kind)
    Fulfilment.objects.create(merchant_order=order, state=start, ready_at=NOON)
    is_over = start in FULFILMENT_TRANSITIONS.final
    if (start, end) == ("sent", "handed_over"):
        end = "delivered"  # what left can only arrive
    follow_order(order.pk, at=NOON)
    follow_order(order.pk, at=NOON)
    assert Fulfilment.objects.get().state == (start if is_over else end)
    assert states_told() == ([] if is_over else [end])


def test_an_order_just_paid_waits_for_the_merchant(cast: Cast) -> None:
    order = placed(cast.lot, cast.bakery)
    follow_order(order.pk, at=NOON)
    assert Fulfilment.objects.get().state == FulfilmentState.WAITING
