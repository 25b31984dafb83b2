"""Whoever types « miel » wants honey as much as a beekeeper: products stand above shops."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories import catalogue, directory

from chalandise.discovery import names, reader, store
from chalandise.web import freshness, page_cache

pytestmark = pytest.mark.django_db
Build = Callable[[], int]
ROW = re.compile(r'<section aria-labelledby="products-found">.*?</section>', re.DOTALL)


@pytest.fixture
def shelf(cast: Cast, build: Build) -> None:
    catalogue.product(cast.bakery, "Pain aux noix", price_cents=450)
    catalogue.product(cast.bakery, "Miel de châtaignier", price_cents=950)
    catalogue.product(cast.bookshop, "Le miel et les abeilles", price_cents=1250, category="livres")
    build()


def row_of(client: Client, query: str) -> str:
    found = ROW.search(client.get(f"/recherche/{query}").content.decode())
    return found[0] if found else ""


def shown(client: Client, query: str) -> set[str]:
    row = row_of(client, query)
    return {
        name
        for name in ("Pain aux noix", "Miel de châtaignier", "Le miel et les abeilles")
        if name in row
    }


@pytest.mark.usefixtures("shelf")
class TestTheRow:
    def test_it_shows_products_their_shop_their_price_and_the_way_to_the_others(
        self, client: Client
    ) -> None:
        row = row_of(client, "?q=miel")
        assert "Miel de châtaignier" in row
        assert "Au Pain de Chanvre" in row
        assert "9,50" in row
        assert 'href="/produits/?q=miel"' in row
        assert "Voir les 2 produits" in row

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?q=miel&place=Figeac", {"Le miel et les abeilles"}),
            ("?q=miel&territory=commune-46042", {"Miel de châtaignier"}),
            ("?q=miel&territory=commune-46042&around=1", {"Miel de châtaignier"}),
            ("?q=miel&category=boulangerie", {"Miel de châtaignier"}),
            ("?q=miel&service=reservation", {"Miel de châtaignier"}),
            ("?q=miels", {"Miel de châtaignier", "Le miel et les abeilles"}),
            ("?q=abeiles", {"Le miel et les abeilles"}),
            ("", set()),
            ("?place=Figeac", set()),
            ("?q=miel&label=organic", set()),
            ("?q=xylophone", set()),
        ],
    )
    def test_it_answers_the_same_question_as_the_shops(
        self, client: Client, query: str, expected: set[str]
    ) -> None:
        assert shown(client, query) == expected

    def test_its_link_leads_to_the_same_products_and_no_others(self, client: Client) -> None:
        row = row_of(client, "?q=miel&category=boulangerie&service=reservation&sort=name")
        address = re.search(r'class="link-more" href="([^"]+)"', row)
        assert address
        page = client.get(address[1].replace("&amp;", "&")).content.decode()
        assert "Miel de châtaignier" in page
        assert "Le miel et les abeilles" not in page
        assert "Un produit" in page

    def test_shops_that_fit_the_words_are_not_pushed_away_by_products_that_do_not(
        self, cast: Cast, client: Client, build: Build
    ) -> None:
        directory.establishment("Maison Noxi")
        build()
        assert "Maison Noxi" in client.get("/recherche/?q=noxi").content.decode()
        assert shown(client, "?q=noxi") == set()  # « noix » is one letter away

    def test_no_shop_but_products_says_so(self, client: Client) -> None:
        page = client.get("/recherche/?q=abeilles").content.decode()
        assert "Aucun commerce ne se présente avec ces mots" in page
        assert "Rien par ici" not in page

    def test_without_an_index_there_is_no_row_and_shops_are_still_found(
        self, client: Client
    ) -> None:
        (store.root() / "current").unlink()
        reader.forget()
        assert shown(client, "?q=pain") == set()
        assert "Au Pain de Chanvre" in client.get("/recherche/?q=pain").content.decode()

    def test_products_are_suggested_and_every_line_says_what_it_is(self, client: Client) -> None:
        items = client.get("/recherche/suggestions/?field=what&q=mie").json()["items"]
        assert {(one["label"], one["detail"]) for one in items} == {
            ("Miel de châtaignier", "Produit · Au Pain de Chanvre"),
            ("Le miel et les abeilles", "Produit · Le Livre d’Olt"),
        }
        assert all(one["url"].startswith("/produits/") for one in items)
        both = client.get("/recherche/suggestions/?field=what&q=pain").json()["items"]
        said = {one["detail"].split(" · ")[0] for one in both}
        assert {"Commerce", "Produit"} <= said
        only = client.get("/recherche/suggestions/?field=product&q=pain").json()["items"]
        assert [one["label"] for one in only] == ["Pain aux noix"]


def test_the_row_costs_the_same_at_two_sizes(cast: Cast, client: Client, build: Build) -> None:
    def cost() -> int:
        build()
        page_cache.shelf.clear()
        freshness.forget()
        names.forget()
        with CaptureQueriesContext(connection) as captured:
            assert "Voir" in row_of(client, "?q=brioche")
        return len(captured)

    for number in range(2):
        catalogue.product(cast.bakery, f"Brioche {number:02}", price_cents=100)
    client.get("/recherche/?q=brioche")
    first = cost()
    for number in range(2, 9):
        catalogue.product(cast.bakery, f"Brioche {number:02}", price_cents=100)
    assert cost() == first == 5  # freshness, portal, scopes, categories, all about the products


@pytest.mark.usefixtures("shelf")
def test_shops_come_first_when_the_word_is_a_trade(client: Client) -> None:
    """Whoever types « boulangerie » looks for a door, and finds the bread below."""
    page = client.get("/recherche/?q=boulangerie").content.decode()
    assert page.index('class="cards') < page.index('id="products-found"')
    assert 'href="#products-found">' in page
    goods = client.get("/recherche/?q=miel").content.decode()
    assert 'href="#products-found"' not in goods


@pytest.mark.parametrize(
    ("words", "is_trade"),
    [("Boulangeries", True), ("pain", False), ("livres", False), ("", False)],
)
def test_a_word_names_a_trade_or_goods(cast: Cast, words: str, is_trade: bool) -> None:
    names.forget()
    assert names.names_a_trade(words) is is_trade
