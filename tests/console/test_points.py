"""Pickup points of a portal: opened, run, closed by its desk; the sheet of what is brought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics
from tests.factories.orders import order_at

from chalandise.accounts.models import User
from chalandise.journal.models import Entry
from chalandise.logistics.actions import confirm_slots, hold_slots
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.queries import slots_of
from chalandise.logistics.values import SlotChoice
from chalandise.web import freshness

Sit = Callable[[User], Client]
NOW = moment("2026-11-16 09:00")  # a Monday
WEDNESDAY = moment("2026-11-18 17:00")

HALL = {
    "kind": "market_hall",
    "name": "Halle de Cahors",
    "address": "Place Galdemar, 46000 Cahors",
    "commune": "cahors",
    "postal_code": "46000",
    "hours": "mardi au samedi 16h-19h",
    "slot_minutes": "30",
    "capacity": "6",
    "lead_minutes": "15",
    "cutoff": "",
    "horizon_days": "14",
}


def book(
    cast: Cast, point: PickupPoint, *, at: datetime = NOW, starts_at: datetime = WEDNESDAY
) -> str:
    part = order_at(cast.lot, cast.bakery).merchant_orders.get()
    choice = SlotChoice(point.way_key, cast.bakery.pk, starts_at)
    hold_slots({part.holder: choice}, until=at + timedelta(hours=1), at=at)
    confirm_slots([part.holder], at=at)
    return str(part.number)


def test_an_agent_opens_a_point_as_it_is_said_on_the_telephone(at_desk: Sit, cast: Cast) -> None:
    response = at_desk(cast.helene).post(reverse("console:new_point"), HALL)
    made = PickupPoint.objects.get()
    assert response["Location"] == reverse("console:point", args=[made.pk])
    assert (made.portal, made.name, made.hours) == (
        cast.lot,
        "Halle de Cahors",
        "Tu-Sa 16:00-19:00",
    )
    assert (made.capacity, made.lead_minutes, made.cutoff) == (6, 15, None)
    assert made.latitude == cast.bakery.commune.latitude
    assert Entry.objects.filter(verb="opened", actor_label=str(cast.helene)).exists()
    page = at_desk(cast.helene).get(reverse("console:points")).content.decode()
    assert "Halle de Cahors" in page
    elsewhere = at_desk(cast.odile).get(reverse("console:points")).content.decode()
    assert "Halle de Cahors" not in elsewhere


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("hours", "quand il fait beau"),
        ("commune", "Montauban"),
        ("postal_code", "460"),
        ("kind", "shop"),
        ("capacity", "-1"),
        ("slot_minutes", "7"),
        ("latitude", "44.4"),  # without its longitude
    ],
)
def test_what_cannot_be_run_so_comes_back_with_every_word(
    at_desk: Sit, cast: Cast, field: str, typed: str
) -> None:
    response = at_desk(cast.helene).post(reverse("console:new_point"), {**HALL, field: typed})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Place Galdemar" in response.content.decode()
    assert not PickupPoint.objects.exists()


def test_a_point_is_run_otherwise_and_says_what_no_longer_fits(at_desk: Sit, cast: Cast) -> None:
    point = logistics.pooled_point(cast.lot, capacity=2)
    logistics.joins(point, cast.bakery)
    at = timezone.now()
    days = slots_of(point.way_key, cast.bakery, lead_minutes=0, at=at)
    coming = days[-1].slots[0].starts_at
    for _twice in range(2):
        book(cast, point, at=at, starts_at=coming)
    address = reverse("console:point", args=[point.pk])
    client = at_desk(cast.helene)
    form = client.get(address).context["form"]
    given = {**HALL, **{name: value for name, value in form.initial.items() if value is not None}}
    given["cutoff"] = ""
    page = client.post(address, {**given, "horizon_days": "30"}, follow=True).content.decode()
    assert "ce qui est réservé le reste" in page
    page = client.post(address, {**given, "capacity": "1"}, follow=True).content.decode()
    assert "1 créneau contient plus de commandes" in page
    point.refresh_from_db()
    assert (point.capacity, point.hours, point.name) == (1, "Mo-Fr 16:00-19:00", "Mairie de Cahors")
    assert point.latitude == 44.4486


def test_a_point_is_closed_and_opened_again(at_desk: Sit, cast: Cast) -> None:
    point = logistics.pooled_point(cast.lot)
    address = reverse("console:close_point", args=[point.pk])
    assert at_desk(cast.odile).post(address, {"do": "close"}).status_code == 404
    for do, is_active in (("close", False), ("reopen", True)):
        at_desk(cast.helene).post(address, {"do": do})
        point.refresh_from_db()
        assert point.is_active is is_active


def test_the_sheet_of_a_day_names_the_orders_that_are_brought(at_desk: Sit, cast: Cast) -> None:
    point = logistics.pooled_point(cast.lot)
    logistics.joins(point, cast.bakery, bring_by=time(12, 0))
    number = book(cast, point)
    address = reverse("console:transfers", args=[point.pk])
    page = at_desk(cast.helene).get(address, {"jour": "2026-11-18"}).content.decode()
    for said in (cast.bakery.name, number, "Nadia Customer", "avant 12"):
        assert said in page
    other = at_desk(cast.helene).get(address, {"jour": "2026-11-19"}).content.decode()
    assert "Rien n’est déposé" in other
    assert at_desk(cast.helene).get(address, {"jour": "hier"}).status_code == 200


def test_a_longer_sheet_costs_no_more_statements(at_desk: Sit, cast: Cast) -> None:
    point = logistics.pooled_point(cast.lot, capacity=20)
    logistics.joins(point, cast.bakery)
    address = reverse("console:transfers", args=[point.pk])
    client, counts = at_desk(cast.helene), []
    for size in (2, 8):
        for _one in range(size):
            book(cast, point)
        client.get(address, {"jour": "2026-11-18"})
        freshness.forget()  # asked at most twice a second: here each time
        with CaptureQueriesContext(connection) as ran:
            client.get(address, {"jour": "2026-11-18"})
        counts.append(len(ran))
    assert counts[0] == counts[1]
