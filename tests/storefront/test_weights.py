"""Pages stay light when all that can be on them is: 100 kB of HTML at most (`design.md` §6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue, directory, logistics, market, organisations
from tests.factories.fulfilment import CHEESE, line_with, placed

from chalandise.directory.models import Establishment
from chalandise.ordering.models import MerchantOrder

pytestmark = pytest.mark.django_db

MOST = 100_000
NAME = "Confiture de prunes d’Agen à l’ancienne, peu sucrée, au cassis de la vallée"
WORDS = "Cuite au chaudron de cuivre, par petites quantités, avec les fruits du verger. " * 12


@pytest.fixture
def shops(cast: Cast, freeze) -> list[Establishment]:
    """Four shops with ten products each, in several forms, collected, brought and sent."""
    freeze("2026-11-18 10:30")
    more = [
        directory.establishment(f"Maison {n} du Quercy", organisation=organisations.organisation())
        for n in range(2)
    ]
    found = [cast.bakery, cast.bookshop, *more]
    hall = logistics.pooled_point(cast.lot)
    for shop in found:
        market.shop(shop, prices=(450,) * 10, description=f"<p>{WORDS}</p>", labels=["organic"])
        logistics.zone(shop)
        logistics.parcel(shop)
        logistics.joins(hall, shop)
    return found


def light(client: Client, address: str) -> int:
    """Return how heavy a page is, and require that it is not too heavy."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    size = len(answer.content)
    assert size < MOST, f"{address}: {size}"
    return size


def test_the_pages_of_a_full_shelf_are_light(
    cast: Cast, client: Client, shops: list[Establishment], build
) -> None:
    product = catalogue.product(cast.bakery, NAME, description=f"<p>{WORDS}</p>")
    for size in range(12):
        catalogue.variant(product, f"{size} × 250 g, en bocaux", price_cents=500, position=size + 1)
    build()
    listed = light(client, "/produits/")
    assert listed > light(client, "/produits/?q=xylophone")  # what is measured is a full page
    light(client, f"/produits/{product.slug}/")


def test_the_pages_of_a_purchase_at_four_shops_are_light(
    cast: Cast, client: Client, shops: list[Establishment]
) -> None:
    wishes = [
        (catalogue.offer_of(product), 2)
        for shop in shops
        for product in shop.products.order_by("pk")[:5]
    ]
    checkout = market.checked_out(cast.lot, *wishes)
    for page in ("who", "how", "pay"):
        light(client, reverse(f"storefront:checkout_{page}", args=[checkout.form_token]))
    order = market.place(checkout, pays="on_collection")
    assert order.merchant_orders.count() == 4
    light(client, reverse("storefront:order", args=[order.token]))


def test_a_full_board_and_its_orders_are_light(cast: Cast, freeze) -> None:
    now: datetime = freeze("2026-11-20 12:00")
    claire = Client(SERVER_NAME="localhost")
    claire.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    for number in range(25):
        starts = now + timedelta(minutes=30 * number)
        ends = starts + timedelta(minutes=30)
        customer = {"customer_name": f"Marie-Antoinette de Castelnau-Montratier {number}"}
        placed(
            cast.lot,
            cast.bakery,
            lines=CHEESE * 4,
            customer=customer,
            note="Bien cuit, s’il vous plaît.",
            starts_at=starts,
            ends_at=ends,
        )
    part = MerchantOrder.objects.latest("pk")
    for number in range(20):
        line_with(part, f"{NAME}, {number}", allergens=["milk"])
    light(claire, reverse("counter:board", args=[cast.bakery.slug]))
    light(claire, reverse("counter:order", args=[cast.bakery.slug, part.pk]))
