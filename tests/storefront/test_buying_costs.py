"""What a whole purchase asks of the database, request by request (design §6: at most forty)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories import logistics, market

from chalandise.catalogue.models import Offer
from chalandise.web import freshness

FIELD = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
WAY = re.compile(r'type="radio" name="(way-\d+)" value="(pickup:[^"]+)"')
SLOT = re.compile(r'<select[^>]* name="(slot-[^"]+)">.*?<option value="([^"]+)"', re.DOTALL)
FRAMES = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")

BASKET = {"first thing": 2, "its basket": 4, "another thing": 3, "both": 4}
CHECKOUT = {
    "begin": 8,
    "who?": 1,
    "who": 2,
    "how?": 3,
    "how": 7,
    "the recap": 4,
    "the button": 12,
    "the order": 3,
}


class Buyer:
    """Somebody who goes from page to page, and what each asked of the database."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.counts: dict[str, int] = {}

    def get(self, step: str, address: str) -> str:
        with CaptureQueriesContext(connection) as asked:
            response = self.client.get(address)
        assert response.status_code == 200
        self._count(step, asked)
        return response.content.decode()

    def post(self, step: str, address: str, **form: str) -> str:
        with CaptureQueriesContext(connection) as asked:
            response = self.client.post(address, form)
        assert response.status_code == 302, response.content.decode()
        self._count(step, asked)
        return response["Location"]

    def _count(self, step: str, asked: CaptureQueriesContext) -> None:
        said = [row["sql"] for row in asked.captured_queries]
        self.counts[step] = len([sql for sql in said if not sql.startswith(FRAMES)])


def purchase(client: Client, offers: list[Offer]) -> dict[str, int]:
    """Buy two things at two shops, collected and paid there; return what each request asked."""
    buyer = Buyer(client)
    steps = [("first thing", "its basket"), ("another thing", "both")]
    for (put, look), offer in zip(steps, offers, strict=True):
        buyer.get(look, buyer.post(put, "/panier/ajouter/", offer=str(offer.pk), quantity="1"))
    address = buyer.post("begin", "/commande/")
    buyer.get("who?", address)
    address = buyer.post("who", address, name="Nadia", email="nadia@exemple.test")
    page = buyer.get("how?", address)
    found = [*reversed(WAY.findall(page)), *SLOT.findall(page)]  # the first way is the shop's own
    ways = {name: unescape(value) for name, value in found}
    address = buyer.post("how", address, **ways)
    page = buyer.get("the recap", address)
    form = {name: unescape(value) for name, value in FIELD.findall(page)}
    address = buyer.post("the button", address, **form, pays="on_collection", terms="1")
    buyer.get("the order", address)
    return buyer.counts


@pytest.mark.parametrize("has_more", [False, True], ids=["a counter each", "every way"])
def test_a_purchase_at_two_shops_costs_forty_statements_from_a_full_basket(
    cast: Cast, client: Client, freeze, monkeypatch: pytest.MonkeyPatch, *, has_more: bool
) -> None:
    freeze("2026-11-18 10:30")
    monkeypatch.setattr(freshness, "INTERVAL_SECONDS", 3600)  # nobody looks for news meanwhile
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    if has_more:
        hall = logistics.pooled_point(cast.lot)
        for shop in (cast.bakery, cast.bookshop):
            logistics.joins(hall, shop)
            logistics.zone(shop)
            logistics.parcel(shop)
    client.get("/panier/")  # the first visitor reads the portals
    counts = purchase(client, [bakery.offers[0], books.offers[0]])
    assert counts == {**BASKET, **CHECKOUT}
    assert sum(CHECKOUT.values()) <= 40
    again = purchase(client, [bakery.offers[0], books.offers[0]])  # who orders is known by now
    assert {step: again[step] for step in CHECKOUT} == CHECKOUT
