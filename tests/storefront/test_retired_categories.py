"""An address that narrows by a category somebody retired shows what took its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast
from tests.factories import catalogue, directory

from chalandise.directory.actions.classifying import retire_category
from chalandise.directory.models import Category
from chalandise.journal.states import Actor

pytestmark = pytest.mark.django_db


def retire(*, moving_to: Category | None) -> None:
    one = Category.objects.get(pk="boulangerie")
    retire_category(one, moving_to=moving_to, by=Actor.system("test"), at=timezone.now())


@pytest.fixture
def pastry(cast: Cast) -> Category:
    branch = directory.category("alimentation", "Alimentation")
    Category.objects.filter(pk="boulangerie").update(parent=branch)
    return directory.category("patisserie", "Pâtisserie", parent=branch)


@pytest.mark.parametrize(
    ("path", "name", "shown"),
    [
        ("/commerces/", "category", "Au Pain de Chanvre"),
        ("/recherche/", "category", "Au Pain de Chanvre"),
        ("/carte/", "category", "Au Pain de Chanvre"),
        ("/t/grand-cahors/commerces/", "category", "Au Pain de Chanvre"),
        ("/produits/", "trade", "Pain aux noix"),
    ],
)
def test_a_list_follows_what_took_the_place_and_keeps_the_rest_of_the_question(
    pastry: Category,
    cast: Cast,
    client: Client,
    build: Callable[[], int],
    path: str,
    name: str,
    shown: str,
) -> None:
    catalogue.product(cast.bakery, "Pain aux noix")
    retire(moving_to=pastry)
    build()
    answer = client.get(path, {"territory": "commune-46042", name: "boulangerie"})
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{path}?territory=commune-46042&{name}=patisserie",
    )
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert shown in page.content.decode()


def test_the_page_of_a_category_keeps_the_rest_of_the_question_too(
    pastry: Category, client: Client
) -> None:
    retire(moving_to=pastry)
    answer = client.get("/categories/boulangerie/?service=pickup&utm=x")
    assert answer["Location"] == "/categories/patisserie/?service=pickup"


def test_the_api_answers_with_what_took_the_place(
    pastry: Category, client: Client, build: Callable[[], int]
) -> None:
    retire(moving_to=pastry)
    build()
    asked = {"category": "boulangerie", "territory": "commune-46042"}
    found = client.get("/api/v1/establishments", asked).json()
    assert [one["name"] for one in found["items"]] == ["Au Pain de Chanvre"]
    assert (
        client.get("/api/v1/map", {**asked, "bbox": "1,44,2,45", "zoom": 16}).json()["count"] == 1
    )


def test_a_category_that_nothing_replaced_still_shows_its_shops(
    pastry: Category, client: Client, build: Callable[[], int]
) -> None:
    retire(moving_to=None)
    build()
    answer = client.get("/commerces/", {"category": "boulangerie"})
    assert answer.status_code == 200
    assert "Au Pain de Chanvre" in answer.content.decode()
