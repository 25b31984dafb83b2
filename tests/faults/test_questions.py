"""Questions that are crafted, or that cost too much (81, 82)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast
from tests.factories import directory

from chalandise.web import freshness

INJECTIONS = [
    "name; DROP TABLE x",
    "name--",
    "-name",
    "?",
    "pk",
    "establishment__email",
    "organisation__memberships__user__password",
    "(SELECT 1)",
    "name'\"",
    "1",
    "name\x01",
    "name/**/",
    "%(x)s",
]


@pytest.mark.parametrize("value", INJECTIONS)
def test_fault_81_an_order_or_a_key_that_is_unknown_reaches_no_statement(
    cast: Cast, client: Client, build: Callable[[], int], value: str
) -> None:
    build()
    for parameter in (
        "sort",
        "territory",
        "category",
        "service",
        "label",
        "cursor",
        "near",
        "bbox",
    ):
        for address in ("/recherche/", "/commerces/", "/carte/", "/api/v1/establishments"):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address, {parameter: value})
            assert answer.status_code in {200, 404, 422}, (address, parameter)
            for query in queries:  # as a quoted value perhaps, never as a name
                quoted = value.replace("'", "''")
                bare = query["sql"].replace(f"'{quoted}'", "").replace(f"'%{quoted}%'", "")
                assert len(value) < 3 or value == "pk" or value not in bare, (address, parameter)


COSTLY: list[tuple[dict[str, str], int]] = [
    ({"bbox": "-180,-90,180,90"}, 200),
    ({"bbox": "1.4,44.4,1.5,44.5", "limit": "1000000000"}, 422),
    ({"near": "44.4,1.4", "radius": "99"}, 200),
    ({"near": "44.4,1.4", "radius": "1e9"}, 422),
    ({"near": "44.4,1.4", "radius": "inf"}, 422),
    ({"near": "nan,nan"}, 422),
    ({"bbox": "nan,nan,nan,nan"}, 422),
    ({"limit": "0"}, 422),
    ({"limit": "-1"}, 422),
    ({"cursor": "A" * 400}, 422),
    ({"cursor": "eyJvIjo5OTk5OTk5OTk5fQ"}, 422),
    ({"q": "a* OR *"}, 200),
    ({"q": "%%%%%"}, 200),
    ({"q": "(((((((((("}, 200),
    ({"q": " ".join("abcdefghij" for _word in range(900))}, 200),
    ({"q": "a" * 10_000}, 200),
    ({"open_at": "9999-12-31T23:59:59Z"}, 422),
    ({"open_at": "0001-01-01T00:00:00Z"}, 422),
]
NEEDED = {
    "/api/v1/map": {"bbox": "1.4,44.4,1.5,44.5", "zoom": "12"},
    "/api/v1/suggest": {"q": "pain"},
}
"""What an address asks of everybody, without which all it says is what lacks."""


def test_fault_82_a_costly_question_is_refused_or_bounded(
    cast: Cast, client: Client, build: Callable[[], int]
) -> None:
    build()
    client.get("/api/v1/establishments")  # what a process reads once is read
    answered: Counter[str] = Counter()
    for query, status in COSTLY:
        with CaptureQueriesContext(connection) as asked:
            answer = client.get("/api/v1/establishments", query)
        assert answer.status_code == status, query
        assert len(asked) <= 6, query
        assert len(answer.content) < 100_000
        for address in ("/recherche/", "/carte/", "/commerces/", *NEEDED):
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address, NEEDED.get(address, {}) | query)
            assert answer.status_code in {200, 422}, (address, query)
            assert len(asked) <= 30, (address, query)
            answered[address] += answer.status_code == 200
    assert min(answered.values()) >= 5, "an address refused all for what it lacked"


def test_fault_82_a_map_of_the_world_and_a_long_list_cost_the_same_at_two_sizes(
    cast: Cast,
    client: Client,
    build: Callable[[], int],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.PAGE_CACHE_MEGABYTES = 0
    monkeypatch.setattr(freshness, "INTERVAL_SECONDS", 3600)  # its look at the clock is no cost
    addresses = (
        "/api/v1/map?bbox=-180,-90,180,90&zoom=0",
        "/api/v1/map?bbox=1.4,44.4,1.5,44.5&zoom=22",
        "/api/v1/establishments?limit=100&facets=true",
        "/commerces/",
        "/recherche/?q=commerce",
        "/carte/",
        "/sitemap.xml",
        "/plan-des-commerces-1.xml",
        "/communes/",
        "/categories/",
    )

    def costs() -> dict[str, int]:
        counts = {}
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts[address] = len(queries)
        return counts

    for _number in range(3):
        directory.establishment()
    build()
    few = costs()
    for number in range(30):
        directory.establishment(
            category=directory.category(f"cle-{number % 9}", f"Clé {number % 9}")
        )
    build()
    many = costs()
    grown = {
        address: (few[address], many[address]) for address in few if many[address] > few[address]
    }
    assert not grown


def test_fault_82_a_body_or_a_form_too_large_is_refused(cast: Cast) -> None:
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    address = reverse("account_login")
    many = {f"f{number}": "1" for number in range(600)}
    assert client.post(address, many).status_code == 400
    heavy = client.post(address, {"email": "x" * 3_000_000})
    assert heavy.status_code in {400, 413}
    assert client.get("/?" + "&".join(f"a{n}=1" for n in range(600))).status_code < 500
