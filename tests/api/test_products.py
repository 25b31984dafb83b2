"""The API of products answers what it says, at the same price however much there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.api.test_contract import described
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.web import freshness, page_cache

Api = Callable[..., Any]
Build = Callable[[], int]

QUESTIONS: list[dict[str, Any]] = [
    {},
    {"q": "pain", "facets": "true"},
    {"near": "44.45,1.44", "radius": "10", "sort": "nearest"},
    {"service": ["pickup"], "free_of": ["gluten", "milk"], "label": ["organic"]},
    {"price_min": "100", "price_max": "999", "sort": "price", "limit": "1"},
    {"made_here": "true", "in_stock": "true", "open": "now", "sort": "newest"},
    {"shop": "au-pain-de-chanvre-cahors", "category": "pains"},
]


@pytest.fixture
def shelf(cast: Cast) -> list[int]:
    cents = (450, 120, 1290)
    return [catalogue.product(cast.bakery, f"Pain {one}", price_cents=one).pk for one in cents]


@pytest.mark.parametrize("query", QUESTIONS)
def test_an_answer_fits_its_description(
    shelf: list[int], api: Api, client: Client, query: dict[str, Any]
) -> None:
    text = client.get("/api/v1/openapi.json").content
    document = json.loads(
        text, object_pairs_hook=lambda pairs: {int(k) if k.isdigit() else k: v for k, v in pairs}
    )
    response = api("products", **query)
    assert response.status_code == 200, response.content
    described(document, "products").validate(response.json())
    names = {one["name"] for one in document["paths"]["/api/v1/products"]["get"]["parameters"]}
    assert set(query) <= names


def test_a_page_follows_the_other_in_order_of_price(shelf: list[int], api: Api) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        page = api("products", sort="price", limit=1, cursor=cursor).json()
        assert page["count"] == 3
        seen += [one["price_cents"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [120, 450, 1290]


def test_another_shop_has_nothing_of_it(shelf: list[int], api: Api) -> None:
    assert api("products", shop="personne").json()["count"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"prix": "1"},
        {"price_min": "-1"},
        {"price_min": "5", "price_max": "4"},
        {"free_of": "noise"},
        {"sort": "nearest"},
        {"sort": "name"},
        {"radius": "5"},
        {"cursor": "abc"},
        {"shop": "../etc"},
    ],
)
def test_what_cannot_be_read_is_a_problem(api: Api, query: dict[str, Any]) -> None:
    response = api("products", **query)
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] in {"bad_parameters", "bad_cursor"}


def test_a_page_costs_the_same_at_two_sizes(
    cast: Cast, client: Client, build: Build, shelf: list[int]
) -> None:
    def cost() -> int:
        build()
        page_cache.shelf.clear()
        freshness.forget()
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/api/v1/products?facets=true").status_code == 200
        return len(captured)

    first = cost()
    for number in range(12):
        catalogue.product(cast.bookshop, f"Livre {number}", category="livres")
    assert cost() == first <= 10
