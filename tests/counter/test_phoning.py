"""An order by telephone that is sent, collected at a shared point, or holds new books."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import logistics, market
from tests.factories.payments import merchant_account, pay, visit

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.journal.events import from_payload
from chalandise.journal.models import OutboxEvent
from chalandise.logistics.models import SlotHold
from chalandise.messaging.models import Message
from chalandise.messaging.order_mails import ask_to_pay
from chalandise.ordering.actions.expiring import expire_unpaid
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState, OrderSource, Pays
from chalandise.payments.actions.visiting import continue_visit

pytestmark = pytest.mark.django_db

CALLER = {"name": "Lucile Rivière", "phone": "05 65 00 00 09", "email": "lucile@exemple.test"}
HOME = {"street": "3 chemin du Moulin", "postal_code": "46000", "city": "Cahors"}


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def phone(shop: Establishment) -> str:
    return reverse("counter:phone_order", args=[shop.slug])


def placed(client: Client, shop: Establishment, data: dict[str, str]) -> Any:
    """Read the order back, agree, and take it down."""
    checked = client.post(phone(shop), {**data, "do": "check"})
    assert checked.status_code == 200, checked.context["form"].errors
    seen = str(checked.context["total_cents"])
    place = {"do": "place", "seen": seen, "terms": "on", "age": "on", "key": str(uuid.uuid4())}
    return client.post(phone(shop), {**data, **place})


def deliver_the_post() -> None:
    for event in [*OutboxEvent.objects.filter(kind="ordering.order_placed")] * 2:
        ask_to_pay(from_payload(event.kind, event.payload))


def test_a_parcel_by_telephone_is_paid_by_the_link_of_an_e_mail(cast: Cast, freeze: Any) -> None:
    now = freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    logistics.parcel(cast.bakery)
    claire = client_of(cast.claire)
    assert "par colis" not in claire.get(phone(cast.bakery)).content.decode()  # no online payment
    merchant_account(cast.bakery)
    assert "par colis" in claire.get(phone(cast.bakery)).content.decode()
    wanted = {**CALLER, **HOME, "means": "shipping", f"o{shop.offers[0].pk}": "2"}
    blind = claire.post(phone(cast.bakery), {**wanted, "email": "", "do": "check"})
    assert (blind.status_code, "le lien pour payer" in blind.content.decode()) == (422, True)
    answer = placed(claire, cast.bakery, wanted)
    assert answer["Location"] == reverse("counter:board", args=[cast.bakery.slug])
    order = Order.objects.get()
    part = order.merchant_orders.get()
    assert (order.source, part.pays, part.way_kind) == (
        OrderSource.PHONE,
        Pays.ONLINE,
        "shipping",
    )
    assert part.state == MerchantOrderState.AWAITING_PAYMENT
    assert order.expires_at == now + timedelta(days=1)
    board = claire.get(answer["Location"]).content.decode()
    assert order.number in board
    assert "Lucile Rivière" not in board  # nothing to prepare before it is paid
    deliver_the_post()
    letter = Message.objects.get(template="order_to_pay")
    assert letter.to == "lucile@exemple.test"
    assert reverse("storefront:order", args=[order.token]) in letter.text
    page = Client(SERVER_NAME="localhost").get(reverse("storefront:order", args=[order.token]))
    assert "Payer maintenant" in page.content.decode()
    assert expire_unpaid(at=now + timedelta(hours=23)) == 0
    visited = visit(order, at=now)
    pay(visited, at=now)
    continue_visit(visited, at=now)
    part.refresh_from_db()
    assert part.state == MerchantOrderState.PLACED
    assert "Lucile Rivière" in claire.get(answer["Location"]).content.decode()


def test_a_shared_point_by_telephone_keeps_its_slot_until_an_hour_before(
    cast: Cast, freeze: Any
) -> None:
    freeze("2026-11-18 09:00")
    shop = market.shop(cast.bakery)
    merchant_account(cast.bakery)
    hall = logistics.pooled_point(cast.lot)
    logistics.joins(hall, cast.bakery)
    claire = client_of(cast.claire)
    wanted = {**CALLER, "means": hall.way_key, f"o{shop.offers[0].pk}": "1"}
    asked = claire.post(phone(cast.bakery), {**wanted, "do": "check"})
    assert "horaire de ce point" in asked.content.decode()
    slot = asked.context["form"].fields["slot"].choices[0][1][0][0]
    placed(claire, cast.bakery, {**wanted, "slot": slot})
    order = Order.objects.get()
    part = order.merchant_orders.get()
    assert (part.way_key, part.pays) == (hall.way_key, Pays.ONLINE)
    assert part.starts_at is not None
    assert order.expires_at == part.starts_at - timedelta(hours=1)
    hold = SlotHold.objects.get(holder=part.holder)
    assert (hold.state, hold.expires_at) == ("held", order.expires_at)


def test_the_least_fee_on_new_books_holds_by_telephone_too(cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bookshop, prices=(1200,), category="livres")
    logistics.zone(cast.bookshop, rate={"kind": "flat", "cents": 0})
    idris = client_of(cast.idris)
    wanted = {**CALLER, **HOME, "means": "delivery", f"o{shop.offers[0].pk}": "1"}
    checked = idris.post(phone(cast.bookshop), {**wanted, "do": "check"})
    assert checked.context["fee_cents"] == 300
    placed(idris, cast.bookshop, wanted)
    assert MerchantOrder.objects.get().fee_cents == 300


def test_a_firm_that_calls_is_named_on_its_order_and_its_invoice(cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    claire = client_of(cast.claire)
    wanted = {**CALLER, f"o{shop.offers[0].pk}": "2", **_slot(claire, cast.bakery)}
    asked = {**wanted, "is_business": "on", "company": "Mairie de Figeac", "siren": "732829321"}
    refused = claire.post(phone(cast.bakery), {**asked, "do": "check"})
    assert refused.status_code == 422
    assert "Ce n’est pas un SIREN" in refused.content.decode()
    firm = {"siren": "732 829 320", "company_address": "5 rue Colomb\r\n46100 Figeac"}
    checked = claire.post(phone(cast.bakery), {**asked, **firm, "do": "check"})
    assert "Mairie de Figeac, SIREN 732829320" in checked.content.decode()
    placed(claire, cast.bakery, {**asked, **firm})
    order = Order.objects.get()
    assert order.business == {
        "name": "Mairie de Figeac",
        "siren": "732829320",
        "vat_number": "",
        "address": "5 rue Colomb\n46100 Figeac",
    }
    assert order.recap["customer"]["business"] == order.business


def _slot(client: Client, shop: Establishment) -> dict[str, str]:
    """Choose the first time at the counter."""
    choices = client.get(phone(shop)).context["form"].fields["slot"].choices
    return {"slot": choices[0][1][0][0]}
