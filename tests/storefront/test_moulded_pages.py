"""Pages that come from a mould are the pages that their templates write."""

import re
from collections.abc import Hashable, Mapping

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.safestring import SafeString, mark_safe
from tests.cast import Cast
from tests.factories import catalogue, directory

from chalandise.catalogue.models import Offer, Product, ProductPhoto
from chalandise.directory.models import Establishment, ExceptionalClosing, Fact, Photo
from chalandise.web import drawing, page_cache, pages
from chalandise.web.moulds import Made, Own

NASTY = "<b>L’Échoppe & « fils » 'x' \"y\""


def write_plainly(
    template: str,
    *,
    same: Mapping[str, Hashable],
    own: Mapping[str, Own],
    made: Made | None = None,
) -> SafeString:
    """Write a page as its template would, without any mould."""
    seen = {**same, **own}
    seen |= made(seen) if made else {}
    return mark_safe(render_to_string(template, seen).strip())  # noqa: S308


def furnish(shop: Establishment) -> None:
    """Give a shop everything that a sheet can show."""
    shop.name = f"{NASTY} {'long ' * 14}".strip()
    shop.street, shop.complement = NASTY, NASTY
    shop.phone, shop.website = "+33565000001", "https://exemple.test/?a=1&b='2'"
    shop.order_url = "https://exemple.test/?a=1&b=2"
    shop.description = "<p>Bonjour <strong>à</strong> tous &amp; bienvenue</p>"
    shop.services, shop.labels = ["pickup", "reservation"], ["organic"]
    shop.hours_verified_at = shop.claimed_at = shop.created_at
    shop.save()
    for n in range(3):
        Photo.objects.create(
            establishment=shop, name=f"photo{n}", position=n, width=900, height=600 + n,
            alternative_text=NASTY if n else "",
        )  # fmt: skip
    shop.hours.create(purpose="collect", value="Sa,Su 09:00-11:00")
    ExceptionalClosing.objects.create(
        establishment=shop, starts_on="2026-12-24", ends_on="2026-12-26", reason=NASTY
    )
    Fact.objects.create(
        establishment=shop, field="name", source_kind="register", source_label="Sirene"
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_sheet_from_the_mould_is_the_sheet_of_the_template(
    cast: Cast, client: Client, freeze, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    freeze("2026-12-18 10:30")
    furnish(cast.bakery)
    bare = directory.establishment("Nue", hours="", latitude=None, longitude=None)
    plain = directory.establishment("Simple", latitude=44.45, longitude=1.44)
    paths = [f"{root}commerces/{one.slug}/?a=é&b=<" for one in (cast.bakery, bare, plain)
             for root in ("/", "/t/grand-cahors/")]  # fmt: skip

    def read() -> list[bytes]:
        page_cache.shelf.clear()
        answers = [client.get(path, headers={"accept-language": language}) for path in paths]
        assert {one.status_code for one in answers} == {200}
        return [re.sub(rb"\s+", b" ", one.content) for one in answers]

    first, again = read(), read()
    monkeypatch.setattr(pages, "fill_in", write_plainly)
    monkeypatch.setattr(drawing, "fill_in", write_plainly)
    assert first == again == read()
    assert len(set(first)) == len(paths)


def stock_shelf(shop: Establishment) -> list[Product]:
    """Make products of every kind, each showing other parts of the page."""
    rich = catalogue.product(
        shop, NASTY, description="<p>Faite <em>maison</em></p>", origin=NASTY, is_made_here=True,
        food_sheet={"ingredients": NASTY}, safety={"manufacturer_name": NASTY},
        alcohol_degree="12.5", minimum_age=18, labels=["second_hand"],
        allergens=["gluten"], withdrawal_exception="perishable",
    )  # fmt: skip
    for n in range(3):
        ProductPhoto.objects.create(
            product=rich, name=f"vue{n}", alt=NASTY if n else "", width=900, height=900 - n,
            position=n, added_at=catalogue.SINCE,
        )  # fmt: skip
    several = catalogue.product(shop, "Tourte", new={"variant_name": "Petite"})
    catalogue.variant(several, NASTY, price_cents=900)
    ordered = catalogue.product(shop, "Pièce montée", new={"made_to_order_minutes": 4000})
    weighed = catalogue.product(shop, "Comté", price_cents=2400)
    Offer.objects.filter(variant__product=weighed).update(
        is_weight_priced=True, estimate_grams=350, tolerance_percent=10
    )
    gone = catalogue.product(shop, "Flan")
    Offer.objects.filter(variant__product=gone).update(is_available=False)
    return [rich, several, ordered, weighed, gone, catalogue.product(shop, "Pain", allergens=None)]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_product_from_the_mould_is_the_product_of_the_template(
    cast: Cast, client: Client, freeze, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    freeze("2026-12-18 10:30")
    paths = [f"{root}produits/{one.slug}/?a=é&b=<" for one in stock_shelf(cast.bakery)
             for root in ("/", "/t/grand-cahors/")]  # fmt: skip

    def read() -> list[bytes]:
        page_cache.shelf.clear()
        answers = [client.get(path, headers={"accept-language": language}) for path in paths]
        assert {one.status_code for one in answers} == {200}
        return [re.sub(rb"\s+", b" ", one.content) for one in answers]

    first, again = read(), read()
    monkeypatch.setattr(pages, "fill_in", write_plainly)
    monkeypatch.setattr(drawing, "fill_in", write_plainly)
    assert first == again == read()
    assert len(set(first)) == len(paths)
