"""A pooled point closed for a day or half of one: its slots vanish, what is booked stays booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics
from tests.factories.logistics import BY

from chalandise.journal.models import Entry, OutboxEvent
from chalandise.kernel.errors import NotAllowedError
from chalandise.logistics.actions import (
    confirm_slots,
    hold_slots,
    reopen_after_all,
    shut_point,
)
from chalandise.logistics.errors import BadSettingError, SlotGoneError
from chalandise.logistics.models import PickupPoint, PointClosing, SlotHold
from chalandise.logistics.queries import slots_of, transfers_for
from chalandise.logistics.queries.same_day import same_day_of
from chalandise.logistics.values import SlotChoice

pytestmark = pytest.mark.django_db

MONDAY = moment("2026-11-16 09:00")
FIVE = moment("2026-11-18 17:00")


@pytest.fixture
def hall(cast: Cast) -> PickupPoint:
    point = logistics.pooled_point(cast.lot, hours="Mo-Fr 09:00-12:00,16:00-19:00")
    logistics.joins(point, cast.bakery)
    return point


def starts_on(point: PickupPoint, cast: Cast, on: datetime) -> list[datetime]:
    days = slots_of(point.way_key, cast.bakery, at=MONDAY, days=7)
    return [slot.starts_at for day in days if day.on == on.date() for slot in day.slots]


def shut(point: PickupPoint, starts: str, ends: str) -> PointClosing:
    return shut_point(
        point, starts_at=moment(starts), ends_at=moment(ends), reason="Fête", by=BY, at=MONDAY
    )


def test_a_day_of_closing_has_no_slots(cast: Cast, hall: PickupPoint) -> None:
    assert starts_on(hall, cast, FIVE)
    shut(hall, "2026-11-18 00:00", "2026-11-19 00:00")
    assert starts_on(hall, cast, FIVE) == []
    assert starts_on(hall, cast, FIVE + timedelta(days=1))
    [entry] = Entry.objects.filter(verb="shut")
    assert entry.detail["from"] == moment("2026-11-18 00:00").isoformat()
    kinds = set(OutboxEvent.objects.values_list("kind", flat=True))
    assert {"logistics.point_shut", "logistics.ways_changed"} <= kinds


def test_half_a_day_of_closing_leaves_the_other_half(cast: Cast, hall: PickupPoint) -> None:
    whole = starts_on(hall, cast, FIVE)
    noon = moment("2026-11-18 13:00")
    closing = shut(hall, "2026-11-18 13:00", "2026-11-19 00:00")
    left = starts_on(hall, cast, FIVE)
    assert left == [one for one in whole if one < noon]
    assert left
    reopen_after_all(closing, by=BY, at=MONDAY)
    assert starts_on(hall, cast, FIVE) == whole


def test_a_slot_that_touches_the_closing_is_not_proposed(cast: Cast, hall: PickupPoint) -> None:
    shut(hall, "2026-11-18 16:45", "2026-11-18 17:15")
    gone = {moment("2026-11-18 16:30"), FIVE}
    left = set(starts_on(hall, cast, FIVE))
    assert not left & gone
    assert {moment("2026-11-18 16:00"), moment("2026-11-18 17:30")} <= left


def test_nobody_books_while_it_is_closed_and_who_had_booked_stays(
    cast: Cast, hall: PickupPoint
) -> None:
    holder = uuid4()
    choice = SlotChoice(hall.way_key, cast.bakery.pk, FIVE)
    hold_slots({holder: choice}, until=MONDAY + timedelta(hours=1), at=MONDAY)
    confirm_slots([holder], at=MONDAY)
    shut(hall, "2026-11-18 00:00", "2026-11-19 00:00")
    with pytest.raises(SlotGoneError):
        hold_slots({uuid4(): choice}, until=MONDAY + timedelta(hours=1), at=MONDAY)
    assert SlotHold.objects.get(holder=holder).state == "firm"


def test_nothing_is_brought_while_it_is_closed(cast: Cast, hall: PickupPoint) -> None:
    holder = uuid4()
    thursday = moment("2026-11-19 09:00")  # brought on Wednesday at noon
    choice = SlotChoice(hall.way_key, cast.bakery.pk, thursday)
    hold_slots({holder: choice}, until=MONDAY + timedelta(hours=1), at=MONDAY)
    confirm_slots([holder], at=MONDAY)
    assert transfers_for(hall, FIVE.date())
    shut(hall, "2026-11-18 00:00", "2026-11-18 13:00")
    assert transfers_for(hall, FIVE.date()) == []
    [earlier] = transfers_for(hall, (FIVE - timedelta(days=1)).date())
    assert earlier.bring_by == moment("2026-11-17 12:00")


def test_what_is_found_today_knows_the_closing(cast: Cast, hall: PickupPoint) -> None:
    early = moment("2026-11-18 00:00")

    def quarters() -> set[int]:
        return same_day_of([cast.bakery.pk], at=early).quarters(
            cast.bakery.pk, lead_minutes=0, at=early, days=1
        )

    assert quarters()
    shut(hall, "2026-11-18 00:00", "2026-11-19 00:00")
    assert quarters() == set()


def test_a_closing_that_makes_no_sense_is_refused(cast: Cast, hall: PickupPoint) -> None:
    for starts, ends in (
        ("2026-11-18 13:00", "2026-11-18 09:00"),
        ("2026-11-10 09:00", "2026-11-10 13:00"),
    ):
        with pytest.raises(BadSettingError):
            shut(hall, starts, ends)
    own = logistics.counter(cast.bakery)
    with pytest.raises(NotAllowedError):
        shut(own, "2026-11-18 00:00", "2026-11-19 00:00")
    assert not PointClosing.objects.exists()
