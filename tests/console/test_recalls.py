"""A recall from the desk: off the shelves of this portal, buyers and merchants told once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue, market

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product, Variant
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.messaging.models import Message

pytestmark = pytest.mark.django_db
GTIN = "3017620422003"
Sit = Callable[[User], Client]


def test_what_is_called_back_leaves_the_shelf_and_whoever_bought_it_is_told(
    at_desk: Sit, cast: Cast, freeze: Any
) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 1))
    far = catalogue.product(cast.bookshop)
    sold = shop.offers[0].variant
    Variant.objects.filter(pk=sold.pk).update(gtin=GTIN)
    page = reverse("console:recalls")
    helene = at_desk(cast.helene)
    said = {"gtin": "3 017620 422003", "reason": "Morceaux de verre. Rapportez-le."}
    looked = helene.post(page, said).content.decode()
    assert "1 commande des six derniers mois en contient" in looked
    assert Product.objects.get(pk=sold.product_id).state == "published"
    done = helene.post(page, {**said, "do": "recall"}, follow=True).content.decode()
    assert "1 produit a quitté son étal" in done
    assert Product.objects.get(pk=sold.product_id).state == "withdrawn"
    assert Product.objects.get(pk=far.pk).state == "published"
    for _again in range(2):
        dispatch(list(OutboxEvent.objects.filter(kind="catalogue.product_recalled")))
    letters = {one.template: one for one in Message.objects.filter(template__contains="recall")}
    assert sorted(letters) == ["product_recalled", "product_recalled_for_shop"]
    assert letters["product_recalled"].to == order.customer_email
    assert letters["product_recalled_for_shop"].to == "claire@exemple.test"
    for one in letters.values():
        assert "Morceaux de verre" in one.text
        assert GTIN in one.html
    assert Message.objects.filter(template__contains="recall").count() == 2


def test_the_desk_of_another_place_takes_nothing_off_here(at_desk: Sit, cast: Cast) -> None:
    made = catalogue.product(cast.bakery)
    Variant.objects.filter(product=made).update(gtin=GTIN)
    odile = Client(SERVER_NAME=cast.elsewhere.host or "localhost")
    odile.force_login(cast.odile, backend="django.contrib.auth.backends.ModelBackend")
    answer = odile.post(reverse("console:recalls"), {"gtin": GTIN, "reason": "x", "do": "recall"})
    assert "Personne ne vend ce code-barres ici" in answer.content.decode()
    assert Product.objects.get(pk=made.pk).state == "published"
    bad = odile.post(reverse("console:recalls"), {"gtin": "3017620422004", "reason": "x"})
    assert bad.status_code == 422
