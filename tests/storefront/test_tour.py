"""The round of an order collected at several shops, its calendar, and the invoices behind its link."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from tests.cast import Cast
from tests.factories import directory
from tests.factories.orders import merchant_order, order_at
from tests.factories.settlements import sale

from chalandise.directory.models import Establishment
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.models import Invoice

pytestmark = pytest.mark.django_db
CLOSE = {"latitude": 44.45, "longitude": 1.44}


def tomorrow(hour: int) -> datetime:
    local = timezone.localtime() + timedelta(days=1)
    return local.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def order(cast: Cast) -> Order:
    """The bookshop at ten, the bakery at nine: placed in the other order."""
    found = order_at(cast.lot, cast.bookshop, cast.bakery, state=MerchantOrderState.ACCEPTED)
    for shop, hour, north in ((cast.bookshop, 10, 0.0), (cast.bakery, 9, 0.01)):
        at = tomorrow(hour)
        way = {"label": "", "timezone": "Europe/Paris"} | CLOSE
        way["latitude"] = 44.45 + north
        found.merchant_orders.filter(establishment=shop).update(
            starts_at=at, ends_at=at + timedelta(minutes=30), way=way
        )
    return found


def test_the_round_follows_the_slots_and_is_drawn(client: Client, order: Order, cast: Cast) -> None:
    shown = client.get(reverse("storefront:tour", args=[order.token])).content.decode()
    names = [cast.bakery.name, cast.bookshop.name]
    places = [shown.index(f"<strong>{name}</strong>") for name in names]
    assert places == sorted(places)
    assert shown.count("drawing__dot") == 2
    assert 'aria-current="true">À pied' in shown
    by_car = client.get(reverse("storefront:tour", args=[order.token]) + "?allure=en-voiture")
    assert 'aria-current="true">En voiture' in by_car.content.decode()


def test_the_ground_of_several_days_is_read_once(client: Client, order: Order, cast: Cast) -> None:
    address = reverse("storefront:tour", args=[order.token])
    counts, days = [], []
    for _size in range(2):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address).content.decode()
        counts.append(sum("territorycontour" in one["sql"] for one in asked))
        days.append(page.count('drawing--round"'))
        _two_more_on_the_day_after(order)
    assert days == [1, 2]
    assert counts == [1, 1]


def _two_more_on_the_day_after(order: Order) -> None:
    for place in range(2):
        shop = directory.establishment(
            f"Étape {place}", organisation=order.merchant_orders.all()[0].organisation
        )
        at = tomorrow(9 + place) + timedelta(days=1)
        way = {"label": "", "timezone": "Europe/Paris"} | CLOSE
        way["latitude"] = 44.45 + place / 100
        part = merchant_order(shop, order, state=MerchantOrderState.ACCEPTED)
        MerchantOrder.objects.filter(pk=part.pk).update(
            starts_at=at, ends_at=at + timedelta(minutes=30), way=way
        )


def test_the_calendar_has_one_appointment_a_visit(client: Client, order: Order) -> None:
    answer = client.get(reverse("storefront:tour_calendar", args=[order.token]))
    assert answer["Content-Disposition"] == 'attachment; filename="tournee.ics"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    starts = sorted(one.decoded("dtstart") for one in Calendar.from_ical(answer.content).events)
    assert len(starts) == 2
    assert tomorrow(9) <= starts[0] < tomorrow(10) <= starts[1]


def test_what_clashes_is_said_and_stays_in_the_calendar(client: Client, order: Order) -> None:
    at = tomorrow(9)
    order.merchant_orders.update(starts_at=at, ends_at=at + timedelta(minutes=10))
    page = client.get(reverse("storefront:tour", args=[order.token])).content.decode()
    assert "n’entre pas dans la même tournée" in page
    answer = client.get(reverse("storefront:tour_calendar", args=[order.token]))
    assert len(Calendar.from_ical(answer.content).events) == 2


def test_without_anything_to_collect_the_page_says_so(client: Client, order: Order) -> None:
    order.merchant_orders.update(state=MerchantOrderState.COMPLETED)
    page = client.get(reverse("storefront:tour", args=[order.token])).content.decode()
    assert "Rien à retirer" in page
    assert client.get(reverse("storefront:tour_calendar", args=[order.token])).status_code == 404


def invoice_of(order: Order, shop: Establishment) -> Invoice:
    assert shop.organisation is not None
    number = order.merchant_orders.get(establishment=shop).number
    told = sale(shop.organisation, at=timezone.now(), reference=number)
    record_sale(told, source=f"payment:{order.pk}", at=timezone.now())
    return Invoice.objects.latest("pk")


def test_an_invoice_is_handed_out_by_the_link_of_its_own_order_alone(
    client: Client, order: Order, cast: Cast
) -> None:
    invoice = invoice_of(order, cast.bakery)
    answer = client.get(reverse("storefront:order_invoice", args=[order.token, invoice.pk]))
    assert answer.content.startswith(b"%PDF")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    other = order_at(cast.lot, cast.bakery)
    foreign = client.get(reverse("storefront:order_invoice", args=[other.token, invoice.pk]))
    assert foreign.status_code == 404
