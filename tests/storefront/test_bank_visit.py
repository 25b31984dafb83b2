"""The way to the bank's page and back, over HTTP, for whoever pays, leaves, or never returns."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import bank, payments
from tests.factories.orders import order_at

from chalandise.bank.models import BankCharge, BankSession
from chalandise.bank.signing import sign
from chalandise.bank.wire import secrets
from chalandise.ordering.models import Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.models import InboxEvent
from chalandise.payments.queries import order_paid

pytestmark = pytest.mark.django_db
CARD = {"number": bank.CONFIRMED, "expiry": "12/30", "code": "123"}


@pytest.fixture
def client() -> Client:
    """A browser at the very address that the portal tells."""
    return Client(headers={"host": "localhost:8000"})


@pytest.fixture
def order(cast: Cast) -> Order:
    found = order_at(cast.lot, cast.bakery, cast.bookshop, placed_at=datetime.now(UTC))
    for shop in (cast.bakery, cast.bookshop):
        payments.merchant_account(shop)
    return found


def to_bank(client: Client, order: Order) -> str:
    answer = client.post(reverse("storefront:pay_again", args=[order.token]))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/banque/")
    return answer.headers["Location"]


def states(order: Order) -> set[str]:
    return set(order.merchant_orders.values_list("state", flat=True))


def test_paying_with_a_confirmation_leads_back_and_places_both_orders(
    client: Client, order: Order
) -> None:
    page = to_bank(client, order)
    assert client.get(page).status_code == 200
    assert client.post(page, CARD).status_code == 302
    code = BankSession.objects.get().challenge_code
    done = client.post(page, {"code": code})
    back = done.headers["Location"]
    assert back.endswith(reverse("storefront:order_back", args=[order.token]))
    for _again in range(2):
        after = client.get(reverse("storefront:order_back", args=[order.token]))
        assert after.headers["Location"] == reverse("storefront:order", args=[order.token])
    assert states(order) == {MerchantOrderState.PLACED}
    again = client.post(reverse("storefront:pay_again", args=[order.token]))
    assert again.headers["Location"] == reverse("storefront:order", args=[order.token])


def test_leaving_the_bank_is_noticed_at_once_and_the_page_may_be_opened_again(
    client: Client, order: Order
) -> None:
    page = to_bank(client, order)
    assert to_bank(client, order) == page
    client.post(f"{page}quitter/")
    left = client.get(page)
    assert left.headers["Location"].endswith(reverse("storefront:order_back", args=[order.token]))
    client.get(reverse("storefront:order_back", args=[order.token]))
    told = order_paid(order)
    assert (told.is_checking, told.unpaid_cents) == (False, order.total_cents)
    assert to_bank(client, order) != page


def test_the_page_for_events_settles_and_refuses_as_it_should(client: Client, order: Order) -> None:
    to_bank(client, order)
    bank.pay(BankSession.objects.get(), at=datetime.now(UTC))
    charge = BankCharge.objects.select_related("account", "session").order_by("pk")[0]
    body = json.dumps(
        {
            "id": "be_1",
            "type": "charge.captured",
            "demonstration": True,
            "account": charge.account.reference,
            "charge": charge.reference,
        }
    )
    good = sign(body.encode(), secrets=secrets(), at=datetime.now(UTC))

    def told(signature: str, *, provider: str = "simulated", text: str = body) -> int:
        return client.post(
            reverse("storefront:payment_events", args=[provider]),
            text,
            content_type="application/json",
            headers={"Bank-Signature": signature},
        ).status_code

    assert told("") == told(good[:-1] + "x") == told(good, text=body + " ") == 400
    assert told(good, provider="stripe") == 404
    assert told(good, text="x" * 300_000) == 413
    assert not InboxEvent.objects.exists()
    assert told(good) == told(good) == 200
    assert InboxEvent.objects.get().repeats == 1
    assert MerchantOrderState.PLACED in states(order)


def test_nobody_pays_or_looks_under_a_link_that_opens_nothing(client: Client, cast: Cast) -> None:
    assert client.post(reverse("storefront:pay_again", args=["nothing"])).status_code == 404
    assert client.get(reverse("storefront:order_back", args=["nothing"])).status_code == 404
    assert client.get("/banque/nothing/").status_code == 404
    assert cast


def test_a_bank_reached_under_another_name_goes_on_by_a_page(client: Client, order: Order) -> None:
    """A policy lets no form lead to another host: a page that opens by itself does."""
    page = to_bank(client, order)
    answer = client.post(page, {**CARD, "number": bank.AT_ONCE}, headers={"host": "127.0.0.1:8000"})
    assert answer.status_code == 200
    assert answer.headers["Refresh"].startswith("0; url=http://localhost:8000/")
    assert "La banque a terminé" in answer.content.decode()


def test_whoever_loses_the_connection_at_the_bank_finds_the_way_back(
    client: Client, order: Order
) -> None:
    page = to_bank(client, order)
    lost = client.post(page, {**CARD, "number": "4000000000003220"})
    if lost.status_code == 302:
        lost = client.get(page)
    assert lost.status_code == 504
    back = reverse("storefront:order_back", args=[order.token])
    link = f'href="http://localhost:8000{back}"'
    assert link in lost.content.decode()
    assert client.get(back).headers["Location"] == reverse("storefront:order", args=[order.token])
    assert states(order) == {MerchantOrderState.PLACED}
