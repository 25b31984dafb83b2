"""Days in the life of a counter, drawn at random and told again by a model (faults 3, 4 and 43)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics
from tests.factories.logistics import BY

from chalandise.logistics.actions import (
    confirm_slots,
    edit_point,
    expire_slot_holds,
    hold_slots,
    release_slots,
)
from chalandise.logistics.errors import HoldIsFirmError, SlotFullError
from chalandise.logistics.models import PickupPoint, SlotCount, SlotHold
from chalandise.logistics.queries import slots_of
from chalandise.logistics.states import HoldState
from chalandise.logistics.values import PickupSettings, SlotChoice

START = moment("2026-11-17 08:00")
SLOTS = [moment("2026-11-20 10:00"), moment("2026-11-20 10:30")]
HOLDERS = [uuid4() for _holder in range(5)]

holders = st.integers(0, len(HOLDERS) - 1)
steps = st.one_of(
    st.tuples(st.just("hold"), holders, st.integers(0, 1)),
    st.tuples(st.just("confirm"), holders, st.just(0)),
    st.tuples(st.just("release"), holders, st.just(0)),
    st.tuples(st.just("capacity"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 20), st.just(0)),
    st.tuples(st.just("sweep"), st.just(0), st.just(0)),
)


@dataclass
class Kept:
    """What the model knows of one holder."""

    slot: int
    is_firm: bool = False
    is_released: bool = False
    expires_at: datetime = START


@dataclass
class Model:
    """The same counter in ten lines, without database, locks or sweeper."""

    capacity: int = 2
    now: datetime = START
    kept: dict[UUID, Kept] = field(default_factory=dict)

    def taken(self, slot: int, *, but: UUID | None = None) -> int:
        return sum(
            one.slot == slot and not one.is_released and (one.is_firm or one.expires_at > self.now)
            for holder, one in self.kept.items()
            if holder != but
        )

    def hold(self, holder: UUID, slot: int) -> str:
        mine = self.kept.get(holder)
        if mine is not None and mine.is_firm and not mine.is_released:
            return "firm"
        if self.taken(slot, but=holder) >= self.capacity:
            return "full"
        self.kept[holder] = Kept(slot, expires_at=self.now + timedelta(minutes=15))
        return "held"

    def confirm(self, holder: UUID) -> bool:
        mine = self.kept.get(holder)
        if mine is None:
            return True
        stands = not mine.is_released and (mine.is_firm or mine.expires_at > self.now)
        if not stands and self.taken(mine.slot, but=holder) >= self.capacity:
            mine.is_released = True
            return False
        mine.is_firm, mine.is_released = True, False
        return True

    def release(self, holder: UUID) -> None:
        if holder in self.kept:
            self.kept[holder].is_released = True
            self.kept[holder].is_firm = False


@given(st.lists(steps, max_size=25))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_counter_keeps_its_promises_whatever_happens(
    cast: Cast, drawn: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        point = logistics.counter(cast.bakery, capacity=2)
        model = Model()
        for step in drawn:
            play(step, point, model)
            check(cast, point, model)
        transaction.set_rollback(True)


def play(step: tuple[str, int, int], point: PickupPoint, model: Model) -> None:
    verb, number, slot = step
    holder = HOLDERS[number % len(HOLDERS)]
    if verb == "hold":
        choice = SlotChoice(point.way_key, point.establishment_id or 0, SLOTS[slot])
        until = model.now + timedelta(minutes=15)
        try:
            hold_slots({holder: choice}, until=until, at=model.now)
            outcome = "held"
        except SlotFullError:
            outcome = "full"
        except HoldIsFirmError:
            outcome = "firm"
        assert outcome == model.hold(holder, slot)
    elif verb == "confirm":
        assert (confirm_slots([holder], at=model.now) == frozenset()) == model.confirm(holder)
    elif verb == "release":
        release_slots([holder], at=model.now)
        model.release(holder)
    elif verb == "capacity":
        edit_point(point, settings=PickupSettings(capacity=number), by=BY, at=model.now)
        model.capacity = number
    elif verb == "wait":
        model.now += timedelta(minutes=number)
    else:
        expire_slot_holds(at=model.now)


def check(cast: Cast, point: PickupPoint, model: Model) -> None:
    days = slots_of(point.way_key, cast.bakery, at=model.now, days=5)
    left = {slot.starts_at: slot.left for day in days for slot in day.slots}
    for number, starts_at in enumerate(SLOTS):
        assert left.get(starts_at, 0) == max(0, model.capacity - model.taken(number))
    for row in SlotCount.objects.all():
        kept = SlotHold.objects.filter(slot=row).exclude(state=HoldState.RELEASED)
        assert row.booked == kept.count()
        assert row.is_over_booked == (row.booked > row.capacity)
        assert row.capacity == model.capacity
    firm = set(SlotHold.objects.filter(state=HoldState.FIRM).values_list("holder", flat=True))
    assert firm == {h for h, one in model.kept.items() if one.is_firm and not one.is_released}


@pytest.mark.parametrize("is_swept", [False, True])
def test_a_dead_sweeper_changes_nothing_that_a_customer_sees(cast: Cast, *, is_swept: bool) -> None:
    """Fault 43: the same story with and without the sweeper."""
    point = logistics.counter(cast.bakery, capacity=1)
    now, told = START, []
    for number in range(12):
        holder = HOLDERS[number % 5]
        choice = SlotChoice(point.way_key, cast.bakery.pk, SLOTS[number % 2])
        try:
            hold_slots({holder: choice}, until=now + timedelta(minutes=15), at=now)
            told.append("held")
        except SlotFullError:
            told.append("full")
        now += timedelta(minutes=7)
        if is_swept:
            expire_slot_holds(at=now)
    assert told == ["held", "held", "full", "full"] * 3
