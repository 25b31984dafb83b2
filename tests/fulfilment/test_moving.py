"""A booked slot moves to another one, and everything that hangs on it moves with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics
from tests.factories.fulfilment import CUSTOMER, MERCHANT, accepted, placed
from tests.factories.points import brought

from chalandise.fulfilment.actions.arriving import note_arrival
from chalandise.fulfilment.actions.handing import Checks, hand_over
from chalandise.fulfilment.actions.moving import move_slot
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import KEPT_FOR
from chalandise.fulfilment.queries.moving import other_slots
from chalandise.fulfilment.states import Proof
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.actions import confirm_slots, hold_slots
from chalandise.logistics.errors import SlotFullError, SlotGoneError
from chalandise.logistics.models import PickupPoint, SlotCount, SlotHold
from chalandise.logistics.values import SlotChoice
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import WayKind

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-18 09:00")  # a Wednesday
FOUR = moment("2026-11-18 16:00")
FIVE = moment("2026-11-18 17:00")
TOMORROW = moment("2026-11-19 10:00")


@pytest.fixture
def counter(cast: Cast) -> PickupPoint:
    return logistics.counter(cast.bakery, capacity=1)


def booked(cast: Cast, point: PickupPoint, starts_at: datetime = FOUR) -> MerchantOrder:
    part = placed(
        cast.lot,
        cast.bakery,
        way_key=point.way_key,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
    )
    choice = SlotChoice(point.way_key, cast.bakery.pk, starts_at)
    hold_slots({part.holder: choice}, until=NOW + timedelta(hours=1), at=NOW)
    confirm_slots([part.holder], at=NOW)
    return part


def move(part: MerchantOrder, starts_at: datetime, at: datetime = NOW) -> object:
    return move_slot(part, starts_at, is_by_customer=True, by=CUSTOMER, at=at)


def taken() -> dict[datetime, int]:
    rows = SlotCount.objects.filter(booked__gt=0).values_list("starts_at", "booked")
    return dict(rows)


def test_a_slot_is_booked_and_the_former_one_given_back_at_once(
    cast: Cast, counter: PickupPoint
) -> None:
    part = booked(cast, counter)
    assert taken() == {FOUR: 1}
    move(part, FIVE)
    assert taken() == {FIVE: 1}
    hold = SlotHold.objects.get(holder=part.holder)
    assert (hold.state, hold.expires_at) == ("firm", None)
    part.refresh_from_db()
    assert (part.starts_at, part.ends_at) == (FIVE, FIVE + timedelta(minutes=30))
    assert (part.slot_moves, part.promised_on) == (1, FIVE.date())
    [entry] = Entry.objects.filter(verb="slot_moved")
    assert entry.detail == {"from": FOUR.isoformat(), "to": FIVE.isoformat()}
    [event] = OutboxEvent.objects.filter(kind="ordering.slot_moved")
    assert event.payload == {
        "merchant_order_id": part.pk,
        "moves": 1,
        "is_by_customer": True,
    }


def test_a_full_slot_moves_nobody(cast: Cast, counter: PickupPoint) -> None:
    part = booked(cast, counter)
    booked(cast, counter, FIVE)
    with pytest.raises(SlotFullError):
        move(part, FIVE)
    part.refresh_from_db()
    assert (part.starts_at, part.slot_moves) == (FOUR, 0)
    assert taken() == {FOUR: 1, FIVE: 1}


def test_a_slot_that_is_not_proposed_moves_nobody(cast: Cast, counter: PickupPoint) -> None:
    part = booked(cast, counter)
    for wrong in (
        moment("2026-11-18 03:00"),
        moment("2026-11-18 08:30"),
        FOUR + timedelta(days=90),
    ):
        with pytest.raises(SlotGoneError):
            move(part, wrong)
    assert taken() == {FOUR: 1}


def test_moving_to_the_slot_one_has_changes_nothing(cast: Cast, counter: PickupPoint) -> None:
    part = booked(cast, counter)
    assert move(part, FOUR) is None
    assert not OutboxEvent.objects.filter(kind="ordering.slot_moved").exists()


def test_what_is_ready_is_kept_after_the_new_slot(cast: Cast, counter: PickupPoint) -> None:
    part = accepted_there(cast, counter)
    mark_ready(part, by=MERCHANT, at=NOW)
    Fulfilment.objects.update(reminded_at=NOW)
    move(part, TOMORROW)
    fulfilment = Fulfilment.objects.get()
    assert fulfilment.kept_until == TOMORROW + timedelta(minutes=30) + KEPT_FOR
    assert fulfilment.reminded_at is None


def accepted_there(cast: Cast, counter: PickupPoint) -> MerchantOrder:
    part = accepted(
        cast.lot,
        cast.bakery,
        way_key=counter.way_key,
        starts_at=FOUR,
        ends_at=FOUR + timedelta(minutes=30),
    )
    choice = SlotChoice(counter.way_key, cast.bakery.pk, FOUR)
    hold_slots({part.holder: choice}, until=NOW + timedelta(hours=1), at=NOW)
    confirm_slots([part.holder], at=NOW)
    return part


def test_what_was_handed_over_or_travels_does_not_move(cast: Cast, counter: PickupPoint) -> None:
    part = accepted_there(cast, counter)
    hand_over(part, checks=Checks(Proof.KNOWN), by=MERCHANT, at=NOW)
    with pytest.raises(StaleStateError):
        move(part, FIVE)
    other = accepted(cast.lot, cast.bakery, way_kind=WayKind.DELIVERY)
    with pytest.raises(StaleStateError):
        move(other, FIVE)


def test_a_place_that_was_lost_is_taken_again_and_arranged(
    cast: Cast, counter: PickupPoint
) -> None:
    part = booked(cast, counter)
    SlotHold.objects.update(state="released")
    SlotCount.objects.update(booked=0)
    MerchantOrder.objects.update(to_arrange="slot_lost")
    move(part, FIVE)
    part.refresh_from_db()
    assert part.to_arrange == ""
    assert taken() == {FIVE: 1}


def test_what_a_basket_gathers_comes_at_the_same_time(cast: Cast, counter: PickupPoint) -> None:
    part = booked(cast, counter)
    other = placed(cast.lot, cast.bookshop)
    MerchantOrder.objects.filter(pk=other.pk).update(gathered_by=part, starts_at=FOUR)
    move(part, FIVE)
    other.refresh_from_db()
    assert other.starts_at == FIVE
    with pytest.raises(StaleStateError):
        move(other, TOMORROW)


def test_an_earlier_slot_needs_the_goods_in_time_and_a_later_one_never(
    cast: Cast, counter: PickupPoint
) -> None:
    hall = logistics.pooled_point(cast.lot)
    monday = moment("2026-11-16 09:00")
    thursday = moment("2026-11-19 17:00")
    part = brought(cast.lot, cast.bakery, hall, starts_at=thursday, at=monday)
    late = moment("2026-11-18 20:00")  # the next bringing is on Thursday at noon
    offered = [slot.starts_at for day in other_slots(part, at=late) for slot in day.slots]
    assert min(offered) == moment("2026-11-19 16:00")
    with pytest.raises(SlotGoneError):
        move(part, moment("2026-11-18 17:00"), at=late)
    note_arrival(part, by=MERCHANT, at=late)
    again = [slot.starts_at for day in other_slots(part, at=NOW) for slot in day.slots]
    assert min(again) == moment("2026-11-18 16:00")
    friday = moment("2026-11-20 16:00")
    late_on_thursday = moment("2026-11-19 15:00")  # after the last bringing before Friday
    move(part, friday, at=late_on_thursday)
    part.refresh_from_db()
    assert part.starts_at == friday
