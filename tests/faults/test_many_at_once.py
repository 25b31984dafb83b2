"""Goods or slots that others hold: every door says so kindly, and nothing of the press is done.

The rooms' own tests wait for the locks; here the last step of an ending says that it could not have
them, and each door through which a person ends an order is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import logistics, market

from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.models import Fulfilment
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.models import MerchantOrder, Withdrawal
from chalandise.stock.errors import StockBusyError
from chalandise.storefront.following.withdrawal_keys import to_form

pytestmark = pytest.mark.django_db
BY = Actor("person", "1", "Claire Fournil")
Press = tuple[str, dict[str, str]]


def paid(cast: Cast, **details: Any) -> MerchantOrder:
    return bought(cast, market.shop(cast.bakery), **details)


def bought(cast: Cast, shop: market.Shop, **details: Any) -> MerchantOrder:
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online", **details)
    part = order.merchant_orders.get()
    mark_paid(part.pk, at=market.NOW)
    return MerchantOrder.objects.select_related("order").get(pk=part.pk)


def customer_cancels(cast: Cast) -> Press:
    part = paid(cast)
    return reverse("storefront:cancel_order", args=[part.order.token, part.pk]), {}


def customer_withdraws(cast: Cast) -> Press:
    part = bought(cast, market.shop(cast.bookshop, category="livres"))
    signed = {"name": "Nadia", "email": "nadia@exemple.test", "step": "confirm"}
    return to_form(part.order), {**signed, f"line-{part.lines.get().pk}": "2"}


def customer_ends_what_is_late(cast: Cast) -> Press:
    logistics.zone(cast.bakery)
    part = paid(cast, kinds={cast.bakery.pk: "delivery"})
    accept(part, by=BY, at=market.NOW)
    MerchantOrder.objects.update(promised_on=date(2026, 11, 12))
    Fulfilment.objects.update(demanded_at=market.NOW, demanded_until=date(2026, 11, 16))
    return reverse("storefront:late", args=[part.order.token, part.pk]), {}


def agent_calls_off(cast: Cast) -> Press:
    part = paid(cast)
    MerchantOrder.objects.update(to_arrange="slot_lost")
    return reverse("console:arrange", args=[part.pk]), {"do": "cancel"}


@pytest.mark.parametrize(
    ("step", "error"), [("release_stock", StockBusyError), ("release_slots", SlotsBusyError)]
)
@pytest.mark.parametrize(
    "door", [customer_cancels, customer_withdraws, customer_ends_what_is_late, agent_calls_off]
)
def test_a_press_that_meets_too_many_is_told_so_and_nothing_is_lost(
    cast: Cast,
    client: Client,
    freeze: Any,
    monkeypatch: pytest.MonkeyPatch,
    door: Callable[[Cast], Press],
    step: str,
    error: type[Exception],
) -> None:
    freeze("2026-11-18 10:30")
    address, form = door(cast)
    was = MerchantOrder.objects.values().get()

    def held_by_others(*_args: object, **_kwargs: object) -> None:
        raise error

    monkeypatch.setattr(f"chalandise.ordering.actions.serving.{step}", held_by_others)
    client.force_login(cast.helene, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(address, form)
    assert answer.status_code == 409
    assert "Beaucoup de monde commande en ce moment." in answer.content.decode()
    assert MerchantOrder.objects.values().get() == was
    assert not Withdrawal.objects.exists()
    assert not OutboxEvent.objects.filter(kind="ordering.refund_due").exists()
    monkeypatch.undo()
    assert client.post(address, form).status_code == 302
    assert OutboxEvent.objects.filter(kind="ordering.refund_due").count() == 1
