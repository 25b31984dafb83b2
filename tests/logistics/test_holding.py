"""A place in a slot, from the wish to the booking."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory, logistics

from chalandise.logistics.actions import (
    confirm_slots,
    expire_slot_holds,
    forget_old_slots,
    hold_slots,
    release_slots,
)
from chalandise.logistics.errors import HoldIsFirmError, SlotFullError, SlotGoneError
from chalandise.logistics.models import PickupPoint, SlotCount, SlotHold
from chalandise.logistics.queries import slots_of
from chalandise.logistics.states import HoldState
from chalandise.logistics.values import SlotChoice

NOW = moment("2026-11-18 09:00")  # a Wednesday, the bakery is open until 12:30
TEN = moment("2026-11-18 10:00")
SOON = NOW + timedelta(minutes=15)


@pytest.fixture
def point(cast: Cast) -> PickupPoint:
    return logistics.counter(cast.bakery, capacity=2)


def at_counter(point: PickupPoint, starts_at: datetime = TEN, **fields: int) -> SlotChoice:
    assert point.establishment_id is not None
    return SlotChoice(point.way_key, point.establishment_id, starts_at, **fields)


def hold(point: PickupPoint, starts_at: datetime = TEN, *, at: datetime = NOW) -> UUID:
    holder = uuid4()
    until = at + timedelta(minutes=15)
    hold_slots({holder: at_counter(point, starts_at)}, until=until, at=at)
    return holder


def left(point: PickupPoint, starts_at: datetime = TEN, *, at: datetime = NOW) -> int:
    assert point.establishment is not None
    days = slots_of(point.way_key, point.establishment, at=at, days=1)
    return next((s.left for day in days for s in day.slots if s.starts_at == starts_at), 0)


def booked() -> list[int]:
    return list(SlotCount.objects.order_by("starts_at").values_list("booked", flat=True))


def test_a_slot_is_held_then_booked(point: PickupPoint) -> None:
    holder = uuid4()
    held = hold_slots({holder: at_counter(point)}, until=SOON, at=NOW)
    assert held[holder].starts_at == TEN
    assert held[holder].ends_at == TEN + timedelta(minutes=30)
    assert held[holder].left == 1
    assert left(point) == 1
    assert confirm_slots([holder], at=NOW) == frozenset()
    assert left(point, at=NOW + timedelta(minutes=30)) == 0  # 10:00 is too soon to be proposed
    kept = SlotHold.objects.get(holder=holder)
    assert (kept.state, kept.expires_at, booked()) == (HoldState.FIRM, None, [1])


def test_a_full_slot_is_no_longer_proposed(point: PickupPoint) -> None:
    hold(point)
    hold(point)
    assert left(point) == 0
    with pytest.raises(SlotFullError) as refusal:
        hold(point)
    assert refusal.value.slot.starts_at == TEN
    assert [one.starts_at for one in refusal.value.next_slots] == [
        TEN + timedelta(minutes=30 * n) for n in (1, 2, 3)
    ]
    assert booked() == [2]
    assert SlotHold.objects.count() == 2


def test_a_holder_who_asks_again_moves(point: PickupPoint) -> None:
    holder = hold(point)
    later = TEN + timedelta(minutes=30)
    for _time in range(2):
        hold_slots({holder: at_counter(point, later)}, until=SOON, at=NOW)
        assert booked() == [0, 1]
    assert SlotHold.objects.count() == 1


def test_a_hold_that_ran_out_counts_for_nothing_before_the_sweeper_came(
    point: PickupPoint,
) -> None:
    for _time in range(2):
        hold(point)
    assert left(point, at=NOW) == 0
    at = moment("2026-11-17 16:00")
    SlotHold.objects.update(expires_at=at)
    assert left(point) == 2
    hold(point)
    assert booked() == [1]  # those who let go were let go on the way


def test_the_sweeper_changes_nothing_that_could_be_seen(point: PickupPoint) -> None:
    later = TEN + timedelta(minutes=30)
    for starts_at in (TEN, TEN, later):
        hold(point, starts_at)
    kept = hold(point, later)
    confirm_slots([kept], at=NOW)
    at = NOW + timedelta(minutes=15)
    shop = point.establishment
    assert shop is not None
    before = slots_of(point.way_key, shop, at=at)
    assert expire_slot_holds(at=at - timedelta(seconds=1)) == 0
    assert expire_slot_holds(at=at) == 3
    assert slots_of(point.way_key, shop, at=at) == before
    assert booked() == [0, 1]
    assert expire_slot_holds(at=at) == 0


def test_a_booked_slot_is_not_held_again(point: PickupPoint) -> None:
    holder = hold(point)
    confirm_slots([holder], at=NOW)
    with pytest.raises(HoldIsFirmError):
        hold_slots({holder: at_counter(point, TEN)}, until=SOON, at=NOW)
    assert booked() == [1]


def test_what_ran_out_is_booked_again_while_a_place_is_left(point: PickupPoint) -> None:
    first, second, third = hold(point), hold(point), uuid4()
    late = NOW + timedelta(minutes=30)
    SlotHold.objects.update(expires_at=NOW)
    hold_slots({third: at_counter(point)}, until=late, at=NOW)
    assert confirm_slots([first, second], at=NOW) == {second}
    assert booked() == [2]
    assert SlotHold.objects.get(holder=second).state == HoldState.RELEASED
    assert confirm_slots([third, uuid4()], at=NOW) == frozenset()
    assert booked() == [2]


def test_a_slot_that_is_over_is_not_booked_again_but_a_standing_hold_is(
    point: PickupPoint,
) -> None:
    ran_out, standing = hold(point), hold(point)
    after = TEN + timedelta(hours=1)
    SlotHold.objects.filter(holder=standing).update(expires_at=after + timedelta(hours=1))
    assert confirm_slots([ran_out, standing], at=after) == {ran_out}
    assert booked() == [1]


def test_places_given_back_are_proposed_again(point: PickupPoint) -> None:
    holders = [hold(point), hold(point)]
    confirm_slots(holders[:1], at=NOW)
    for _time in range(2):
        release_slots(holders, at=NOW)
        assert left(point) == 2
        assert booked() == [0]


def test_a_whole_checkout_holds_all_or_nothing(cast: Cast, point: PickupPoint) -> None:
    other = logistics.counter(cast.bookshop, capacity=1)
    hold(other)
    mine = {uuid4(): at_counter(point), uuid4(): at_counter(other)}
    with pytest.raises(SlotFullError) as refusal:
        hold_slots(mine, until=SOON, at=NOW)
    assert refusal.value.choice.way_key == other.way_key
    assert SlotHold.objects.count() == 1
    assert sorted(booked()) == [0, 1]


def test_two_merchants_of_one_cart_share_a_pooled_slot(cast: Cast) -> None:
    hall = logistics.pooled_point(cast.lot, capacity=2)
    for shop in (cast.bakery, cast.bookshop):
        logistics.joins(hall, shop)
    at = moment("2026-11-18 16:00")
    choices = [SlotChoice(hall.way_key, one.pk, at) for one in (cast.bakery, cast.bookshop)]
    held = hold_slots({uuid4(): one for one in choices}, until=SOON, at=NOW)
    assert [one.left for one in held.values()] == [0, 0]
    with pytest.raises(SlotFullError):
        hold_slots({uuid4(): choices[0]}, until=SOON, at=NOW)


@pytest.mark.parametrize(
    "wish",
    [
        ("pickup:{point}", "2026-11-18 10:10"),  # no slot starts then
        ("pickup:{point}", "2026-11-18 09:30"),  # an hour is needed
        ("pickup:{point}", "2026-11-18 08:00"),  # past
        ("pickup:{point}", "2026-11-16 10:00"),  # a Monday, closed
        ("pickup:{point}", "2026-12-15 10:00"),  # beyond the horizon
        ("pickup:999999", "2026-11-18 10:00"),
        ("delivery:{point}", "2026-11-18 10:00"),
        ("shipping:1", "2026-11-18 10:00"),
        ("pickup:9999999999999999999999", "2026-11-18 10:00"),
        ("", "2026-11-18 10:00"),
    ],
)
def test_what_is_not_proposed_cannot_be_held(point: PickupPoint, wish: tuple[str, str]) -> None:
    way_key, starts_at = wish
    assert point.establishment_id is not None
    choice = SlotChoice(way_key.format(point=point.pk), point.establishment_id, moment(starts_at))
    with pytest.raises(SlotGoneError):
        hold_slots({uuid4(): choice}, until=SOON, at=NOW)
    assert not SlotHold.objects.exists()


def test_a_strangers_counter_cannot_be_chosen(cast: Cast, point: PickupPoint) -> None:
    choice = SlotChoice(point.way_key, cast.bookshop.pk, TEN)
    with pytest.raises(SlotGoneError):
        hold_slots({uuid4(): choice}, until=SOON, at=NOW)


def test_a_slot_held_in_time_is_kept_while_the_customer_types(point: PickupPoint) -> None:
    holder = hold(point)
    later = NOW + timedelta(minutes=10)  # at 09:10 the slot of 10:00 is too soon for others
    with pytest.raises(SlotGoneError) as refusal:
        hold(point, at=later)
    assert refusal.value.next_slots[0].starts_at == TEN + timedelta(minutes=30)
    hold_slots({holder: at_counter(point)}, until=later + timedelta(minutes=15), at=later)
    assert booked() == [1]


def test_the_database_refuses_what_no_action_would_write(point: PickupPoint) -> None:
    hold(point)
    with pytest.raises(IntegrityError), transaction.atomic():
        SlotCount.objects.update(booked=3)


@pytest.mark.parametrize("merchants", [1, 6])
def test_a_checkout_holds_its_slots_in_four_statements(cast: Cast, merchants: int) -> None:
    wanted = {}
    for _number in range(merchants):
        shop = directory.establishment()
        wanted[uuid4()] = at_counter(logistics.counter(shop))
        round_of = logistics.zone(directory.establishment(), (2, "17:00", "19:00", 3))
        wanted[uuid4()] = SlotChoice(
            round_of.way_key, round_of.establishment_id, moment("2026-11-18 17:00")
        )
    with transaction.atomic():
        with CaptureQueriesContext(connection) as seen:
            hold_slots(wanted, until=SOON, at=NOW)
        assert len(seen) == 4
        with CaptureQueriesContext(connection) as seen:
            confirm_slots(list(wanted), at=NOW)
        assert len(seen) == 2
        with CaptureQueriesContext(connection) as seen:
            release_slots(list(wanted), at=NOW)
        assert len(seen) == 2


def test_who_changes_ways_gives_back_and_holds_under_one_lock(
    cast: Cast, point: PickupPoint
) -> None:
    other = logistics.counter(cast.bookshop, capacity=1)
    first, second = hold(point), hold(other)
    with transaction.atomic(), CaptureQueriesContext(connection) as seen:
        moved = {second: at_counter(point)}
        hold_slots(moved, until=SOON, at=NOW, giving_back=[first, second])
    assert len(seen) == 3
    states = dict(SlotHold.objects.values_list("holder", "state"))
    assert states == {first: HoldState.RELEASED, second: HoldState.HELD}
    assert sorted(booked()) == [0, 1]
    hold_slots({}, until=SOON, at=NOW, giving_back=[second])
    assert sorted(booked()) == [0, 0]
    assert hold_slots({}, until=SOON, at=NOW) == {}


def test_slots_long_over_are_forgotten_and_bookings_after_a_year(point: PickupPoint) -> None:
    booked_one, given_back = hold(point), hold(point, TEN + timedelta(minutes=30))
    confirm_slots([booked_one], at=NOW)
    release_slots([given_back], at=NOW)
    assert forget_old_slots(at=TEN + timedelta(days=29)) == 0
    assert forget_old_slots(at=TEN + timedelta(days=32)) == 1
    assert SlotHold.objects.get().holder == booked_one
    assert forget_old_slots(at=TEN + timedelta(days=402)) == 1
    assert not SlotHold.objects.exists()
