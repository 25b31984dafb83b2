"""Two customers at one moment, in real transactions, and with the lock off (faults 2, 3 and 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, BrokenBarrierError, Event
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics
from tests.factories.logistics import BY

from chalandise.logistics.actions import (
    confirm_slots,
    edit_point,
    hold_slots,
    holding,
    move_slots,
    patience,
)
from chalandise.logistics.errors import SlotFullError, SlotsBusyError
from chalandise.logistics.models import PickupPoint, SlotCount, SlotHold
from chalandise.logistics.values import PickupSettings, SlotChoice

pytestmark = pytest.mark.django_db(transaction=True)

NOW = moment("2026-11-18 09:00")
TEN = moment("2026-11-18 10:00")
UNTIL = NOW + timedelta(minutes=15)
Wanted = Mapping[UUID, SlotChoice]


@pytest.fixture
def two() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def apart(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Future[Any]:
    """Do some work on a connection of its own."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(run)


def outcome(future: Future[Any]) -> Any:
    error = future.exception(timeout=30)
    return type(error) if error else future.result()


def wish(*points: PickupPoint) -> dict[UUID, SlotChoice]:
    return {uuid4(): SlotChoice(one.way_key, one.establishment_id or 0, TEN) for one in points}


def take(wanted: Wanted) -> str:
    hold_slots(wanted, until=UNTIL, at=NOW)
    return "held"


def meet_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the rivals wait for each other before writing and before committing, where they can."""
    before, after, write = Barrier(2), Barrier(2), holding._written

    def written(*arguments: Any) -> Any:
        with suppress(BrokenBarrierError):
            before.wait(1)
        found = write(*arguments)
        with suppress(BrokenBarrierError):
            after.wait(1)
        return found

    monkeypatch.setattr(holding, "_written", written)


def unlocked(
    wishes: Sequence[holding._Wish], leaving: Sequence[UUID] = ()
) -> dict[tuple[str, int], int]:
    """What `lock_slots` does, without the lock."""
    found = {}
    for one in wishes:
        row, _is_new = SlotCount.objects.get_or_create(
            way_key=one.place.way_key,
            starts_at=one.window.starts_at,
            defaults={
                "point_id": one.place.point_id,
                "ends_at": one.window.ends_at,
                "capacity": one.window.capacity,
            },
        )
        found[one.place.way_key, one.window.starts] = row.pk
    return found


def race_for_the_last(cast: Cast, pool: ThreadPoolExecutor) -> list[Any]:
    point = logistics.counter(cast.bakery, capacity=1)
    SlotCount.objects.create(
        way_key=point.way_key,
        point=point,
        starts_at=TEN,
        ends_at=TEN + timedelta(minutes=30),
        capacity=1,
    )
    rivals = [apart(pool, partial(take, wish(point))) for _rival in range(2)]
    return [outcome(one) for one in rivals]


def test_fault_03_the_last_place_is_taken_once(
    cast: Cast, two: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_before_writing(monkeypatch)
    outcomes = race_for_the_last(cast, two)
    assert sorted(outcomes, key=str) == sorted(["held", SlotFullError], key=str)
    assert (SlotHold.objects.count(), SlotCount.objects.get().booked) == (1, 1)


def test_with_the_lock_off_the_last_place_is_taken_twice(
    cast: Cast, two: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: it shows that the test above would see a lock that does not hold."""
    meet_before_writing(monkeypatch)
    monkeypatch.setattr(holding, "lock_slots", unlocked)
    assert race_for_the_last(cast, two) == ["held", "held"]
    assert SlotHold.objects.count() == 2


def test_many_customers_never_get_more_than_there_is(cast: Cast) -> None:
    point = logistics.counter(cast.bakery, capacity=3)
    with ThreadPoolExecutor(6) as pool:
        rivals = [apart(pool, partial(take, wish(point))) for _rival in range(18)]
        outcomes = [outcome(one) for one in rivals]
    assert outcomes.count("held") == 3
    assert outcomes.count(SlotFullError) == 15
    assert SlotCount.objects.get().booked == 3


def opposite_orders(cast: Cast, pool: ThreadPoolExecutor, rounds: int) -> list[Any]:
    a, b = (logistics.counter(one, capacity=100) for one in (cast.bakery, cast.bookshop))
    outcomes = []
    for _round in range(rounds):
        start = Barrier(2)

        def work(wanted: Wanted, start: Barrier = start) -> str:
            start.wait(5)
            return take(wanted)

        rivals = [apart(pool, partial(work, wish(*points))) for points in ((a, b), (b, a))]
        outcomes += [outcome(one) for one in rivals]
    return outcomes


def test_carts_in_opposite_order_never_wait_for_each_other_in_a_circle(
    cast: Cast, two: ThreadPoolExecutor
) -> None:
    assert opposite_orders(cast, two, 40) == ["held"] * 80
    assert set(SlotCount.objects.values_list("booked", flat=True)) == {80}


