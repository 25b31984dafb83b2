"""Bad input gets a problem with a stable code, and nothing breaks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from chalandise.api.problems import KINDS

Api = Callable[..., Any]

BAD = [
    ("establishments", {"zz": "1"}, "bad_parameters"),
    ("establishments", {"categorie": "boulangerie"}, "bad_parameters"),
    ("establishments", {"limit": "1000000000"}, "bad_parameters"),
    ("establishments", {"limit": "0"}, "bad_parameters"),
    ("establishments", {"limit": "abc"}, "bad_parameters"),
    ("establishments", {"radius": "1e9", "near": "44,1"}, "bad_parameters"),
    ("establishments", {"radius": "nan", "near": "44,1"}, "bad_parameters"),
    ("establishments", {"radius": "5"}, "bad_parameters"),
    ("establishments", {"near": "91,1"}, "bad_parameters"),
    ("establishments", {"near": "44"}, "bad_parameters"),
    ("establishments", {"near": "nan,nan"}, "bad_parameters"),
    ("establishments", {"bbox": "1,2,3"}, "bad_parameters"),
    ("establishments", {"bbox": "3,45,1,44"}, "bad_parameters"),
    ("establishments", {"bbox": "a,b,c,d"}, "bad_parameters"),
    ("establishments", {"bbox": "1;DROP TABLE,2,3,4"}, "bad_parameters"),
    ("establishments", {"bbox": "-inf,-inf,inf,inf"}, "bad_parameters"),
    ("establishments", {"category": "../../etc"}, "bad_parameters"),
    ("establishments", {"territory": "' OR 1=1"}, "bad_parameters"),
    ("establishments", {"service": "free"}, "bad_parameters"),
    ("establishments", {"sort": "-email"}, "bad_parameters"),
    ("establishments", {"sort": "nearest"}, "bad_parameters"),
    ("establishments", {"open_at": "tomorrow"}, "bad_parameters"),
    ("establishments", {"open_at": "2026-11-18T10:00:00"}, "bad_parameters"),
    ("establishments", {"open_at": "2099-01-01T10:00:00Z"}, "bad_parameters"),
    ("establishments", {"q": "pain\x00"}, "bad_parameters"),
    ("establishments", {"q": ["pain", "vin"]}, "bad_parameters"),
    ("establishments", {"cursor": "AAAA"}, "bad_cursor"),
    ("establishments", {"cursor": "W10"}, "bad_cursor"),
    ("establishments", {"cursor": "é"}, "bad_cursor"),
    ("establishments", {"cursor": "x" * 500}, "bad_parameters"),
    ("establishments/not-a-uuid", {}, "not_found"),
    ("establishments/00000000-0000-0000-0000-000000000000", {}, "not_found"),
    ("establishments", {"portal": "tarn-et-garonne"}, "not_found"),
    ("map", {}, "bad_parameters"),
    ("map", {"bbox": "0,44,3,45"}, "bad_parameters"),
    ("map", {"bbox": "0,44,3,45", "zoom": "99"}, "bad_parameters"),
    ("territories", {"kind": "planet"}, "bad_parameters"),
    ("territories", {"cursor": "AAAA"}, "bad_cursor"),
    ("suggest", {}, "bad_parameters"),
    ("nothing", {}, "not_found"),
    ("docs", {}, "not_found"),
]


@pytest.mark.parametrize(("path", "query", "code"), BAD)
def test_a_bad_request_gets_a_problem(
    api: Api, path: str, query: dict[str, Any], code: str
) -> None:
    response = api(path, **query)
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    body = response.json()
    kind = next(one for one in KINDS if one.code == code)
    assert (body["code"], body["status"], body["type"]) == (code, kind.status, kind.type)
    assert response.status_code == kind.status
    assert body["title"]


def test_ten_thousand_letters_are_cut_without_a_word(api: Api, cast: Cast) -> None:
    response = api("establishments", q="pain " + "x" * 10_000)
    assert response.status_code == 200


def test_only_reading_is_possible(api: Api, client: Client) -> None:
    for method in (client.post, client.put, client.delete, client.patch):
        response = method("/api/v1/establishments")
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert client.options("/api/v1/establishments").status_code == 204
    head = client.head("/api/v1/establishments")
    assert (head.status_code, head.content) == (200, b"")


def test_a_caller_in_a_hurry_is_told_how_long_to_wait(
    api: Api, settings: Any, client: Client
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    settings.PAGE_CACHE_MEGABYTES = 0
    codes = [api("categories").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    response = api("categories")
    assert response.json()["code"] == "too_many_requests"
    assert 1 <= int(response["Retry-After"]) <= 60


def test_what_did_not_change_is_not_sent_again(api: Api, client: Client, settings: Any) -> None:
    for megabytes in (0, 8):
        settings.PAGE_CACHE_MEGABYTES = megabytes
        for _ in range(2):
            first = api("establishments")
            again = client.get("/api/v1/establishments", headers={"If-None-Match": first["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert first["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in first


def test_the_neighbour_never_shows(api: Api, cast: Cast, client: Client) -> None:
    addresses = [
        "establishments?q=canari",
        "establishments?q=epicerie&facets=true",
        "establishments?bbox=-180,-90,180,90&facets=true",
        "establishments?territory=commune-82121",
        "establishments?near=44.0178,1.355&radius=50",
        "map?bbox=1.3,44,1.4,44.05&zoom=16",
        "suggest?q=epicerie",
        "suggest?q=montau",
        "territories?q=mont",
    ]
    for address in addresses:
        for prefix in ("", "/t/grand-cahors"):
            text = client.get(f"{prefix}/api/v1/{address}").content.decode()
            assert "CANARI" not in text, address
            assert "82121" not in text, address
            assert "Montauban" not in text, address
    assert client.get(f"/api/v1/establishments/{cast.foreign_shop.public_id}").status_code == 404
    inside = client.get("/t/grand-cahors/api/v1/establishments").json()
    assert [one["slug"] for one in inside["items"]] == [cast.bakery.slug]
    assert inside["items"][0]["url"] == f"/t/grand-cahors/commerces/{cast.bakery.slug}/"
    asked = client.get("/api/v1/establishments?portal=grand-cahors").json()
    assert [one["slug"] for one in asked["items"]] == [cast.bakery.slug]
