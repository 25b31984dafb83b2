"""What merchants bring to a pooled point: packed, ticked bag by bag, ready once all is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics
from tests.factories.fulfilment import MERCHANT, accepted, line_with
from tests.factories.points import brought

from chalandise.fulfilment.actions.arriving import correct_arrival, note_arrival
from chalandise.fulfilment.actions.asking import report_missing
from chalandise.fulfilment.actions.handing import Checks, hand_over
from chalandise.fulfilment.actions.letting_go import remind_of_uncollected
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.errors import (
    NotWeighedError,
    TooLateToCorrectError,
    WrongWayError,
)
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import CORRECTED_WITHIN, KEPT_FOR, may_correct_arrival
from chalandise.fulfilment.queries.boards import board, counts
from chalandise.fulfilment.queries.points import arrivals, find_by_code_at, waiting_at
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.models import PickupPoint
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.models import MerchantOrder

pytestmark = pytest.mark.django_db

MONDAY = moment("2026-11-16 09:00")
WEDNESDAY = moment("2026-11-18 17:00")
NOON = moment("2026-11-18 12:00")
KEEPER = Actor("person", "9", "Nadia Cabas")


@pytest.fixture
def hall(cast: Cast) -> PickupPoint:
    return logistics.pooled_point(cast.lot)


@pytest.fixture
def order(cast: Cast, hall: PickupPoint) -> MerchantOrder:
    return brought(cast.lot, cast.bakery, hall, starts_at=WEDNESDAY, at=MONDAY)


def told() -> list[str]:
    rows = OutboxEvent.objects.filter(kind="fulfilment.moved").order_by("pk")
    return [row.payload["state"] for row in rows]


def test_what_its_merchant_packed_is_not_ready_before_all_of_it_is_there(
    order: MerchantOrder,
) -> None:
    packed = mark_ready(order, bags=2, by=MERCHANT, at=MONDAY)
    assert (packed.state, packed.bags, packed.ready_at, packed.kept_until) == (
        FulfilmentState.PACKED,
        2,
        None,
        None,
    )
    assert remind_of_uncollected(at=WEDNESDAY) == 0
    half = note_arrival(order, bags=1, by=KEEPER, at=NOON)
    assert (half.state, half.bags_arrived) == (FulfilmentState.PACKED, 1)
    assert told() == ["preparing", "packed"]
    there = note_arrival(order, bags=1, by=KEEPER, at=NOON)
    there.refresh_from_db()
    assert (there.state, there.bags_arrived) == (FulfilmentState.READY, 2)
    assert there.ready_at == NOON
    assert order.ends_at is not None
    assert there.kept_until == order.ends_at + KEPT_FOR
    assert told() == ["preparing", "packed", "ready"]
    ticks = Entry.objects.filter(verb="arrived").order_by("pk")
    assert [(one.actor_label, one.detail) for one in ticks] == [
        ("Nadia Cabas", {"bags": 1, "of": 2}),
        ("Nadia Cabas", {"bags": 1, "of": 2}),
    ]


def test_what_is_there_already_is_not_ticked_again(order: MerchantOrder) -> None:
    mark_ready(order, by=MERCHANT, at=MONDAY)
    note_arrival(order, by=KEEPER, at=NOON)
    with pytest.raises(StaleStateError):
        note_arrival(order, by=KEEPER, at=NOON)
    assert told().count("ready") == 1


def test_no_more_bags_arrive_than_were_packed(order: MerchantOrder) -> None:
    mark_ready(order, bags=3, by=MERCHANT, at=MONDAY)
    there = note_arrival(order, bags=50, by=KEEPER, at=NOON)
    assert (there.bags_arrived, there.state) == (3, FulfilmentState.READY)


def test_what_the_merchant_forgot_to_call_ready_arrives_all_the_same(order: MerchantOrder) -> None:
    assert note_arrival(order, by=KEEPER, at=NOON).state == FulfilmentState.READY
    assert told() == ["preparing", "packed", "ready"]


def test_what_is_not_weighed_does_not_arrive(order: MerchantOrder) -> None:
    line_with(order, "Tomme", is_weight_priced=True, estimate_grams=400, tolerance_percent=10)
    with pytest.raises(NotWeighedError):
        note_arrival(order, by=KEEPER, at=NOON)
    assert Fulfilment.objects.get().state == FulfilmentState.PREPARING


def test_what_was_cancelled_does_not_arrive(order: MerchantOrder) -> None:
    mark_ready(order, by=MERCHANT, at=MONDAY)
    cancel_merchant_order(order, by=MERCHANT, at=MONDAY)
    with pytest.raises(StaleStateError):
        note_arrival(order, by=KEEPER, at=NOON)


def test_what_is_collected_in_a_shop_arrives_nowhere(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    with pytest.raises(WrongWayError):
        note_arrival(order, by=KEEPER, at=NOON)


def test_something_missing_is_told_after_packing_too(order: MerchantOrder) -> None:
    mark_ready(order, by=MERCHANT, at=MONDAY)
    report_missing(order.lines.get(position=2), quantity=1, by=MERCHANT, at=MONDAY)
    assert note_arrival(order, by=KEEPER, at=NOON).state == FulfilmentState.READY


def test_who_comes_to_the_shop_instead_gets_it_there(order: MerchantOrder) -> None:
    mark_ready(order, by=MERCHANT, at=MONDAY)
    hand_over(order, checks=Checks(Proof.KNOWN), by=MERCHANT, at=MONDAY)
    assert Fulfilment.objects.get().state == FulfilmentState.HANDED_OVER


def test_the_board_says_what_is_to_be_brought_and_what_is_there(
    cast: Cast, order: MerchantOrder
) -> None:
    mark_ready(order, by=MERCHANT, at=MONDAY)
    packed = board(cast.bakery, MONDAY)
    assert [one.order.pk for one in packed.ready] == [order.pk]
    assert counts(cast.bakery).ready == 1
    assert packed.ready[0].is_packed
    note_arrival(order, by=KEEPER, at=NOON)
    there = board(cast.bakery, WEDNESDAY)
    assert (there.ready, [one.order.pk for one in there.waiting]) == ([], [order.pk])
    assert not there.waiting[0].is_late
    assert (counts(cast.bakery).ready, counts(cast.bakery).to_prepare) == (0, 0)


def test_the_point_sees_its_own_orders_and_no_others(
    cast: Cast, hall: PickupPoint, order: MerchantOrder
) -> None:
    other = logistics.pooled_point(cast.lot, "Halle")
    accepted(cast.lot, cast.bakery)
    [(transfer, parcels)] = arrivals(hall, WEDNESDAY.date(), at=MONDAY)
    assert (transfer.establishment, transfer.bring_by) == (cast.bakery, NOON)
    assert [card.order.pk for _parcel, card in parcels] == [order.pk]
    assert arrivals(other, WEDNESDAY.date(), at=MONDAY) == []
    note_arrival(order, by=KEEPER, at=NOON)
    assert [one.order.pk for one in waiting_at(hall, at=NOON)] == [order.pk]
    assert waiting_at(other, at=NOON) == []
    assert [one.pk for one in find_by_code_at(hall, order.pickup_code)] == [order.pk]
    assert find_by_code_at(other, order.pickup_code) == []


def test_what_was_ticked_by_mistake_is_taken_back_and_ticked_anew(order: MerchantOrder) -> None:
    mark_ready(order, bags=2, by=MERCHANT, at=MONDAY)
    note_arrival(order, by=KEEPER, at=NOON)
    back = correct_arrival(order, by=KEEPER, at=NOON + CORRECTED_WITHIN)
    back.refresh_from_db()
    assert (back.state, back.bags, back.bags_arrived) == (FulfilmentState.PACKED, 2, 0)
    assert (back.ready_at, back.kept_until) == (None, None)
    assert remind_of_uncollected(at=WEDNESDAY + KEPT_FOR) == 0
    [corrected] = OutboxEvent.objects.filter(kind="fulfilment.arrival_corrected")
    assert corrected.payload["ready_at"] == NOON.isoformat()
    [entry] = Entry.objects.filter(verb="arrival_corrected")
    assert (entry.actor_label, entry.detail) == ("Nadia Cabas", {"bags": 2})
    assert note_arrival(order, by=KEEPER, at=WEDNESDAY).state == FulfilmentState.READY


def test_one_bag_too_many_is_taken_back_and_nobody_hears_of_it(order: MerchantOrder) -> None:
    mark_ready(order, bags=3, by=MERCHANT, at=MONDAY)
    note_arrival(order, bags=1, by=KEEPER, at=NOON)
    back = correct_arrival(order, by=KEEPER, at=NOON + 9 * CORRECTED_WITHIN)
    assert (back.state, back.bags_arrived) == (FulfilmentState.PACKED, 0)
    assert not OutboxEvent.objects.filter(kind="fulfilment.arrival_corrected").exists()


def test_what_is_gone_old_or_was_never_ticked_stays_as_it_is(
    cast: Cast, order: MerchantOrder
) -> None:
    packed = mark_ready(order, by=MERCHANT, at=MONDAY)
    assert not may_correct_arrival(order, packed, at=NOON)
    with pytest.raises(StaleStateError):
        correct_arrival(order, by=KEEPER, at=NOON)
    there = note_arrival(order, by=KEEPER, at=NOON)
    late = NOON + CORRECTED_WITHIN + timedelta(minutes=1)
    assert may_correct_arrival(order, there, at=NOON)
    assert not may_correct_arrival(order, there, at=late)
    with pytest.raises(TooLateToCorrectError):
        correct_arrival(order, by=KEEPER, at=late)
    hand_over(order, checks=Checks(Proof.KNOWN), by=MERCHANT, at=NOON)
    with pytest.raises(StaleStateError):
        correct_arrival(order, by=KEEPER, at=NOON)
    assert Fulfilment.objects.get().state == FulfilmentState.HANDED_OVER
    with pytest.raises(WrongWayError):
        correct_arrival(accepted(cast.lot, cast.bakery), by=KEEPER, at=NOON)
