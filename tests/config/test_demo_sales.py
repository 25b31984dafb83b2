"""The demonstration's orders stand in every state, through the very actions of the pages."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from tests.cast import Cast
from tests.factories import logistics, market, payments

from chalandise.accounts.models import User
from chalandise.config.demo.hall import KEEPER, keep_hall
from chalandise.config.demo.sales import sell
from chalandise.fulfilment.models import Fulfilment, HandOver
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.logistics.queries.keepers import points_kept_by
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.watching import watch_payments
from chalandise.payments.models import Payment, Refund

pytestmark = pytest.mark.django_db


def test_the_orders_of_the_demonstration_stand_in_every_state(cast: Cast) -> None:
    for shop in (cast.bakery, cast.bookshop):
        market.shop(shop, on_hand=200, capacity=50)
        payments.merchant_account(shop, at=market.NOW)
    logistics.parcel(cast.bookshop)
    shops = [cast.bakery, cast.bookshop, cast.bookshop]
    assert sell(shops, cast.lot, nadia=cast.nadia, at=market.NOW, random=Random(7)) > 10
    orders = set(MerchantOrder.objects.values_list("state", flat=True))
    assert orders == set(MerchantOrderState)
    for one in OutboxEvent.objects.order_by("pk"):
        dispatch([one])
    assert not DeadLetter.objects.exists()
    states = set(Fulfilment.objects.values_list("state", flat=True))
    assert states == set(FulfilmentState) - {FulfilmentState.PACKED}  # the hall has those, below
    watch_payments(at=market.NOW)  # as the job does every minute
    paid = Payment.objects.values_list("state", flat=True)
    assert set(paid) == {"captured", "cancelled", "requested"}
    promised = list(Refund.objects.order_by("pk"))
    reasons = {one.reason for one in promised}
    assert {"cancelled", "declined", "uncollected"} <= reasons
    for refund in promised[1:]:
        send_refund(refund.pk, at=market.NOW)
    assert set(Refund.objects.values_list("state", flat=True)) == {"requested", "done"}
    called_off = MerchantOrder.objects.filter(state="cancelled")
    assert called_off.exclude(reason="").exists()
    awaited = Order.objects.filter(merchant_orders__state="awaiting_payment", source="phone")
    assert awaited.get().expires_at > market.NOW + timedelta(hours=2)
    assert HandOver.objects.exists()


def test_the_hall_has_its_keeper_and_parcels_there_and_on_their_way(cast: Cast) -> None:
    market.shop(cast.bakery, on_hand=200, capacity=50)
    payments.merchant_account(cast.bakery, at=market.NOW)
    point = logistics.pooled_point(cast.lot)
    logistics.joins(point, cast.bakery)
    assert keep_hall([cast.bakery], cast.lot, at=market.NOW, random=Random(7)) == point
    rosa = User.objects.get(email=KEEPER)
    assert list(points_kept_by(rosa)) == [point]
    states = Fulfilment.objects.filter(merchant_order__way_kind="point")
    assert {"ready", "packed", "preparing"} == set(states.values_list("state", flat=True))
    assert states.filter(bags_arrived=1, bags=2).exists()
