"""Who forgot what they ordered twice pays online (fault 26)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import market

from chalandise.fulfilment.models import Fulfilment, NoShow
from chalandise.fulfilment.queries.customers import customer_keys
from chalandise.ordering.models import Order

pytestmark = pytest.mark.django_db


def test_fault_26_whoever_forgot_three_times_is_asked_to_pay_online(cast: Cast) -> None:
    at = timezone.now()
    shop = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (shop.offers[0], 1), at=at)
    address = reverse("storefront:checkout_pay", args=[checkout.form_token])
    page = Client().get(address).content.decode()
    assert "Au moment du retrait" in page
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    for days in (1, 2, 3):
        order = market.ordered(cast.lot, (shop.offers[1], 1), pays="on_collection")
        missed = Fulfilment.objects.get_or_create(merchant_order=order.merchant_orders.get())[0]
        NoShow.objects.bulk_create(
            NoShow(fulfilment=missed, customer=key, missed_at=at - timedelta(days=days))
            for key in customer_keys(checkout.customer_email)
        )
    assert "Au moment du retrait" not in Client().get(address).content.decode()
    before = Order.objects.count()
    answer = Client().post(address, hidden | {"pays": "on_collection", "terms": "1"})
    assert answer.status_code == 422
    assert Order.objects.count() == before
