"""The shelves: found by words, narrowed by links and a form, without script, at a fixed price."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.directory.models import Category
from chalandise.discovery import names, reader, store
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.web import freshness, page_cache

pytestmark = pytest.mark.django_db
Build = Callable[[], int]


@pytest.fixture
def shelf(cast: Cast, build: Build) -> None:
    catalogue.product(cast.bakery, "Pain aux noix", price_cents=450, is_made_here=True)
    catalogue.product(
        cast.bakery,
        "Tarte aux prunes",
        price_cents=1800,
        category="patisseries",
        season_months=[timezone.localdate().month],
    )
    catalogue.product(cast.bookshop, "Légendes du Quercy", price_cents=1250, category="livres")
    picked = Selection.objects.create(portal=cast.lot, title="Sous le sapin", slug="sous-le-sapin")
    SelectionItem.objects.create(selection=picked, establishment=cast.bookshop)
    Selection.objects.create(portal=cast.lot, title="Sans personne", slug="vide")
    build()


def tiles(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/produits/{query}").content.decode()
    names = ("Pain aux noix", "Tarte aux prunes", "Légendes du Quercy")
    return [name for name in names if name in page]


@pytest.mark.usefixtures("shelf")
class TestNarrowing:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["Pain aux noix", "Tarte aux prunes", "Légendes du Quercy"]),
            ("?q=noi", ["Pain aux noix"]),
            ("?q=tartes", ["Tarte aux prunes"]),
            ("?made_here=1", ["Pain aux noix"]),
            ("?in_season=1", ["Tarte aux prunes"]),
            ("?selection=sous-le-sapin", ["Légendes du Quercy"]),
            ("?selection=vide", []),
            ("?shop=au-pain-de-chanvre-cahors", ["Pain aux noix", "Tarte aux prunes"]),
            ("?price_min=5&price_max=12,50", ["Légendes du Quercy"]),
            ("?price_min=12,50&price_max=5", ["Légendes du Quercy"]),
            ("?category=boulangerie-patisserie", ["Pain aux noix", "Tarte aux prunes"]),
            ("?place=Figeac", ["Légendes du Quercy"]),
            ("?territory=commune-46102&around=1&sort=nearest", ["Légendes du Quercy"]),
            ("?q=introuvable", []),
        ],
    )
    def test_what_is_asked_narrows(self, client: Client, query: str, expected: list[str]) -> None:
        assert tiles(client, query) == expected

    @pytest.mark.parametrize(
        "query",
        [
            "?price_min=NaN&price_max=1e99",
            "?sort=nearest&cursor=%00&free_of=noise&shop=%00",
            "?near=1,2,3&category=%00&service=x&label=y&open=z",
            "?selection=%00&in_season=oui",
            "?selection=inconnue",
        ],
    )
    def test_nonsense_still_shows_the_shelves(self, client: Client, query: str) -> None:
        assert len(tiles(client, query)) == 3

    def test_the_trade_that_narrows_is_named_in_the_readers_language(self, client: Client) -> None:
        Category.objects.filter(pk="boulangerie").update(plural="Fournils", plural_en="Bakeries")
        for language, shown, other in (
            ("fr", "Fournils", "Bakeries"),
            ("en", "Bakeries", "Fournils"),
        ):
            answer = client.get(
                "/produits/?trade=boulangerie", headers={"accept-language": language}
            )
            assert shown in answer.content.decode()
            assert other not in answer.content.decode()

    def test_only_the_plain_list_and_its_categories_are_for_search_engines(
        self, client: Client
    ) -> None:
        def says_noindex(query: str) -> bool:
            return "noindex" in client.get(f"/produits/{query}").content.decode()

        assert not says_noindex("")
        assert not says_noindex("?category=pains")
        assert says_noindex("?category=pains&sort=price")
        assert says_noindex("?q=pain")

    def test_the_form_carries_the_other_filters_along(self, client: Client) -> None:
        page = client.get("/produits/?made_here=1&sort=price&cursor=abc").content.decode()
        assert '<input type="hidden" name="made_here" value="1">' in page
        assert '<input type="hidden" name="sort" value="price">' in page
        assert 'name="cursor"' not in page

    def test_without_index_names_are_looked_up_and_the_page_says_so(self, client: Client) -> None:
        (store.root() / "current").unlink()
        reader.forget()
        assert tiles(client, "?q=noix") == ["Pain aux noix"]
        assert "reprend son souffle" in client.get("/produits/?q=noix").content.decode()
        assert tiles(client, "?in_season=1") == ["Tarte aux prunes"]
        assert tiles(client, "?selection=sous-le-sapin") == ["Légendes du Quercy"]

    def test_the_season_is_a_filter_only_where_something_has_one(self, client: Client) -> None:
        assert "in_season=1" in client.get("/produits/").content.decode()
        assert "in_season=1" not in client.get("/produits/?category=livres").content.decode()

    def test_a_selection_shows_what_its_shops_sell(self, client: Client) -> None:
        page = client.get("/selections/sous-le-sapin/").content.decode()
        assert "Légendes du Quercy" in page
        assert "Pain aux noix" not in page
        assert "/produits/?selection=sous-le-sapin" in page


def test_pages_follow_each_other(cast: Cast, client: Client, build: Build) -> None:
    for number in range(26):
        catalogue.product(cast.bakery, f"Brioche {number:02}", price_cents=100 + number)
    build()
    first = client.get("/produits/?sort=price").content.decode()
    assert "Brioche 23" in first
    assert "Brioche 24" not in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(f"/produits/{following[1].replace('&amp;', '&')}").content.decode()
    assert "Brioche 24" in second
    assert "Brioche 23" not in second


@pytest.mark.parametrize(
    "address",
    ["/produits/", "/produits/?q=pain&sort=price&price_max=9&shop=au-pain-de-chanvre-cahors"],
)
def test_a_list_costs_the_same_at_two_sizes(
    cast: Cast, client: Client, build: Build, address: str
) -> None:
    def cost() -> int:
        build()
        page_cache.shelf.clear()
        freshness.forget()
        names.forget()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    for number in range(2):
        catalogue.product(cast.bakery, f"Pain {number}", price_cents=300)
    first = cost()
    for number in range(12):
        catalogue.product(cast.bakery, f"Pain long {number}", price_cents=300)
    assert cost() == first <= 13


@pytest.mark.usefixtures("shelf")
class TestElsewhere:
    def test_the_sheet_of_a_shop_shows_its_own_stall(self, cast: Cast, client: Client) -> None:
        page = client.get(f"/commerces/{cast.bakery.slug}/").content.decode()
        assert "À l’étal" in page
        assert f'href="/produits/?shop={cast.bakery.slug}"' in page
        assert "Pain aux noix" in page
        assert "Légendes du Quercy" not in page

    def test_home_shows_what_is_made_nearby_and_nothing_else(self, client: Client) -> None:
        page = client.get("/").content.decode()
        assert "Produits faits près de chez vous" in page
        assert "Pain aux noix" in page
        assert "Légendes du Quercy" not in page

    def test_the_site_map_leads_to_every_product_of_the_portal(self, client: Client) -> None:
        assert "/plan-des-produits-1.xml" in client.get("/sitemap.xml").content.decode()
        page = client.get("/plan-des-produits-1.xml").content.decode()
        assert page.count("<loc>http://localhost:8000/produits/") == 3
        assert client.get("/plan-des-produits-2.xml").status_code == 404
        within = client.get("/t/grand-cahors/plan-des-produits-1.xml").content.decode()
        assert within.count("<loc>") == 2


def test_without_products_neither_title_shows(cast: Cast, client: Client, build: Build) -> None:
    build()
    assert "À l’étal" not in client.get(f"/commerces/{cast.bakery.slug}/").content.decode()
    assert "faits près" not in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["/", "/commerces/au-pain-de-chanvre-cahors/"])
def test_rows_of_products_cost_the_same_at_two_sizes(
    cast: Cast, client: Client, build: Build, address: str
) -> None:
    def cost() -> int:
        build()
        client.get(address)
        page_cache.shelf.clear()
        freshness.forget()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    catalogue.product(cast.bakery, "Pain 0", price_cents=300, is_made_here=True)
    first = cost()
    for number in range(12):
        catalogue.product(cast.bakery, f"Pain {number}", price_cents=300, is_made_here=True)
    assert cost() == first <= 16
