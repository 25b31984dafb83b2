"""What the pay page says of the bank's pages: one for all shops, or one for each (Stripe)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import market

from chalandise.payments.models import MerchantAccount

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("provider", "said", "unsaid"),
    [
        ("simulated", "une fois pour les 2 commerçants", "à la suite"),
        ("stripe", "2 courtes pages à la suite, une par commerçant", "une fois pour"),
    ],
)
def test_a_customer_of_two_shops_knows_how_many_pages_follow(
    cast: Cast, client: Client, settings: Any, freeze: Any, provider: str, said: str, unsaid: str
) -> None:
    now = freeze("2026-11-18 10:30")
    settings.PAYMENT_PROVIDER, settings.STRIPE_KEY = provider, "sk_test_123"
    shops = [market.shop(one) for one in (cast.bakery, cast.bookshop)]
    for place, shop in enumerate(shops):
        organisation = shop.establishment.organisation
        assert organisation is not None
        MerchantAccount.objects.create(
            organisation=organisation, provider=provider, reference=f"acct_{place}", is_ready=True
        )
    checkout = market.checked_out(cast.lot, *((one.offers[0], 1) for one in shops), at=now)
    address = reverse("storefront:checkout_pay", args=[checkout.form_token])
    page = client.get(address).content.decode()
    assert said in page
    assert unsaid not in page
