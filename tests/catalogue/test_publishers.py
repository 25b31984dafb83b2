"""A book says who publishes it (GPSR, article 19): typed once for each publisher, never again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.catalogue.actions import edit_product, import_products
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries.publishing import missing_to_publish

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-18 10:30")
BY = catalogue.BY
NAME = catalogue.PUBLISHER["manufacturer_name"]


def said(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def book(cast: Cast, **fields: object) -> Product:
    new = {"publisher_price_cents": 250}
    return catalogue.product(cast.bookshop, "Roman", category="livres", new=new, **fields)


@pytest.mark.parametrize(
    ("safety", "labels", "missing"),
    [
        ({}, [], ("publisher",)),
        ({"manufacturer_name": "A"}, [], ("publisher",)),
        ({"is_own_make": "yes"}, [], ()),
        (catalogue.PUBLISHER, [], ()),
        ({}, ["second_hand"], ()),
    ],
)
def test_a_new_book_waits_for_its_publisher(
    cast: Cast, safety: dict[str, str], labels: list[str], missing: tuple[str, ...]
) -> None:
    made = book(cast, state="draft", safety=safety, labels=labels)
    assert missing_to_publish(made) == missing


def test_the_address_of_a_publisher_is_typed_once(cast: Cast) -> None:
    book(cast)
    stranger = catalogue.product(cast.bakery, "Livre de pain", category="livres", safety={})
    second = book(cast, safety={})
    edit_product(second, {"safety": {"manufacturer_name": NAME.upper()}}, by=BY, at=NOW)
    second.refresh_from_db()
    assert second.safety == {**catalogue.PUBLISHER, "manufacturer_name": NAME.upper()}
    Product.objects.filter(pk=stranger.pk).update(state="draft")
    stranger.refresh_from_db()
    edit_product(stranger, {"safety": {"manufacturer_name": NAME}}, by=BY, at=NOW)
    assert stranger.safety == {"manufacturer_name": NAME}  # what another merchant typed is theirs


def test_a_file_names_publishers_and_gives_an_address_once(cast: Cast) -> None:
    catalogue.categories()
    book(cast)
    head = "Nom;Prix;Catégorie;Prix éditeur;Éditeur;Adresse éditeur;Courriel de l’éditeur"
    rows = [
        "Un;12;Livres;12;Vents d’Autan;2 rue Basse;vents@exemple.test",
        *(f"Suite {number};12;Livres;12;Vents d’Autan;;" for number in range(6)),
        f"Autre;12;Livres;12;{NAME};;",
        "Pain;3;Pains;;Vents d’Autan;;",
    ]

    def statements(count: int) -> int:
        text = "\n".join([head, *rows[:count]])
        with CaptureQueriesContext(connection) as captured:
            import_products(cast.bookshop, text.encode(), by=BY, at=NOW)
        return sum("manufacturer_name" in one["sql"] and "SELECT" in one["sql"] for one in captured)

    assert statements(7) <= 1
    statements(9)
    kept = dict(Product.objects.values_list("name", "safety"))
    assert kept["Suite 5"] == kept["Un"]
    assert kept["Un"]["manufacturer_address"] == "2 rue Basse"
    assert kept["Autre"] == catalogue.PUBLISHER
    assert kept["Pain"] == {}


def test_the_form_asks_a_bookseller_for_three_lines_and_the_page_shows_them(
    cast: Cast, freeze: Any, client: Client
) -> None:
    freeze("2026-11-18 10:30")
    client.force_login(cast.idris, backend="django.contrib.auth.backends.ModelBackend")
    made = book(cast, state="draft", safety={})
    page = reverse("counter:product", args=[cast.bookshop.slug, made.pk])
    shown = said(client.get(page))
    assert "une seule fois par éditeur" in shown
    assert "E-mail ou site de l’éditeur" in shown
    assert "responsible_name" not in shown
    data = {"name": "Roman", "category": "livres", "publisher_price": "2,50"}
    assert client.post(page, {**data, **catalogue.PUBLISHER}).status_code == 302
    made.refresh_from_db()
    assert missing_to_publish(made) == ()
    Product.objects.update(state="published")
    told = said(Client().get(f"/produits/{made.slug}/"))
    assert f"<dt>Éditeur</dt><dd>{NAME}" in told
    assert "Fabricant" not in told
