"""The page that describes the API says what the description for machines says."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_every_address_and_every_parameter_is_on_the_page(cast: Cast, client: Client) -> None:
    told = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/v1/")
    assert page.status_code == 200
    text = page.content.decode()
    for path, methods in told["paths"].items():
        assert path in text
        for one in methods["get"].get("parameters", ()):
            assert f"<code>{one['name']}</code>" in text
    assert "<code>provenance</code>" in text
    assert "`" not in text
    assert "region, departement, epci" in text  # what a parameter takes
    assert client.post("/api/v1/").status_code == 405
    assert "<script src=" not in text.replace('<script src="/static/', "")


def test_the_page_of_a_portal_below_names_its_own_addresses(cast: Cast, client: Client) -> None:
    text = client.get(f"/t/{cast.cahors.slug}/api/v1/").content.decode()
    assert f"/t/{cast.cahors.slug}/api/v1/establishments" in text
