"""The pages of the basket and of the checkout are the pages that their templates write."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from tests.cast import Cast
from tests.factories import catalogue, logistics, market
from tests.storefront.test_moulded_pages import NASTY, write_plainly

from chalandise.catalogue.models import Offer, Product, ProductPhoto, Variant
from chalandise.ordering.models import Cart, Checkout, CheckoutPart
from chalandise.storefront.buying import cart_page, recap_page, way_page
from chalandise.web import pages

CHANGING = re.compile(rb'(csrfmiddlewaretoken" value=")[^"]+')
DRAWING = (pages, cart_page, recap_page, way_page)


def furnish(cast: Cast) -> list[Offer]:
    """Let two shops sell everything that a basket can show, and bring it in every way."""
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    wine, weighed, plain = bakery.offers
    Product.objects.filter(variants__offer=wine).update(
        name=NASTY, minimum_age=18, alcohol_degree="12.5", allergens=["gluten", "milk"],
        withdrawal_exception="perishable",
    )  # fmt: skip
    Variant.objects.filter(offer=plain).update(name=NASTY)
    Offer.objects.filter(pk=weighed.pk).update(
        is_weight_priced=True, estimate_grams=350, tolerance_percent=10
    )
    ProductPhoto.objects.create(
        product=weighed.variant.product, name="vue", alt=NASTY, width=900, height=900,
        position=0, added_at=catalogue.SINCE,
    )  # fmt: skip
    organisation = cast.bookshop.organisation
    assert organisation is not None
    catalogue.seller(
        organisation, vat_regime="franchise", legal_form=NASTY, address=f"{NASTY}\n46000",
        mediator_address=f"{NASTY}\n75000", mediator_url="https://exemple.test/?a=1&b='2'",
    )  # fmt: skip
    cast.bookshop.name = NASTY
    cast.bookshop.save(update_fields=["name"])
    logistics.zone(cast.bakery)
    logistics.parcel(cast.bookshop)
    point = logistics.pooled_point(cast.lot, name=NASTY)
    logistics.joins(point, cast.bakery)
    return [wine, weighed, plain, books.offers[0]]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_purchase_shows_what_the_templates_write(
    cast: Cast, client: Client, freeze, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    freeze("2026-11-18 10:30")
    offers = furnish(cast)
    changed = market.cart(cast.lot, (offers[0], 2), (offers[3], 1))
    Offer.objects.filter(pk=offers[3].pk).update(is_available=False)
    steps = [
        market.started(cast.lot, *((offer, 2) for offer in offers[:3])),
        market.checked_out(cast.lot, *((offer, 2) for offer in offers[:3])),
        market.checked_out(cast.lot, (offers[2], 1), kinds={cast.bakery.pk: "delivery"}),
        market.checked_out(cast.lot, (offers[2], 1), kinds={cast.bakery.pk: "point"}),
    ]
    Offer.objects.filter(pk=offers[3].pk).update(is_available=True)
    steps += [
        market.checked_out(cast.lot, (offers[2], 1), (offers[3], 1)),
        market.checked_out(cast.lot, (offers[3], 1), kinds={cast.bookshop.pk: "shipping"}),
    ]
    CheckoutPart.objects.filter(checkout=steps[1].pk).update(note=NASTY)
    firm = {"name": NASTY, "siren": "123456782", "vat_number": "", "address": f"{NASTY}\n46000"}
    Checkout.objects.filter(pk=steps[1].pk).update(customer_name=NASTY, business=firm)
    Offer.objects.filter(pk=offers[3].pk).update(is_available=False)

    def pages_of(checkout: Checkout) -> list[bytes]:
        root = f"/commande/{checkout.form_token}"
        return [
            read(f"{root}/vous/"),
            read(f"{root}/retrait/"),
            read(f"{root}/retrait/", {f"way-{cast.bakery.pk}": "pickup:0"}),
            read(f"{root}/paiement/"),
            read(f"{root}/paiement/", {"pays": "on_collection", "age": "1"}),
        ]

    def read(path: str, form: dict[str, str] | None = None) -> bytes:
        headers = {"accept-language": language}
        answer = (
            client.get(path, headers=headers)
            if form is None
            else client.post(path, form, headers=headers)
        )
        assert answer.status_code in (200, 302, 422)
        return re.sub(rb"\s+", b" ", CHANGING.sub(rb"\1", answer.content))

    def read_all() -> list[bytes]:
        found = []
        for cart in (None, changed, *(one.cart for one in steps)):
            client.cookies.clear()
            if isinstance(cart, Cart):
                client.cookies["cart"] = cart.token
            found.append(read("/panier/"))
        for one in steps:
            found += pages_of(one)
        return found

    first, again = read_all(), read_all()
    for module in DRAWING:
        monkeypatch.setattr(module, "fill_in", write_plainly)
    assert first == again == read_all()
    said = unescape(b"".join(first).decode())
    assert said.count(NASTY) > 20
    assert "csrfmiddlewaretoken" in said
