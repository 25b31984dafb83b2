"""The demonstration's orders stand in every state, through the very actions of the pages."""

from __future__ import annotations

from random import Random

import pytest
from tests.cast import Cast
from tests.factories import market, payments

from chalandise.config.demo.sales import sell
from chalandise.fulfilment.models import Fulfilment, HandOver
from chalandise.ordering.models import MerchantOrder

pytestmark = pytest.mark.django_db


def test_the_orders_of_the_demonstration_stand_in_every_state(cast: Cast) -> None:
    for shop in (cast.bakery, cast.bookshop):
        market.shop(shop, on_hand=200, capacity=50)
        payments.merchant_account(shop, at=market.NOW)
    shops = [cast.bakery, cast.bookshop, cast.bookshop]
    assert sell(shops, cast.lot, nadia=cast.nadia, at=market.NOW, random=Random(7)) > 10
    orders = set(MerchantOrder.objects.values_list("state", flat=True))
    assert {"placed", "accepted", "completed", "declined"} <= orders
    states = set(Fulfilment.objects.values_list("state", flat=True))
    assert {"preparing", "ready", "handed_over", "stopped"} <= states
    assert HandOver.objects.exists()
