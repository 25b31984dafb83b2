"""Ways opened, changed and given up, and what becomes of bookings then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics, territories
from tests.factories.logistics import BY

from chalandise.directory.models import EstablishmentHours
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.kernel.errors import NotAllowedError, NotFoundError
from chalandise.logistics import actions, policies
from chalandise.logistics.errors import BadSettingError, NotYetDescribedError, SlotFullError
from chalandise.logistics.models import DeliveryWindow, DeliveryZone, PickupPoint, SlotCount
from chalandise.logistics.queries import (
    over_booked,
    points_to_join,
    pooled_points,
    slots_of,
    ways_of,
    ways_to_edit,
)
from chalandise.logistics.values import (
    BringingDraft,
    Destination,
    PickupSettings,
    PointDraft,
    RoundDraft,
    ShippingDraft,
    SlotChoice,
    ZoneDraft,
)

NOW = moment("2026-11-18 09:00")  # a Wednesday
TEN = moment("2026-11-18 10:00")
UNTIL = NOW + timedelta(minutes=15)
FLAT = {"kind": "flat", "cents": 490}
EVENING = RoundDraft(2, time(17), time(19), 2)
BY_COMMUNE = ZoneDraft("Cahors", "communes", FLAT, commune_keys=("commune-46042",))
SQUARE = {"type": "Polygon", "coordinates": [[[1, 44], [2, 44], [2, 45], [1, 45], [1, 44]]]}


def book(way_key: str, establishment_id: int, starts_at: datetime = TEN) -> UUID:
    holder = uuid4()
    choice = SlotChoice(way_key, establishment_id, starts_at)
    actions.hold_slots({holder: choice}, until=UNTIL, at=NOW)
    actions.confirm_slots([holder], at=NOW)
    return holder


def test_points_stand_where_a_reader_looks_for_them(cast: Cast) -> None:
    for name in ("Zone nord", "Étal des halles", "Drap d’or", "Foire"):
        draft = PointDraft("market_hall", name, "place", territories.cahors(), "mardi 16h-19h")
        actions.open_pooled_point(cast.lot, draft, by=BY, at=NOW)
    shut = PickupPoint.objects.get(name="Drap d’or")
    PickupPoint.objects.filter(pk=shut.pk).update(is_active=False)
    names = ["Étal des halles", "Foire", "Zone nord"]
    assert [one.name for one in points_to_join(cast.bakery, cast.lot)] == names
    assert [one.name for one in pooled_points(cast.lot)] == [*names, "Drap d’or"]
    for one in points_to_join(cast.bakery, cast.lot):
        actions.join_point(one, cast.bakery, draft=BringingDraft(time(12), (1,)), by=BY, at=NOW)
    assert [one.point.name for one in ways_to_edit(cast.bakery).services] == names


def emitted(kind: str) -> list[dict[str, Any]]:
    return list(
        OutboxEvent.objects.filter(kind=kind).order_by("pk").values_list("payload", flat=True)
    )


def test_fault_04_lowering_the_capacity_below_what_is_booked_cancels_nothing(cast: Cast) -> None:
    point = logistics.counter(cast.bakery, capacity=3)
    holders = [book(point.way_key, cast.bakery.pk) for _time in range(3)]
    over = actions.edit_point(point, settings=PickupSettings(capacity=2), by=BY, at=NOW)
    assert [(one.booked, one.capacity) for one in over] == [(3, 2)]
    assert over_booked(cast.bakery, at=NOW) == over
    assert emitted("logistics.slot_over_booked") == [
        {"way_key": point.way_key, "starts_at": TEN.isoformat(), "booked": 3, "capacity": 2}
    ]
    entry = Entry.objects.get(verb="over_booked")
    assert (entry.actor_label, entry.detail) == ("Claire", {"booked": 3, "capacity": 2})
    with pytest.raises(SlotFullError):
        book(point.way_key, cast.bakery.pk)
    actions.release_slots(holders[:1], at=NOW)  # two are left, which is full
    assert over_booked(cast.bakery, at=NOW) == []
    with pytest.raises(SlotFullError):
        book(point.way_key, cast.bakery.pk)
    actions.release_slots(holders[1:2], at=NOW)
    book(point.way_key, cast.bakery.pk)
    assert emitted("logistics.slot_over_booked")[1:] == []


def test_raising_the_capacity_opens_places_in_slots_already_full(cast: Cast) -> None:
    point = logistics.counter(cast.bakery, capacity=1)
    book(point.way_key, cast.bakery.pk)
    assert actions.edit_point(point, settings=PickupSettings(capacity=2), by=BY, at=NOW) == []
    book(point.way_key, cast.bakery.pk)
    assert SlotCount.objects.get().booked == 2


def test_holds_that_ran_out_do_not_make_a_slot_over_booked(cast: Cast) -> None:
    point = logistics.counter(cast.bakery, capacity=2)
    book(point.way_key, cast.bakery.pk)
    choice = SlotChoice(point.way_key, cast.bakery.pk, TEN)
    actions.hold_slots({uuid4(): choice}, until=NOW, at=NOW)
    settings = PickupSettings(capacity=1)
    assert actions.edit_point(point, settings=settings, by=BY, at=UNTIL) == []


def test_longer_slots_count_what_was_booked_in_the_shorter_ones(cast: Cast) -> None:
    point = logistics.counter(cast.bakery, capacity=2)
    for minutes in (0, 30):
        book(point.way_key, cast.bakery.pk, TEN + timedelta(minutes=minutes))
    settings = PickupSettings(slot_minutes=60, capacity=2)
    actions.edit_point(point, settings=settings, by=BY, at=NOW)
    days = slots_of(point.way_key, cast.bakery, at=NOW, days=1)
    assert [one.starts_at for one in days[0].slots][:1] == [TEN + timedelta(hours=1)]
    with pytest.raises(SlotFullError):
        book(point.way_key, cast.bakery.pk)


def test_a_paused_counter_proposes_nothing_and_keeps_its_settings(cast: Cast) -> None:
    point = logistics.counter(cast.bakery, capacity=7)
    actions.close_point(point, by=BY, at=NOW)
    assert ways_of([cast.bakery], at=NOW)[cast.bakery.pk] == []
    again = logistics.counter(cast.bakery, capacity=1)
    assert (again.pk, again.capacity, again.is_active) == (point.pk, 7, True)
    assert len(emitted("logistics.ways_changed")) == 3


def test_a_counter_needs_hours(cast: Cast) -> None:
    EstablishmentHours.objects.filter(establishment=cast.bakery).delete()
    with pytest.raises(NotYetDescribedError, match="hours"):
        logistics.counter(cast.bakery)


def test_collecting_hours_come_before_visiting_hours(cast: Cast) -> None:
    EstablishmentHours.objects.create(
        establishment=cast.bakery, purpose="collect", value="We 15:00-16:00"
    )
    point = logistics.counter(cast.bakery)
    days = slots_of(point.way_key, cast.bakery, at=NOW, days=2)
    assert [len(one.slots) for one in days] == [2]


@pytest.mark.parametrize(
    "wrong",
    [{"slot_minutes": 25}, {"capacity": -1}, {"lead_minutes": -1}, {"horizon_days": 0}],
    ids=str,
)
def test_settings_that_make_no_sense_change_nothing(cast: Cast, wrong: dict[str, int]) -> None:
    point = logistics.counter(cast.bakery)
    with pytest.raises(BadSettingError) as refusal:
        actions.edit_point(point, settings=PickupSettings(**wrong), by=BY, at=NOW)
    assert refusal.value.field in wrong
    point.refresh_from_db()
    assert (point.slot_minutes, point.capacity) == (30, 4)


def test_a_pooled_point_is_opened_joined_and_left(cast: Cast) -> None:
    draft = PointDraft(
        "market_hall",
        "Halle de Cahors",
        "place Saint-Maurice, 46000 Cahors",
        territories.cahors(),
        "du mardi au vendredi de 16h à 19h",
    )
    point = actions.open_pooled_point(cast.lot, draft, by=BY, at=NOW)
    assert (point.hours, point.timezone) == ("Tu-Fr 16:00-19:00", "Europe/Paris")
    assert list(points_to_join(cast.bakery, cast.lot)) == [point]
    bringing = BringingDraft(time(12), (1, 3), fee_cents=100)
    service = actions.join_point(point, cast.bakery, draft=bringing, by=BY, at=NOW)
    assert list(points_to_join(cast.bakery, cast.lot)) == []
    assert ways_to_edit(cast.bakery).services == [service]
    way = ways_of([cast.bakery], at=NOW)[cast.bakery.pk][0]
    assert (way.kind, way.fee_cents) == ("point", 100)
    assert way.first_slot is not None
    assert way.first_slot.starts_at == moment("2026-11-19 16:00")
    actions.leave_point(service, by=BY, at=NOW)
    assert ways_of([cast.bakery], at=NOW)[cast.bakery.pk] == []
    again = actions.join_point(point, cast.bakery, draft=bringing, by=BY, at=NOW)
    assert again.pk == service.pk


def test_a_pooled_point_is_moved_by_who_runs_it(cast: Cast) -> None:
    point = logistics.pooled_point(cast.lot)
    draft = PointDraft("locker", "Casiers", "gare", territories.figeac(), "24/7")
    actions.edit_point(point, settings=PickupSettings(), draft=draft, by=BY, at=NOW)
    point.refresh_from_db()
    assert (point.kind, point.name, point.hours) == ("locker", "Casiers", "24/7")


def test_a_merchant_joins_only_a_point_of_its_own_portal(cast: Cast) -> None:
    hall, draft = logistics.pooled_point(cast.lot), BringingDraft(time(12))
    for point, shop in (
        (hall, cast.foreign_shop),
        (logistics.counter(cast.bakery), cast.bookshop),
    ):
        with pytest.raises(NotAllowedError):
            actions.join_point(point, shop, draft=draft, by=BY, at=NOW)
    with pytest.raises(BadSettingError):
        actions.join_point(hall, cast.bakery, draft=replace(draft, weekdays=(7,)), by=BY, at=NOW)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"kind": "shop"}),
        ("kind", {"kind": "boat"}),
        ("name", {"name": " "}),
        ("address", {"address": ""}),
        ("latitude", {"latitude": 44.0}),
        ("hours", {"hours": "sur rendez-vous, peut-être"}),
        ("hours", {"hours": ""}),
    ],
)
def test_a_pooled_point_is_described_whole(cast: Cast, field: str, changes: dict[str, Any]) -> None:
    draft = PointDraft("locker", "Casiers", "gare", territories.cahors(), "24/7")
    with pytest.raises(BadSettingError) as refusal:
        actions.open_pooled_point(cast.lot, replace(draft, **changes), by=BY, at=NOW)
    assert refusal.value.field == field
    assert not PickupPoint.objects.exists()


def test_zones_reach_whom_they_are_drawn_around(cast: Cast) -> None:
    near = Destination("commune-46042", 44.4565, 1.4419)  # a kilometre north of the bakery
    far = Destination("commune-46102", 44.6086, 2.0325)
    unknown = Destination("commune-46042")
    drafts = {
        "communes": (BY_COMMUNE, [True, False, True]),
        "near": (ZoneDraft("1 100 m", "radius", FLAT, radius_metres=1100), [True, False, False]),
        "nearer": (ZoneDraft("900 m", "radius", FLAT, radius_metres=900), [False, False, False]),
        "polygon": (ZoneDraft("Carré", "polygon", FLAT, polygon=SQUARE), [True, False, False]),
    }
    for draft, expected in drafts.values():
        zone = actions.open_zone(cast.bakery, draft, by=BY, at=NOW)
        reached = [
            zone.way_key
            in {w.key for w in ways_of([cast.bakery], destination=d, at=NOW)[cast.bakery.pk]}
            for d in (near, far, unknown)
        ]
        assert reached == expected, draft.name


def test_what_is_brought_costs_what_the_rate_says_from_the_least_order_on(cast: Cast) -> None:
    steps = {"kind": "steps", "steps": [[0, 690], [3000, 390], [6000, 0]]}
    draft = replace(BY_COMMUNE, rate=steps, minimum_order_cents=1500)
    actions.open_zone(cast.bakery, draft, by=BY, at=NOW)
    home = Destination("commune-46042")
    fees = [
        [
            way.fee_cents
            for way in ways_of(
                [cast.bakery], destination=home, subtotals={cast.bakery.pk: cents}, at=NOW
            )[cast.bakery.pk]
        ]
        for cents in (1499, 1500, 2999, 3000, 6000)
    ]
    assert fees == [[], [690], [690], [390], [0]]
    assert ways_of([cast.bakery], at=NOW)[cast.bakery.pk] == []  # nobody knows where to


def test_parcels_are_not_sent_overseas_unless_said_nor_when_too_heavy(cast: Cast) -> None:
    rate = {"kind": "weight", "steps": [[1000, 590], [5000, 890]], "free_from_cents": 8000}
    parcel = actions.open_shipping(cast.bakery, ShippingDraft("Colis", rate), by=BY, at=NOW)
    overseas, paris = Destination("commune-97411"), Destination("commune-75056")

    def fees(destination: Destination, grams: int = 900, cents: int = 0) -> list[int]:
        ways = ways_of(
            [cast.bakery],
            destination=destination,
            weights={cast.bakery.pk: grams},
            subtotals={cast.bakery.pk: cents},
            at=NOW,
        )
        return [one.fee_cents for one in ways[cast.bakery.pk]]

    assert fees(paris) == [590]
    assert (fees(paris, 1000), fees(paris, 1001), fees(paris, 5001)) == ([590], [890], [])
    assert fees(paris, 900, 8000) == [0]
    assert fees(overseas) == []
    everywhere = ShippingDraft("Colis", rate, is_mainland_only=False)
    actions.edit_shipping(parcel, everywhere, by=BY, at=NOW)
    assert fees(overseas) == [590]
    actions.close_shipping(parcel, by=BY, at=NOW)
    assert fees(paris) == []


def test_a_round_that_shrinks_or_goes_keeps_its_bookings(cast: Cast) -> None:
    at = moment("2026-11-18 17:00")
    zone = actions.open_zone(cast.bakery, replace(BY_COMMUNE, rounds=(EVENING,)), by=BY, at=NOW)
    for _time in range(2):
        book(zone.way_key, cast.bakery.pk, at)
    before = DeliveryWindow.objects.get().pk
    smaller = replace(BY_COMMUNE, rounds=(replace(EVENING, capacity=1),))
    over = actions.edit_zone(zone, smaller, by=BY, at=NOW)
    assert [(one.booked, one.capacity) for one in over] == [(2, 1)]
    assert DeliveryWindow.objects.get().pk == before
    later = replace(BY_COMMUNE, rounds=(replace(EVENING, starts=time(18)),))
    assert actions.edit_zone(zone, later, by=BY, at=NOW) == []  # it was over-booked already
    count = SlotCount.objects.get()
    assert (count.booked, count.capacity, count.is_over_booked) == (2, 0, True)
    actions.close_zone(zone, by=BY, at=NOW)
    assert ways_to_edit(cast.bakery).zones == []
    assert SlotCount.objects.get().booked == 2


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 81}),
        ("kind", {"kind": "planet"}),
        ("commune_keys", {"commune_keys": ()}),
        ("commune_keys", {"commune_keys": ("commune-99999",)}),
        ("radius_metres", {"kind": "radius"}),
        ("radius_metres", {"kind": "radius", "radius_metres": 99}),
        ("polygon", {"kind": "polygon"}),
        ("polygon", {"kind": "polygon", "polygon": {"type": "Point", "coordinates": [1, 2]}}),
        ("polygon", {"kind": "polygon", "polygon": {"type": "Polygon", "coordinates": [[[1, 2]]]}}),
        (
            "polygon",
            {
                "kind": "polygon",
                "polygon": {"type": "Polygon", "coordinates": [SQUARE["coordinates"][0][:4]]},
            },
        ),
        (
            "polygon",
            {
                "kind": "polygon",
                "polygon": {"type": "Polygon", "coordinates": [[[1, 440]] * 4]},
            },
        ),
        ("rounds", {"rounds": (replace(EVENING, ends=time(17)),)}),
        ("rounds", {"rounds": (EVENING, replace(EVENING, starts=time(18), ends=time(20)))}),
        ("rounds", {"rounds": (replace(EVENING, capacity=-1),)}),
        ("minimum_order_cents", {"minimum_order_cents": -1}),
        ("rate", {"rate": {"kind": "weight", "steps": [[1000, 590]]}}),
        ("rate", {"rate": {"kind": "flat", "cents": 1.5}}),
        ("rate", {"rate": {"kind": "flat", "cents": True}}),
        ("rate", {"rate": {"kind": "flat", "cents": -1}}),
        ("rate", {"rate": {"kind": "steps", "steps": [[100, 590]]}}),
        ("rate", {"rate": {"kind": "steps", "steps": [[0, 590], [0, 390]]}}),
        ("rate", {"rate": {"kind": "steps", "steps": []}}),
        ("rate", {"rate": {"kind": "free_from", "cents": 490}}),
        ("rate", {"rate": []}),
    ],
)
def test_a_zone_that_makes_no_sense_is_not_written(
    cast: Cast, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadSettingError) as refusal:
        actions.open_zone(cast.bakery, replace(BY_COMMUNE, **changes), by=BY, at=NOW)
    assert refusal.value.field == field
    assert not DeliveryZone.objects.exists()


def test_a_distance_needs_a_shop_whose_position_is_known(cast: Cast) -> None:
    cast.bakery.latitude = cast.bakery.longitude = None
    cast.bakery.save()
    around = ZoneDraft("Autour", "radius", FLAT, radius_metres=3000)
    with pytest.raises(NotYetDescribedError, match="position"):
        actions.open_zone(cast.bakery, around, by=BY, at=NOW)


def test_each_sees_only_what_they_run(cast: Cast) -> None:
    counter = logistics.counter(cast.bakery)
    zone = logistics.zone(cast.bakery)
    parcel = logistics.parcel(cast.bakery)
    hall = logistics.pooled_point(cast.lot)
    service = logistics.joins(hall, cast.bakery)
    claire = cast.claire
    assert policies.get_counter_for_member(claire, cast.bakery) == counter
    assert policies.get_zone_for_member(claire, zone.pk) == zone
    assert policies.get_shipping_for_member(claire, parcel.pk) == parcel
    assert policies.get_service_for_member(claire, service.pk) == service
    for person in (cast.idris, cast.nadia, cast.odile):
        for door, key in (
            (policies.get_counter_for_member, cast.bakery),
            (policies.get_zone_for_member, zone.pk),
            (policies.get_shipping_for_member, parcel.pk),
            (policies.get_service_for_member, service.pk),
        ):
            with pytest.raises(NotFoundError):
                door(person, key)  # type: ignore[operator]
    assert policies.get_pooled_point_for_staff(cast.helene, cast.lot, hall.pk) == hall
    for person, portal, pk in (
        (cast.odile, cast.lot, hall.pk),
        (cast.odile, cast.elsewhere, hall.pk),
        (claire, cast.lot, hall.pk),
        (cast.helene, cast.lot, counter.pk),
    ):
        with pytest.raises(NotFoundError):
            policies.get_pooled_point_for_staff(person, portal, pk)
