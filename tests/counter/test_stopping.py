"""A merchant stops selling online: the shelf is empty, orders go on, papers stay; and comes back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue, market

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries import terms_of
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.journal.states import Actor
from chalandise.ordering.models import MerchantOrder
from chalandise.organisations.models import Membership

pytestmark = pytest.mark.django_db
BY = Actor("person", "1", "Claire Fournil")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_shop_stops_finishes_what_was_ordered_and_begins_again(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    offer = shop.offers[0]
    off = catalogue.product(cast.bakery, "Retiré avant", state="withdrawn")
    order = market.ordered(cast.lot, (offer, 1)).merchant_orders.get()
    client = signed_in(cast.claire)
    address = reverse("counter:stop_selling", args=[cast.bakery.slug])
    page = client.get(address).content.decode()
    assert "1 commande est en cours" in page
    assert "3 produits quittent l’étal" in page
    assert client.post(address, {"do": "stop"}).status_code == 422
    assert terms_of([offer.pk], at=market.NOW)[offer.pk].is_orderable
    said = client.post(address, {"do": "stop", "sure": "yes"}, follow=True).content.decode()
    assert "Vous ne vendez plus en ligne" in said
    assert "1 commande reste à terminer" in said
    assert set(Product.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert not terms_of([offer.pk], at=market.NOW)[offer.pk].is_orderable
    accept(order, by=BY, at=market.NOW)
    mark_ready(order, by=BY, at=market.NOW)
    assert MerchantOrder.objects.get().state == "accepted"
    for name in ("counter:papers", "counter:board", "counter:shelf", "counter:selling"):
        assert client.get(reverse(name, args=[cast.bakery.slug])).status_code == 200
    again = client.post(address, {"do": "again"}, follow=True).content.decode()
    assert "3 produits sont revenus" in again
    assert terms_of([offer.pk], at=market.NOW)[offer.pk].is_orderable
    off.refresh_from_db()
    assert off.state == "withdrawn"  # it was off the shelf before


def test_only_an_owner_stops_the_sales_of_a_shop(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    organisation = cast.bakery.organisation
    assert organisation is not None
    Membership.objects.create(organisation=organisation, user=cast.nadia, role="member")
    address = reverse("counter:stop_selling", args=[cast.bakery.slug])
    for user in (cast.nadia, cast.idris, cast.helene):
        answer = signed_in(user).post(address, {"do": "stop", "sure": "yes"})
        assert answer.status_code in (403, 404)
    assert terms_of([shop.offers[0].pk], at=market.NOW)[shop.offers[0].pk].is_orderable
