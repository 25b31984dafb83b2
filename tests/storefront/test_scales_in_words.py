"""What is said of the scales is what they do: paid online never more, paid at the counter after a yes."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import bank, market, payments
from tests.factories.fulfilment import MERCHANT

from chalandise.catalogue.models import Offer
from chalandise.fulfilment.actions.preparing import accept
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import Pays
from chalandise.payments.actions.visiting import continue_visit
from chalandise.settlements.papers.contracts import contract_sheet

pytestmark = pytest.mark.django_db
PAID, LATER = "jamais plus ; moins vous est rendu", "jamais plus de 10 % en plus"


def read(client: Client, address: str) -> str:
    page = unescape(client.get(address, headers={"accept-language": "fr"}).content.decode())
    return re.sub(r"\s+", " ", page.replace("\u202f", " ").replace("\xa0", " "))


def weighed_offer(cast: Cast) -> Offer:
    offer = market.shop(cast.bakery).offers[0]
    Offer.objects.filter(pk=offer.pk).update(
        is_weight_priced=True, estimate_grams=400, tolerance_percent=10
    )
    return offer


def ordered(cast: Cast, pays: str) -> MerchantOrder:
    order = market.ordered(cast.lot, (weighed_offer(cast), 2), pays=pays)
    if pays == Pays.ONLINE:
        visit = payments.visit(order, at=market.NOW)
        payments.pay(visit, bank.AT_ONCE, at=market.NOW)
        continue_visit(visit, at=market.NOW)
    part = order.merchant_orders.get()
    accept(part, by=MERCHANT, at=market.NOW)
    return part


def test_product_and_recap_tell_both_ways_apart(cast: Cast, client: Client, freeze) -> None:
    freeze("2026-11-18 10:30")
    offer = weighed_offer(cast)
    checkout = market.checked_out(cast.lot, (offer, 1))
    recap = reverse("storefront:checkout_pay", args=[checkout.form_token])
    product = reverse("storefront:product", args=[offer.variant.product.slug])
    for page in (read(client, recap), read(client, product)):
        assert re.search("payé en ligne : jamais plus que cette estimation", page, re.IGNORECASE)
        assert LATER in page


@pytest.mark.parametrize(
    ("pays", "said", "unsaid", "in_contract", "to_merchant"),
    [
        (Pays.ONLINE, PAID, LATER, "jamais plus que l’estimation", "ne paie jamais plus"),
        (Pays.ON_COLLECTION, LATER, PAID, LATER, "est d’abord consulté"),
    ],
)
def test_order_contract_and_counter_say_what_holds_for_this_way_of_paying(
    cast: Cast,
    client: Client,
    freeze,
    pays: str,
    said: str,
    unsaid: str,
    in_contract: str,
    to_merchant: str,
) -> None:
    freeze("2026-11-18 10:30")
    part = ordered(cast, pays)
    page = read(client, reverse("storefront:order", args=[part.order.token]))
    assert "environ 800 g" in page
    assert said in page
    assert unsaid not in page
    contract = " ".join(text for _title, text in contract_sheet(part.order).sections)
    assert in_contract in contract.replace("\u202f", " ").replace("\xa0", " ")
    claire = Client(SERVER_NAME="localhost")
    claire.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    assert to_merchant in read(claire, reverse("counter:order", args=[cast.bakery.slug, part.pk]))