def test_locked_one_by_one_as_they_come_opposite_carts_do(
    cast: Cast, two: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: locks in the order of the cart end in a deadlock, which PostgreSQL breaks."""
    meeting = Barrier(2)

    def one_by_one(
        wishes: Sequence[holding._Wish], leaving: Sequence[UUID]
    ) -> dict[tuple[str, int], int]:
        found = unlocked(wishes)
        for wanted in wishes:
            pk = found[wanted.place.way_key, wanted.window.starts]
            list(SlotCount.objects.select_for_update().filter(pk=pk))
            with suppress(BrokenBarrierError):
                meeting.wait(0.5)
        return found

    opposite_orders(cast, two, 1)
    monkeypatch.setattr(holding, "lock_slots", one_by_one)
    points = PickupPoint.objects.order_by("pk")
    rivals = [
        apart(two, partial(take, wish(*some))) for some in (list(points), list(reversed(points)))
    ]
    assert SlotsBusyError in [outcome(one) for one in rivals]


def test_a_capacity_lowered_while_somebody_holds_sees_the_hold(
    cast: Cast, two: ThreadPoolExecutor
) -> None:
    point = logistics.counter(cast.bakery, capacity=2)
    wanted = wish(point)
    lowered = Event()

    def lower() -> list[SlotCount]:
        lowered.set()
        return edit_point(point, settings=PickupSettings(capacity=0), by=BY, at=NOW)

    with transaction.atomic():
        take(wanted)
        editing = apart(two, lower)
        lowered.wait(5)
        assert editing.exception is not None
        with pytest.raises(TimeoutError):
            editing.result(timeout=0.3)  # it waits for the hold to be written
    assert [(one.booked, one.capacity) for one in editing.result(timeout=30)] == [(1, 0)]
    assert SlotCount.objects.get().is_over_booked
    assert confirm_slots(list(wanted), at=NOW) == frozenset()


def test_who_holds_while_the_capacity_is_lowered_sees_the_new_one(
    cast: Cast, two: ThreadPoolExecutor
) -> None:
    point = logistics.counter(cast.bakery, capacity=2)
    with transaction.atomic():
        edit_point(point, settings=PickupSettings(capacity=0), by=BY, at=NOW)
        rival = apart(two, lambda: take(wish(point)))
        with pytest.raises(TimeoutError):
            rival.result(timeout=0.3)
    assert outcome(rival) is SlotFullError
    assert not SlotHold.objects.exists()


def test_who_waits_too_long_is_told_kindly(
    cast: Cast, two: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", "100ms")
    point = logistics.counter(cast.bakery, capacity=2)
    with transaction.atomic():
        mine = wish(point)
        take(mine)
        rivals = [
            apart(two, lambda: take(wish(point))),
            apart(two, lambda: confirm_slots(list(mine), at=NOW)),
        ]
        assert outcome(rivals[0]) is SlotsBusyError
    assert outcome(rivals[1]) == frozenset()  # it could not see the hold before it was there
    assert SlotCount.objects.get().booked == 1


def move_to_ten(holder: UUID, point: PickupPoint) -> str:
    move_slots({holder: SlotChoice(point.way_key, point.establishment_id or 0, TEN)}, at=NOW)
    return "moved"


def test_fault_03_a_mover_and_a_newcomer_meet_at_the_last_place(
    cast: Cast, two: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = logistics.counter(cast.bakery, capacity=1)
    mover, eleven = uuid4(), moment("2026-11-18 11:00")
    choice = SlotChoice(point.way_key, cast.bakery.pk, eleven)
    hold_slots({mover: choice}, until=UNTIL, at=NOW)
    confirm_slots([mover], at=NOW)
    meet_before_writing(monkeypatch)
    rivals = [
        apart(two, partial(move_to_ten, mover, point)),
        apart(two, partial(take, wish(point))),
    ]
    outcomes = [outcome(one) for one in rivals]
    booked = dict(SlotCount.objects.values_list("starts_at", "booked"))
    hold = SlotHold.objects.select_related("slot").get(holder=mover)
    assert SlotFullError in outcomes
    assert booked[TEN] == 1
    if "moved" in outcomes:
        assert (hold.slot.starts_at, booked[eleven]) == (TEN, 0)
    else:
        assert (hold.slot.starts_at, booked[eleven]) == (eleven, 1)
    assert hold.state == "firm"


def test_two_movers_who_change_places_wait_and_never_block_each_other(
    cast: Cast, two: ThreadPoolExecutor
) -> None:
    point = logistics.counter(cast.bakery, capacity=2)
    eleven = moment("2026-11-18 11:00")
    first, second = uuid4(), uuid4()
    hold_slots(
        {
            first: SlotChoice(point.way_key, cast.bakery.pk, TEN),
            second: SlotChoice(point.way_key, cast.bakery.pk, eleven),
        },
        until=UNTIL,
        at=NOW,
    )
    confirm_slots([first, second], at=NOW)

    def change(holder: UUID, starts_at: datetime) -> str:
        move_slots({holder: SlotChoice(point.way_key, cast.bakery.pk, starts_at)}, at=NOW)
        return "moved"

    rivals = [
        apart(two, partial(change, first, eleven)),
        apart(two, partial(change, second, TEN)),
    ]
    assert [outcome(one) for one in rivals] == ["moved", "moved"]
    assert dict(SlotCount.objects.values_list("starts_at", "booked")) == {TEN: 1, eleven: 1}
