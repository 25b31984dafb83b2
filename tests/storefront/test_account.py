"""What signing in brings together: the basket filled before, and the orders placed since."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import market
from tests.factories.orders import order_at

from chalandise.ordering.models import Cart, CartLine
from chalandise.storefront.buying.cart_cookie import SECRET

pytestmark = pytest.mark.django_db


def test_the_basket_filled_before_signing_in_is_the_persons_afterwards(
    client: Client, cast: Cast
) -> None:
    shop = market.shop(cast.bakery)
    market.cart(cast.lot, (shop.offers[0], 1), user=cast.nadia)
    add = reverse("storefront:add_to_cart")
    client.post(add, {"offer": shop.offers[0].pk, "quantity": "3"})
    client.post(add, {"offer": shop.offers[1].pk, "quantity": "2"})
    assert Cart.objects.count() == 2
    client.force_login(cast.nadia)
    for _look in range(2):
        page = client.get(reverse("storefront:cart"))
        assert page.status_code == 200
    assert Cart.objects.get().user == cast.nadia
    kept = dict(CartLine.objects.values_list("offer", "quantity"))
    assert kept == {shop.offers[0].pk: 3, shop.offers[1].pk: 2}
    assert client.cookies[SECRET].value == ""


def test_a_basket_becomes_the_persons_who_had_none(client: Client, cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    client.post(reverse("storefront:add_to_cart"), {"offer": shop.offers[0].pk, "quantity": "3"})
    client.force_login(cast.nadia)
    client.get(reverse("storefront:cart"))
    assert Cart.objects.get().user == cast.nadia


def test_my_orders_are_listed_and_nobody_elses(client: Client, cast: Cast) -> None:
    mine = order_at(cast.lot, cast.bakery, user=cast.nadia)
    other = order_at(cast.lot, cast.bakery, user=cast.idris)
    client.force_login(cast.nadia)
    shown = client.get(reverse("storefront:account")).content.decode()
    assert reverse("storefront:order", args=[mine.token]) in shown
    assert cast.bakery.name in shown
    assert other.number not in shown
    assert f'<span class="nowrap">{mine.number}</span>' in shown  # its hyphen breaks no line


def test_what_the_basket_refuses_is_said_aloud(client: Client, cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    add = reverse("storefront:add_to_cart")
    refused = client.post(add, {"offer": shop.offers[0].pk, "quantity": "zero"})
    assert refused.status_code == 422
    assert '<div class="notice notice--error" role="alert">' in refused.content.decode()
