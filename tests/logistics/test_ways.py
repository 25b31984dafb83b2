"""The ways from merchants to a customer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory, logistics

from chalandise.directory.models import ExceptionalClosing
from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.queries import days_of, slots_of, ways_of
from chalandise.logistics.values import Destination

NOW = moment("2026-11-18 09:00")  # a Wednesday
CAHORS = Destination("commune-46042", 44.4475, 1.4419)
FIGEAC = Destination("commune-46102", 44.6086, 2.0325)


def test_a_shop_that_opened_nothing_offers_nothing(cast: Cast) -> None:
    assert ways_of([cast.bakery], destination=CAHORS, at=NOW) == {cast.bakery.pk: []}


def test_every_way_of_a_shop_is_listed_with_its_fee_and_first_slot(cast: Cast) -> None:
    counter = logistics.counter(cast.bakery)
    hall = logistics.pooled_point(cast.lot)
    logistics.joins(hall, cast.bakery, fee_cents=50)
    zone = logistics.zone(cast.bakery, (3, "17:00", "19:00", 5))
    parcel = logistics.parcel(cast.bakery)
    ways = ways_of([cast.bakery], destination=CAHORS, weights={cast.bakery.pk: 1500}, at=NOW)
    told = [(one.key, one.kind, one.fee_cents, one.needs_slot) for one in ways[cast.bakery.pk]]
    assert told == [
        (counter.way_key, "pickup", 0, True),
        (hall.way_key, "point", 50, True),
        (zone.way_key, "delivery", 490, True),
        (parcel.way_key, "shipping", 890, False),
    ]
    firsts = [one.first_slot and one.first_slot.starts_at for one in ways[cast.bakery.pk]]
    assert firsts == [
        moment("2026-11-18 10:00"),
        moment("2026-11-18 16:00"),  # brought by noon, the hall opens at four
        moment("2026-11-19 17:00"),
        None,
    ]
    own = ways[cast.bakery.pk][0]
    assert (own.label, own.address) == ("Au Pain de Chanvre", "1 rue du Marché, 46000 Cahors")


def test_a_closed_door_proposes_nothing_that_day(cast: Cast) -> None:
    point = logistics.counter(cast.bakery)
    ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on=date(2026, 11, 18), ends_on=date(2026, 11, 19)
    )
    days = slots_of(point.way_key, cast.bakery, at=NOW, days=4)
    assert [one.on for one in days] == [date(2026, 11, 20), date(2026, 11, 21)]


def test_a_way_belongs_to_its_merchant(cast: Cast) -> None:
    point = logistics.counter(cast.bakery)
    hall = logistics.pooled_point(cast.lot)
    zone = logistics.zone(cast.bakery)
    parcel = logistics.parcel(cast.bakery)
    for key in (point.way_key, hall.way_key, zone.way_key, parcel.way_key, "pickup:x", "walk:1"):
        with pytest.raises(NotFoundError):
            slots_of(key, cast.bookshop, at=NOW)
    for key in (zone.way_key, parcel.way_key):
        assert slots_of(key, cast.bakery, at=NOW) == []


@pytest.mark.parametrize("number", [1, 8])
def test_ways_cost_two_statements_whatever_the_number_of_shops(cast: Cast, number: int) -> None:
    hall = logistics.pooled_point(cast.lot)
    shops = []
    for _number in range(number):
        shop = directory.establishment()
        logistics.counter(shop)
        logistics.joins(hall, shop)
        logistics.zone(shop, (3, "17:00", "19:00", 5))
        logistics.parcel(shop)
        shops.append(shop)
    with CaptureQueriesContext(connection) as seen:
        ways = ways_of(shops, destination=CAHORS, at=NOW)
    assert [len(some) for some in ways.values()] == [4] * number
    assert len(seen) == 2
    with CaptureQueriesContext(connection) as seen:
        days = slots_of(f"pickup:{hall.pk}", shops[0], at=NOW + timedelta(hours=1))
    assert len(days) == 5  # from noon tomorrow on: Thursday, Friday, then Monday to Wednesday
    assert len(seen) == 2


def test_a_round_whose_minimum_is_not_reached_says_what_is_missing(cast: Cast) -> None:
    logistics.zone(cast.bakery, name="Ville", minimum_order_cents=2500)
    logistics.zone(cast.bakery, name="Loin", minimum_order_cents=4000)

    def told(cents: int) -> list[tuple[str, int, int]]:
        days = days_of([cast.bakery], destination=CAHORS, subtotals={cast.bakery.pk: cents}, at=NOW)
        listed = [way for way, _days in days[cast.bakery.pk]]
        return [(one.label, one.minimum_cents, one.missing_cents) for one in listed]

    assert told(2180) == [("Ville", 2500, 320)]
    assert told(2500) == [("Ville", 0, 0)]
    assert [label for label, _minimum, _missing in told(4000)] == ["Ville", "Loin"]
    offered = ways_of([cast.bakery], destination=CAHORS, subtotals={cast.bakery.pk: 2180}, at=NOW)
    assert offered == {cast.bakery.pk: []}, "it is told, and cannot be chosen"
