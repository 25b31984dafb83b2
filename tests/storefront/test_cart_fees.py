"""What getting things costs is said in the basket, from the first step (law §1, fault 51)."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.cast import Cast
from tests.factories import logistics, market

from chalandise.catalogue.models import Offer
from chalandise.logistics.models import DeliveryZone, PickupPoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _morning(freeze: object) -> None:
    assert callable(freeze)
    freeze("2026-11-18 10:30")


def basket(client: Client, *offers: Offer, quantity: int = 1) -> str:
    """Put things into the basket; return what it says, spaces made plain."""
    for offer in offers:
        client.post("/panier/ajouter/", {"offer": str(offer.pk), "quantity": str(quantity)})
    page = client.get("/panier/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>|\u202f|\xa0", " ", page))


def test_each_shop_says_what_collecting_and_delivery_cost(cast: Cast, client: Client) -> None:
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop)
    logistics.zone(cast.bakery)  # 4,90 €
    page = basket(client, bakery.offers[0], books.offers[0])
    assert page.count("Retrait gratuit") == 2
    assert page.count("Retrait gratuit · Livraison dès 4,90 €") == 1
    assert "Retrait ou livraison possible sans frais" in page
    assert "Aucuns frais de service" in page


def test_the_whole_begins_with_the_cheapest_way_of_each(cast: Cast, client: Client) -> None:
    shop = market.shop(cast.bakery)
    PickupPoint.objects.filter(pk=shop.point.pk).update(is_active=False)
    logistics.zone(cast.bakery)
    page = basket(client, shop.offers[0])
    price = shop.offers[0].price_cents
    whole = f"{(price + 490) // 100},{(price + 490) % 100:02d} €"
    assert "Retrait gratuit" not in page
    assert "Retrait ou livraison dès 4,90 €" in page
    assert f"Total, à partir de {whole}" in page


def test_a_round_below_its_minimum_says_from_which_sum(cast: Cast, client: Client) -> None:
    shop = market.shop(cast.bakery)
    logistics.zone(cast.bakery)
    DeliveryZone.objects.update(minimum_order_cents=2000)
    assert "Retrait gratuit · Livraison dès 20,00 € d’achat" in basket(client, shop.offers[0])
    full = basket(client, shop.offers[0], quantity=20)
    assert "Livraison dès 4,90 €" in full


def test_a_rate_that_falls_with_the_order_is_the_one_of_this_order(
    cast: Cast, client: Client
) -> None:
    shop = market.shop(cast.bakery)
    rate = {"kind": "free_from", "cents": 490, "from_cents": shop.offers[0].price_cents}
    logistics.zone(cast.bakery, rate=rate)
    assert "Livraison gratuite" in basket(client, shop.offers[0])


def test_new_books_are_brought_for_what_the_law_asks_at_least(cast: Cast, client: Client) -> None:
    shop = market.shop(cast.bookshop, category="livres")
    logistics.zone(cast.bookshop, rate={"kind": "flat", "cents": 0})
    offer = shop.offers[0]
    Offer.objects.filter(pk=offer.pk).update(publisher_price_cents=offer.price_cents)
    assert "Retrait gratuit · Livraison dès 3,00 €" in basket(client, offer)


def test_new_books_in_a_gift_basket_are_books_like_any_other(cast: Cast, client: Client) -> None:
    basket_of = market.gift(cast.bakery, cast.bookshop)
    logistics.zone(cast.bakery, rate={"kind": "flat", "cents": 0})
    assert "Retrait gratuit · Livraison dès 3,00 €" in basket(client, basket_of)


def test_what_is_only_sent_says_so_and_a_point_says_its_fee(cast: Cast, client: Client) -> None:
    shop = market.shop(cast.bakery)
    PickupPoint.objects.filter(pk=shop.point.pk).update(is_active=False)
    logistics.joins(logistics.pooled_point(cast.lot), cast.bakery, fee_cents=100)
    logistics.parcel(cast.bakery)
    page = basket(client, shop.offers[0])
    assert re.search(r"Retrait dès 1,00 € · Envoi dès \d+,\d\d €", page)


def test_a_shop_with_no_way_promises_none(cast: Cast, client: Client) -> None:
    shop = market.shop(cast.bakery)
    PickupPoint.objects.filter(pk=shop.point.pk).update(is_active=False)
    page = basket(client, shop.offers[0])
    assert "Retrait" not in page.partition("Sous-total")[2]
