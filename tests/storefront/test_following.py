"""The customer's side of the preparing: the code that renews itself, the question, the e-mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import market
from tests.factories.fulfilment import MERCHANT

from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.fulfilment.actions.handing import Checks, hand_over
from chalandise.fulfilment.actions.letting_go import remind_of_uncollected
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.fulfilment.models import Question
from chalandise.fulfilment.states import Proof, QuestionState
from chalandise.journal.events import from_payload
from chalandise.journal.models import OutboxEvent
from chalandise.messaging.models import Message
from chalandise.messaging.preparing_mails import ask_customer, remind_customer, tell_about_preparing
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import WayKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast: Cast, freeze: Any) -> MerchantOrder:
    """Something Nadia ordered on the site, which the baker prepares."""
    now = freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    made = market.ordered(cast.lot, (shop.offers[0], 2))
    part = market.part_of(made, cast.bakery)
    accept(part, by=MERCHANT, at=now)
    return MerchantOrder.objects.get(pk=part.pk)


def page_of(client: Client, order: MerchantOrder) -> str:
    return client.get(reverse("storefront:order", args=[order.order.token])).content.decode()


def qr_of(order: MerchantOrder) -> str:
    return reverse("storefront:order_qr", args=[order.order.token, order.pk])


def test_fault_86_the_code_on_the_customers_screen_changes_every_minute(
    client: Client, order: MerchantOrder, freeze: Any
) -> None:
    assert qr_of(order) in page_of(client, order)
    first = client.get(qr_of(order))
    assert first["Content-Type"] == "image/svg+xml"
    assert "no-store" in first["Cache-Control"] or "no-cache" in first["Cache-Control"]
    freeze("2026-11-18 10:32")
    assert client.get(qr_of(order)).content != first.content


def test_the_page_says_at_its_top_when_everything_is_ready(
    client: Client, order: MerchantOrder, freeze: Any
) -> None:
    assert "<h1>Merci, votre commande est chez le commerçant</h1>" in page_of(client, order)
    now = freeze("2026-11-18 11:00")
    mark_ready(order, by=MERCHANT, at=now)
    assert "<h1>C’est prêt, on vous attend</h1>" in page_of(client, order)


def test_a_parcel_has_no_code_to_collect_it_with(client: Client, order: MerchantOrder) -> None:
    assert order.pickup_code in page_of(client, order)
    MerchantOrder.objects.filter(pk=order.pk).update(way_kind=WayKind.SHIPPING)
    assert "Votre code" not in page_of(client, order)


def test_what_was_given_shows_no_code_any_more(
    client: Client, order: MerchantOrder, freeze: Any
) -> None:
    checks = Checks(Proof.KNOWN, means="card")
    hand_over(order, checks=checks, by=MERCHANT, at=order.starts_at or order.placed_at)
    assert client.get(qr_of(order)).status_code == 404
    assert qr_of(order) not in page_of(client, order)


@pytest.mark.parametrize(
    ("choice", "state"), [("offer", QuestionState.REPLACED), ("refund", QuestionState.REFUNDED)]
)
def test_the_customer_chooses_by_a_private_link(
    client: Client, order: MerchantOrder, freeze: Any, choice: str, state: str
) -> None:
    asked = ask(order, freeze("2026-11-18 10:30"))
    address = reverse("storefront:question", args=[asked.token])
    assert address in page_of(client, order)
    assert "Pain de campagne" in client.get(address).content.decode()
    client.post(address, {"choice": "neither"})
    assert Question.objects.get().state == QuestionState.OPEN
    client.post(address, {"choice": choice})
    client.post(address, {"choice": "offer"})
    assert Question.objects.get().state == state
    settled = client.get(address).content.decode()
    assert "c’est réglé" in settled
    assert 'name="choice"' not in settled
    assert client.get(reverse("storefront:question", args=["absente"])).status_code == 404


def ask(order: MerchantOrder, at: datetime) -> Question:
    line, bread = order.lines.get(position=1), Substitute("Pain de campagne", 400)
    asked = report_missing(line, quantity=1, substitute=bread, by=MERCHANT, at=at)
    assert asked is not None
    return asked


def tell() -> None:
    """Deliver every event of the preparing, twice."""
    from_kind = {
        "fulfilment.moved": tell_about_preparing,
        "fulfilment.question_asked": ask_customer,
        "fulfilment.reminder_due": remind_customer,
    }
    for event in [*OutboxEvent.objects.order_by("pk")] * 2:
        if event.kind in from_kind:
            from_kind[event.kind](from_payload(event.kind, event.payload))


def test_fault_44_each_step_writes_to_the_customer_once(order: MerchantOrder, freeze: Any) -> None:
    now = freeze("2026-11-18 10:30")
    asked = ask(order, now)
    tell()
    mark_ready(order, without_answers=True, by=MERCHANT, at=now)
    assert order.ends_at is not None
    assert remind_of_uncollected(at=order.ends_at + timedelta(hours=3)) == 1
    tell()
    written = Message.objects.filter(to="nadia@exemple.test").order_by("pk")
    names = [one.template for one in written if one.template.startswith("order_")]
    assert [
        name for name in names if name in {"order_question", "order_ready", "order_reminder"}
    ] == [
        "order_question",
        "order_ready",
        "order_reminder",
    ]
    question = next(one for one in written if one.template == "order_question")
    assert asked.token in question.text
    assert "Pain de campagne" in question.text
