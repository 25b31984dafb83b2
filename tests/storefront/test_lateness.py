"""A delivery that does not come: the pages of the private link, and what both sides are written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics, market

from chalandise.fulfilment.actions.lateness import watch_demands, watch_promises
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.models import Fulfilment
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.messaging.models import Message
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.django_db
BY = Actor("person", "1", "Claire Fournil")
ONE_DAY_LATE = "2026-11-21 10:00"
PERIOD_OVER = "2026-11-25 10:00"


@pytest.fixture
def part(cast: Cast, freeze: Any) -> MerchantOrder:
    """Bread that was to be brought by Friday, paid online, accepted and forgotten."""
    freeze("2026-11-18 10:30")
    logistics.zone(cast.bakery)
    bread = market.shop(cast.bakery)
    order = market.ordered(
        cast.lot, (bread.offers[0], 4), pays="online", kinds={cast.bakery.pk: "delivery"}
    )
    one = order.merchant_orders.get()
    mark_paid(one.pk, at=market.NOW)
    accept(MerchantOrder.objects.get(pk=one.pk), by=BY, at=market.NOW)
    MerchantOrder.objects.filter(pk=one.pk).update(promised_on=date(2026, 11, 20))
    return MerchantOrder.objects.select_related("order").get(pk=one.pk)


def tell() -> None:
    """Hand on what happened, twice (fault 44)."""
    for _again in range(2):
        kinds = ["fulfilment.promise_missed", "fulfilment.delivery_demanded"]
        kinds += ["fulfilment.demand_lapsed", "ordering.merchant_order_moved"]
        dispatch(list(OutboxEvent.objects.filter(kind__in=kinds).order_by("pk")))


def letters(template: str) -> list[Message]:
    found = list(Message.objects.filter(template=template))
    assert all("{" not in one.text + one.html for one in found)
    return found


def address(part: MerchantOrder) -> str:
    return reverse("storefront:late", args=[part.order.token, part.pk])


def page(client: Client, part: MerchantOrder) -> str:
    answer = client.get(reverse("storefront:order", args=[part.order.token]))
    return str(answer.content.decode())


def test_before_its_day_is_over_nothing_is_offered(client: Client, part: MerchantOrder) -> None:
    assert address(part) not in page(client, part)
    assert "Rien n’est en retard ici" in client.get(address(part)).content.decode()
    client.post(address(part), {"days": "3"})
    assert not Fulfilment.objects.exclude(demanded_at=None).exists()


def test_fault_44_both_are_told_once_that_a_delivery_is_late(
    part: MerchantOrder, freeze: Any
) -> None:
    freeze(ONE_DAY_LATE)
    watch_promises(at=moment(ONE_DAY_LATE))
    tell()
    [to_customer] = letters("order_late")
    assert "vendredi 20 novembre" in to_customer.text
    assert address(part) in to_customer.text
    [to_shop] = letters("order_late_for_shop")
    assert "vendredi 20 novembre" in to_shop.text


def test_a_guest_demands_it_waits_ends_the_contract_and_is_paid_back(
    client: Client, part: MerchantOrder, freeze: Any
) -> None:
    freeze(ONE_DAY_LATE)
    assert "Votre livraison est en retard" in page(client, part)
    shown = client.get(address(part)).content.decode()
    assert "mardi 24 novembre" in " ".join(shown.split())
    assert client.post(address(part), {"days": "5"}).status_code == 422
    answer = client.post(address(part), {"days": "3"}, follow=True)
    assert "Votre mise en demeure est partie" in answer.content.decode()
    tell()
    [receipt] = letters("delivery_demanded")
    assert "21 novembre" in receipt.text
    assert "mardi 24 novembre" in receipt.text
    [demand] = letters("delivery_demanded_for_shop")
    assert "L216-6" in demand.text
    assert "Annuler la commande" not in client.get(address(part)).content.decode()

    freeze(PERIOD_OVER)
    watch_demands(at=moment(PERIOD_OVER))
    tell()
    assert len(letters("demand_lapsed")) == len(letters("demand_lapsed_for_shop")) == 1
    assert "Annuler la commande" in client.get(address(part)).content.decode()
    client.post(address(part))
    part.refresh_from_db()
    assert part.state == MerchantOrderState.CANCELLED
    [due] = OutboxEvent.objects.filter(kind="ordering.refund_due")
    assert due.payload["amount_cents"] == part.total_cents
    tell()
    [to_shop] = letters("order_cancelled_for_shop")
    assert "le contrat prend fin" in to_shop.text


def test_what_came_before_the_e_mail_is_not_written_about(part: MerchantOrder, freeze: Any) -> None:
    freeze(ONE_DAY_LATE)
    watch_promises(at=moment(ONE_DAY_LATE))
    Fulfilment.objects.update(state="sent")
    tell()
    assert not letters("order_late")
    assert not letters("order_late_for_shop")


def test_a_private_link_opens_no_other_order(client: Client, part: MerchantOrder) -> None:
    other = reverse("storefront:late", args=[part.order.token, part.pk + 1])
    assert client.get(other).status_code == 404
