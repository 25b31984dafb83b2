"""A shop from which nothing can be had as things are says what is missing for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import logistics, market

from chalandise.logistics.models import PickupPoint
from chalandise.ordering.actions.checkout import Who, say_who

pytestmark = pytest.mark.django_db
ELSEWHERE = {**market.NADIA.address, "commune_key": "commune-46102", "commune_name": "Figeac"}


def asked_how(cast: Cast, client: Client, who: Who, freeze: object) -> str:
    shop = market.shop(cast.bakery)
    PickupPoint.objects.filter(pk=shop.point.pk).update(is_active=False)
    logistics.zone(cast.bakery)
    checkout = market.started(cast.lot, (shop.offers[0], 1))
    say_who(checkout, who, at=market.NOW)
    assert callable(freeze)
    freeze("2026-11-18 10:30")
    page = client.get(reverse("storefront:checkout_how", args=[checkout.form_token]))
    return page.content.decode()


def test_who_gave_no_address_is_asked_for_it(cast: Cast, client: Client, freeze: object) -> None:
    page = asked_how(cast, client, replace(market.NADIA, address={}), freeze)
    assert "il lui faut votre adresse" in page
    assert "Donner mon adresse" in page
    assert "aucun mode de retrait" not in page


def test_who_lives_elsewhere_is_told_so(cast: Cast, client: Client, freeze: object) -> None:
    page = asked_how(cast, client, replace(market.NADIA, address=ELSEWHERE), freeze)
    assert "ne livre pas à votre adresse" in page
    assert "Le retirer de mon panier" in page


def test_who_lives_in_the_zone_is_brought_it(cast: Cast, client: Client, freeze: object) -> None:
    page = asked_how(cast, client, market.NADIA, freeze)
    assert "Livraison par le commerçant" in page
    assert "Le retirer de mon panier" not in page


def test_where_every_time_is_taken_there_is_a_way_on(
    cast: Cast, client: Client, freeze: object
) -> None:
    shop = market.shop(cast.bakery)
    PickupPoint.objects.filter(pk=shop.point.pk).update(lead_minutes=60 * 24 * 40)
    checkout = market.started(cast.lot, (shop.offers[0], 1))
    say_who(checkout, market.NADIA, at=market.NOW)
    assert callable(freeze)
    freeze("2026-11-18 10:30")
    asked = reverse("storefront:checkout_how", args=[checkout.form_token])
    page = client.get(asked).content.decode()
    assert "plus de créneau pour le moment" in page
    assert "Rien n’est possible ici pour l’instant" in page
    assert "checked" not in page
