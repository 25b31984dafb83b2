"""Fish and shellfish: what article 35 of Regulation (EU) 1379/2013 has customers told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.catalogue.errors import BadFieldError
from chalandise.catalogue.fields import clean_product_field
from chalandise.catalogue.importing.parsing import parse_rows
from chalandise.catalogue.importing.tables import Table
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.catalogue.states import ProductState
from chalandise.config.demo.goods import goods_of

COD = {
    "commercial_name": "Cabillaud",
    "scientific_name": "Gadus morhua",
    "production": "sea",
    "gear": "hooks",
}


def test_a_gear_is_of_what_is_caught_and_of_the_list_of_the_law() -> None:
    assert clean_product_field("food_sheet", COD) == COD
    farmed = clean_product_field("food_sheet", {**COD, "production": "farmed"})
    assert isinstance(farmed, dict)
    assert "gear" not in farmed
    for wrong in ({"production": "magic"}, {"gear": "dynamite"}):
        with pytest.raises(BadFieldError):
            clean_product_field("food_sheet", wrong)


def test_a_file_says_it_in_the_words_of_merchants() -> None:
    header = ["name", "price", "category", "production", "gear", "scientific_name"]
    cells = [
        ("Bar", "29", "poissons", "Pêché en mer", "Ligne, hameçon", "Dicentrarchus labrax"),
        ("Truite", "15", "poissons", "élevage", "", "Oncorhynchus mykiss"),
        ("Sole", "35", "poissons", "élevé", "à la fourchette", "Solea solea"),
        ("Tourte", "4", "pains", "pêché", "ligne", ""),
    ]
    table = Table(header, [(number, list(one)) for number, one in enumerate(cells, start=2)])
    columns = {name: place for place, name in enumerate(header)}
    bass, trout, sole, bread = parse_rows(table, columns, shop_category="poissonnerie")
    assert (bass.food_sheet["production"], bass.food_sheet["gear"]) == ("sea", "hooks")
    assert trout.food_sheet == {"scientific_name": "Oncorhynchus mykiss", "production": "farmed"}
    assert ("gear", "unknown_value") in sole.warnings
    assert bread.food_sheet == {}


def test_the_fish_of_the_demonstration_says_it_all() -> None:
    fish = [one for one in goods_of("poissonnerie") if one.category == "poissons"]
    assert fish
    assert all(one.origin and dict(one.fish)["scientific_name"] for one in fish)


@pytest.mark.django_db
def test_fish_waits_until_all_that_article_35_asks_is_said(cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    cod = catalogue.product(cast.bakery, "Cabillaud de ligne", category="poissons")
    Product.objects.filter(pk=cod.pk).update(
        food_sheet={}, allergens=["fish"], state=ProductState.DRAFT
    )
    cod.refresh_from_db()
    lacking = {"commercial_name", "scientific_name", "production"}
    assert {f"food_sheet:{one}" for one in lacking} <= set(missing_to_publish(cod))
    claire = Client(SERVER_NAME="localhost")
    claire.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("counter:product", args=[cast.bakery.slug, cod.pk])
    shown = claire.get(page).content.decode()
    assert "Nom latin" in shown
    assert "la zone, par exemple golfe de Gascogne" in shown
    data = {"name": cod.name, "category": "poissons", "origin": "Golfe de Gascogne"}
    data |= {"allergens": "fish", **COD, "gear": ""}
    assert claire.post(page, data).status_code == 302
    cod.refresh_from_db()
    assert missing_to_publish(cod) == ("food_sheet:gear",)
    assert "Dites avec quoi il est pêché." in claire.get(page).content.decode()
    assert claire.post(page, {**data, "gear": "hooks"}).status_code == 302
    cod.refresh_from_db()
    assert missing_to_publish(cod) == ()
    assert cod.food_sheet == COD
    Product.objects.filter(pk=cod.pk).update(state=ProductState.PUBLISHED)
    told = Client().get(reverse("storefront:product", args=[cod.slug])).content.decode()
    for word in ("Gadus morhua", "pêché en mer", "lignes et hameçons", "Golfe de Gascogne"):
        assert word in told
