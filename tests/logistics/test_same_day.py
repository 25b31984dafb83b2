"""What can still be collected on the day it is ordered."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory, logistics

from chalandise.directory.models import Establishment, ExceptionalClosing
from chalandise.logistics.actions import hold_slots
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.queries import slots_of, ways_of
from chalandise.logistics.queries.same_day import same_day_of, shops_at
from chalandise.logistics.values import SlotChoice

NOW = moment("2026-11-18 09:00")  # a Wednesday, the bakery is open until 12:30 and from 15:00


def may_collect(shop: Establishment, *, at: datetime, lead_minutes: int = 0) -> bool:
    """Ask as the index does: the quarter-hour of ``at``, as things stood at nine."""
    same_day = same_day_of([shop.pk], at=NOW)
    quarters = same_day.quarters(shop.pk, lead_minutes=lead_minutes, at=NOW, days=2)
    return int(at.timestamp()) // 900 in quarters


@pytest.fixture
def point(cast: Cast) -> PickupPoint:
    return logistics.counter(cast.bakery, capacity=1, lead_minutes=60)


def test_a_shop_without_a_counter_has_nothing_to_collect(cast: Cast) -> None:
    assert not may_collect(cast.bookshop, at=NOW)


@pytest.mark.usefixtures("point")
def test_it_can_be_collected_as_long_as_a_slot_is_left_after_the_time_to_prepare(
    cast: Cast,
) -> None:
    assert may_collect(cast.bakery, at=NOW)
    last = moment("2026-11-18 18:30")  # the last half hour before closing at 19:00
    assert may_collect(cast.bakery, at=last - timedelta(minutes=75))
    assert not may_collect(cast.bakery, at=last - timedelta(minutes=60))
    assert not may_collect(cast.bakery, at=moment("2026-11-18 20:00"))  # all slots are past
    assert not may_collect(cast.bakery, at=NOW, lead_minutes=24 * 60)  # made to order
    assert may_collect(cast.bakery, at=moment("2026-11-19 00:05"))  # a new day


def test_a_day_that_is_full_is_over(cast: Cast, point: PickupPoint) -> None:
    (today,) = slots_of(point.way_key, cast.bakery, at=NOW, days=1)
    for slot in today.slots:
        choice = SlotChoice(point.way_key, cast.bakery.pk, slot.starts_at)
        hold_slots({uuid4(): choice}, until=NOW + timedelta(minutes=15), at=NOW)
    assert not may_collect(cast.bakery, at=NOW)
    assert may_collect(cast.bakery, at=NOW + timedelta(days=1))


def test_a_closed_day_and_a_cut_off_are_respected(cast: Cast, point: PickupPoint) -> None:
    PickupPoint.objects.filter(pk=point.pk).update(cutoff=time(10, 0))
    assert may_collect(cast.bakery, at=moment("2026-11-18 09:30"))
    assert not may_collect(cast.bakery, at=moment("2026-11-18 10:00"))
    ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on="2026-11-18", ends_on="2026-11-18"
    )
    assert not may_collect(cast.bakery, at=NOW)
    assert may_collect(cast.bakery, at=moment("2026-11-19 09:00"))


def test_at_a_pooled_point_goods_must_be_brought_in_time(cast: Cast) -> None:
    town_hall = logistics.pooled_point(cast.lot)
    logistics.joins(town_hall, cast.bookshop)  # by noon, an hour to prepare
    assert may_collect(cast.bookshop, at=moment("2026-11-18 10:30"))
    assert not may_collect(cast.bookshop, at=moment("2026-11-18 11:00"))
    assert shops_at({town_hall.pk}) == {cast.bookshop.pk}


@pytest.mark.parametrize("lead_minutes", [0, 90, 300])
@pytest.mark.usefixtures("point")
def test_it_never_says_today_where_the_checkout_does_not(cast: Cast, lead_minutes: int) -> None:
    found = same_day_of([cast.bakery.pk], at=NOW).quarters(
        cast.bakery.pk, lead_minutes=lead_minutes, at=NOW, days=2
    )
    midnight = int(moment("2026-11-18 00:00").timestamp()) // 900
    for quarter in range(midnight + 36, midnight + 150):
        end = datetime.fromtimestamp((quarter + 1) * 900 - 1, UTC)  # its last second
        ways = ways_of([cast.bakery], lead_minutes={cast.bakery.pk: lead_minutes}, at=end)
        slot = ways[cast.bakery.pk][0].first_slot
        paris = end.astimezone(slot.starts_at.tzinfo) if slot else end
        is_today = slot is not None and slot.starts_at.date() == paris.date()
        assert (quarter in found) == is_today, end


def test_it_costs_the_same_for_one_shop_and_for_ten(cast: Cast) -> None:
    shops = [directory.establishment(f"Boutique {n}", hours="Mo-Su 08:00-20:00") for n in range(9)]
    for shop in shops:
        logistics.counter(shop)

    def cost(some: list[Establishment]) -> int:
        with CaptureQueriesContext(connection) as captured:
            same_day_of([one.pk for one in some], at=NOW)
        return len(captured)

    assert cost([*shops, cast.bakery]) == cost(shops[:1]) == 2
