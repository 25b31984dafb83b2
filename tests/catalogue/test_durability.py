"""How long a product lasts and who repairs it: said where it concerns the product, told before buying."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, market

from chalandise.catalogue.actions import edit_product, import_products
from chalandise.catalogue.classification import product_categories
from chalandise.catalogue.durability import (
    DURABILITY,
    as_pairs,
    check_durability,
    sayable,
    take_back_of,
)
from chalandise.catalogue.errors import BadFieldError
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries import terms_of
from chalandise.ordering.models import Order
from chalandise.settlements.papers.contracts import contract_sheet

NOW = moment("2026-11-18 10:30")
BY = catalogue.BY
KETTLE = {
    "guarantee_years": "5",
    "guarantee_producer": "Tout-Inox",
    "index_kind": "repairability",
    "index_score": "7.8",
    "spare_parts": "10 ans, sur commande",
    "after_sales": "réparée à l’atelier",
}
TOLD = "Garantie commerciale de durabilité du producteur : 5 ans, sans frais, sur tout le produit"


def said(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def kettle(cast: Cast, **fields: object) -> Product:
    return catalogue.product(
        cast.bookshop, "Bouilloire", category="electromenager", durability=KETTLE, **fields
    )


def test_bread_is_asked_nothing_and_each_word_of_the_file_is_known() -> None:
    assert sayable("pains") == sayable("livres") == frozenset()
    assert "updates" in sayable("image-son-informatique")
    for spec in product_categories():
        assert sayable(spec.key) <= set(DURABILITY)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"guarantee_years": "03", "guarantee_producer": "A"}, {"guarantee_years": "3"}),
        ({"index_score": "7,8"}, {"index_score": "7.8", "index_kind": "repairability"}),
        ({"index_score": "10/10", "index_kind": "durability"}, {"index_score": "10.0"}),
        ({"index_score": "", "index_kind": "durability"}, {}),
    ],
)
def test_what_is_typed_is_kept_in_one_shape(typed: dict[str, str], kept: dict[str, str]) -> None:
    assert kept.items() <= check_durability(typed).items()
    assert kept or not check_durability(typed)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"guarantee_years": "2", "guarantee_producer": "A"}, "few_years"),
        ({"guarantee_years": "dix", "guarantee_producer": "A"}, "few_years"),
        ({"guarantee_years": "100", "guarantee_producer": "A"}, "few_years"),
        ({"guarantee_years": "5"}, "no_producer"),
        ({"guarantee_producer": "A"}, "no_years"),
        ({"index_score": "11"}, "not_an_index"),
        ({"index_score": "7,85"}, "not_an_index"),
        ({"index_score": "7", "index_kind": "beauty"}, "unknown_value"),
        ({"spare_parts": "x" * 301}, "too_long"),
    ],
)
def test_what_no_label_says_is_refused(typed: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        check_durability(typed)


@pytest.mark.django_db
def test_a_guarantee_has_years_and_a_producer_in_the_database_too(cast: Cast) -> None:
    made = kettle(cast)
    with pytest.raises(BadFieldError, match="few_years"):
        edit_product(made, {"durability": {**KETTLE, "guarantee_years": "1"}}, by=BY, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(durability={"guarantee_years": "5"})


@pytest.mark.django_db
def test_a_product_filed_anew_says_only_what_its_kind_speaks_of(cast: Cast) -> None:
    assert [key for key, _text in as_pairs(KETTLE, category_key="meubles")] == [
        "guarantee_years",
        "guarantee_producer",
        "spare_parts",
        "after_sales",
    ]
    made = kettle(cast)
    offer = catalogue.offer_of(made)
    assert dict(terms_of([offer.pk], at=NOW)[offer.pk].durability) == KETTLE
    Product.objects.update(category="pains")
    assert terms_of([offer.pk], at=NOW)[offer.pk].durability == ()


def test_old_things_are_taken_back_for_new_ones_only() -> None:
    assert take_back_of("electromenager", []) == "electronics"
    assert take_back_of("meubles", ["bio"]) == "furniture"
    assert take_back_of("meubles", ["second_hand"]) == take_back_of("pains", []) == ""


@pytest.mark.django_db
def test_the_page_of_a_product_tells_it_before_it_is_bought(cast: Cast, client: Client) -> None:
    shown = said(client.get(f"/produits/{kettle(cast).slug}/"))
    assert f"{TOLD} – Tout-Inox" in shown
    assert shown.index("Indice de réparabilité : 7,8/10") < shown.index('name="quantity"')
    assert "<dt>Pièces détachées</dt><dd>10 ans, sur commande</dd>" in shown
    assert "Votre ancien appareil du même genre est repris gratuitement" in shown
    bread = catalogue.product(cast.bakery, "Tourte", durability=KETTLE)
    other = said(client.get(f"/produits/{bread.slug}/"))
    for word in ("durabilité", "réparabilité", "Pièces détachées", "repris"):
        assert word not in other


@pytest.mark.django_db
def test_a_merchant_says_how_the_old_one_is_taken_back(cast: Cast, client: Client) -> None:
    made = catalogue.product(
        cast.bookshop, "Armoire", category="meubles", durability={"take_back": "Nous l’emportons."}
    )
    shown = said(client.get(f"/produits/{made.slug}/"))
    assert "Nous l’emportons." in shown
    assert "plus petits vendeurs" not in shown


@pytest.mark.django_db
def test_the_recap_and_the_contract_repeat_it(cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    offer = market.shop(cast.bakery).offers[0]
    Product.objects.filter(variants__offer=offer).update(
        category="electromenager", durability=KETTLE
    )
    checkout = market.checked_out(cast.lot, (offer, 1))
    page = reverse("storefront:checkout_pay", args=[checkout.form_token])
    shown = said(Client(SERVER_NAME="localhost").get(page))
    above = shown.partition("button--order")[0]
    assert (
        f"{TOLD} – Tout-Inox · Indice de réparabilité : 7,8/10 · Pièces détachées : 10 ans" in above
    )
    order = market.ordered(cast.lot, (offer, 1), pays="on_collection")
    (line,) = Order.objects.get(pk=order.pk).recap["merchants"][0]["lines"]
    assert line["durability"] == KETTLE
    sections = dict(contract_sheet(order).sections)
    assert "5 ans, sans frais" in str(sections).replace("\u202f", " ")


@pytest.mark.django_db
def test_the_form_offers_it_where_it_concerns_the_product(cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    client = Client()
    client.force_login(cast.idris, backend="django.contrib.auth.backends.ModelBackend")
    made = kettle(cast, state="draft")
    page = reverse("counter:product", args=[cast.bookshop.slug, made.pk])
    assert 'name="index_score" value="7,8"' in said(client.get(page))
    data = {
        "name": "Bouilloire",
        "category": "electromenager",
        "guarantee_years": "2",
        "guarantee_producer": "Tout-Inox",
        "index_kind": "durability",
        "index_score": "8,1",
    }
    refused = client.post(page, data)
    assert refused.status_code == 422
    assert "le label vaut pour plus de deux ans" in said(refused)
    assert client.post(page, {**data, "guarantee_years": "4"}).status_code == 302
    made.refresh_from_db()
    assert made.durability == {
        "guarantee_years": "4",
        "guarantee_producer": "Tout-Inox",
        "index_kind": "durability",
        "index_score": "8.1",
    }
    bread = catalogue.product(cast.bookshop, "Pain")
    other = client.get(reverse("counter:product", args=[cast.bookshop.slug, bread.pk]))
    assert not any(f'name="{key}"' in said(other) for key in DURABILITY)


@pytest.mark.django_db
def test_a_file_says_it_too_and_what_it_cannot_say_is_left_aside(cast: Cast) -> None:
    catalogue.categories()
    head = "Nom;Prix;Catégorie;Garantie producteur (ans);Garant;Indice de réparabilité;SAV"
    rows = [
        "Bouilloire;39;electromenager;5;Tout-Inox;7,8;à l’atelier",
        "Mixeur;29;electromenager;1;Tout-Inox;;",
        "Pain;3;pains;5;Fournil;9;",
    ]
    report = import_products(cast.bookshop, "\n".join([head, *rows]).encode(), by=BY, at=NOW)
    assert [row.warnings for row in report.rows] == [(), (("guarantee_years", "few_years"),), ()]
    kept = dict(Product.objects.values_list("name", "durability"))
    assert kept["Bouilloire"] == {
        "guarantee_years": "5",
        "guarantee_producer": "Tout-Inox",
        "index_kind": "repairability",
        "index_score": "7.8",
        "after_sales": "à l’atelier",
    }
    assert kept["Mixeur"] == kept["Pain"] == {}


@pytest.mark.django_db
def test_the_page_of_bringing_a_file_names_these_columns(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.idris, backend="django.contrib.auth.backends.ModelBackend")
    file = SimpleUploadedFile(
        "produits.csv",
        "Nom;Prix;Catégorie;Garantie producteur (ans)\nMixeur;9;electromenager;1\n".encode(),
    )
    page = reverse("counter:import_file", args=[cast.bookshop.slug])
    tried = said(client.post(page, {"file": file}, follow=True))
    assert "Garanti par le producteur pendant (années)" in tried
    assert "vaut pour trois ans au moins" in tried
