"""What the API answers fits what it says it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from tests.cast import Cast

Api = Callable[..., Any]

QUESTIONS = [
    ("establishments", {}),
    ("establishments", {"q": "pain", "facets": "true"}),
    ("establishments", {"near": "44.45,1.44", "radius": "10", "service": ["pickup"]}),
    ("establishments", {"open": "now", "sort": "name", "limit": "1"}),
    ("map", {"bbox": "0,44,3,45", "zoom": "8"}),
    ("contours", {}),
    ("contours", {"kind": "commune"}),
    ("categories", {}),
    ("territories", {"kind": "commune"}),
    ("suggest", {"q": "ca"}),
]


def described(document: dict[str, Any], path: str, status: int = 200) -> Draft202012Validator:
    operation = document["paths"][f"/api/v1/{path}"]["get"]
    schema = operation["responses"][status]["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": document["components"]})


@pytest.fixture
def document(client: Client, cast: Cast) -> Any:
    text = client.get("/api/v1/openapi.json").content
    return json.loads(
        text, object_pairs_hook=lambda pairs: {int(k) if k.isdigit() else k: v for k, v in pairs}
    )


@pytest.mark.parametrize(("path", "query"), QUESTIONS)
def test_an_answer_fits_its_description(
    api: Api, document: dict[str, Any], path: str, query: dict[str, Any]
) -> None:
    response = api(path, **query)
    assert response.status_code == 200, response.content
    described(document, path).validate(response.json())
    names = {one["name"] for one in document["paths"][f"/api/v1/{path}"]["get"]["parameters"]}
    assert set(query) <= names


def test_one_establishment_fits_its_description_and_keeps_its_e_mail(
    api: Api, document: dict[str, Any], cast: Cast
) -> None:
    response = api(f"establishments/{cast.bakery.public_id}")
    described(document, "establishments/{public_id}").validate(response.json())
    assert "@" not in response.content.decode()


def test_the_description_is_openapi_3_1_and_no_page_of_a_third_party_shows_it(
    document: dict[str, Any], client: Client
) -> None:
    assert document["openapi"].startswith("3.1")
    for operations in document["paths"].values():
        for schema in operations["get"]["responses"].values():
            content = schema.get("content", {})
            for one in content.values():
                Draft202012Validator.check_schema(one["schema"])
    assert client.get("/api/v1/docs").status_code == 404


def test_pages_follow_each_other_without_repeating_or_losing_anybody(api: Api, cast: Cast) -> None:
    for query in ({}, {"sort": "name"}, {"near": "44.45,1.44"}, {"q": "lot"}):
        seen, cursor = [], ""
        while cursor is not None:
            page = api("establishments", limit=1, cursor=cursor, **query).json()
            assert page["count"] == 2
            seen += [one["slug"] for one in page["items"]]
            cursor = page["next"]
        assert sorted(seen) == sorted([cast.bakery.slug, cast.bookshop.slug]), query
