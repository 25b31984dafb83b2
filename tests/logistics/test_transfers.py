"""What merchants bring to a pooled point, day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics

from chalandise.directory.models import Establishment, ExceptionalClosing
from chalandise.logistics.actions import confirm_slots, hold_slots, leave_point
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.queries import transfers_for
from chalandise.logistics.values import SlotChoice

NOW = moment("2026-11-16 09:00")  # a Monday
WEDNESDAY, THURSDAY = date(2026, 11, 18), date(2026, 11, 19)


def book(
    point: PickupPoint, shop: Establishment, starts_at: datetime, *, firm: bool = True
) -> UUID:
    holder = uuid4()
    choice = SlotChoice(point.way_key, shop.pk, starts_at)
    hold_slots({holder: choice}, until=NOW + timedelta(hours=1), at=NOW)
    if firm:
        confirm_slots([holder], at=NOW)
    return holder


def test_the_sheet_lists_what_each_merchant_brings_and_by_when(cast: Cast) -> None:
    hall = logistics.pooled_point(cast.lot, hours="Mo-Fr 09:00-19:00")
    logistics.joins(hall, cast.bakery)  # by noon
    service = logistics.joins(hall, cast.bookshop, bring_by=time(10), weekdays=[1, 2])
    bread = book(hall, cast.bakery, moment("2026-11-18 17:00"))
    book(hall, cast.bakery, moment("2026-11-18 17:00"), firm=False)
    early = book(hall, cast.bakery, moment("2026-11-19 09:00"))  # before noon: the day before
    novel = book(hall, cast.bookshop, moment("2026-11-19 18:00"))  # comes on Tuesdays, Wednesdays
    leave_point(service, by=logistics.BY, at=NOW)  # and still brings what was booked
    with CaptureQueriesContext(connection) as seen:
        sheet = transfers_for(hall, WEDNESDAY)
    assert len(seen) == 4
    told = [
        (one.establishment, one.bring_by, [parcel.holder for parcel in one.parcels])
        for one in sheet
    ]
    assert told == [
        (cast.bookshop, moment("2026-11-18 10:00"), [novel]),
        (cast.bakery, moment("2026-11-18 12:00"), [bread, early]),
    ]
    assert transfers_for(hall, THURSDAY) == []


def test_a_merchant_who_is_closed_brings_the_day_before(cast: Cast) -> None:
    hall = logistics.pooled_point(cast.lot)
    logistics.joins(hall, cast.bakery)
    book(hall, cast.bakery, moment("2026-11-19 17:00"))
    ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on=THURSDAY, ends_on=THURSDAY
    )
    assert transfers_for(hall, THURSDAY) == []
    assert len(transfers_for(hall, WEDNESDAY)) == 1
