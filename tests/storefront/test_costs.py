"""A page costs the same number of queries whatever it shows, and nobody sees another's page."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories import directory, portals, territories

from chalandise.directory.models import ExceptionalClosing, Fact, Photo
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.web import freshness, page_cache

COSTS = {
    "/": 11,  # one asks whether the banner on alcohol is owed
    "/commerces/": 4,
    "/commerces/?letter=B": 5,
    "/categories/": 4,
    "/categories/boulangerie/": 7,
    "/communes/": 4,
    "/recherche/?q=boutique": 4,
    "/carte/": 7,
    "/commercants/?name=boutique": 4,
    "/selections/sous-le-sapin/": 6,
    "/t/grand-cahors/": 10,
    "/commerces/au-pain-de-chanvre-cahors/": 6,
    "/plan-des-commerces-1.xml": 4,
    "/a-propos/": 3,
}
"""The queries of each page for the first visitor, the two that read the portals included."""

CANARI = "CANARI-82"


def furnish(cast: Cast, number: int) -> None:
    chosen, _new = Selection.objects.get_or_create(
        portal=cast.lot, slug="sous-le-sapin", defaults={"title": "Sous le sapin"}
    )
    for n in range(number):
        shop = directory.establishment(f"Boutique {n}", latitude=44.4475 + n / 10_000)
        Photo.objects.create(establishment=shop, name=f"photo{shop.pk}", width=900, height=600)
        ExceptionalClosing.objects.create(
            establishment=shop, starts_on="2026-12-24", ends_on="2026-12-24"
        )
        Fact.objects.create(
            establishment=shop, field="name", source_kind="register", source_label="Sirene"
        )
        SelectionItem.objects.create(selection=chosen, establishment=shop, position=n)


def queries_of(client: Client, address: str) -> list[str]:
    page_cache.shelf.clear()
    freshness.forget()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("address", sorted(COSTS))
def test_a_page_costs_the_same_however_much_it_shows(
    cast: Cast, client: Client, build: Callable[[], int], freeze, address: str
) -> None:
    freeze("2026-11-18 10:30")
    furnish(cast, 3)
    build()
    queries_of(client, address)  # the first visit draws the map and reads the portals
    few = queries_of(client, address)
    furnish(cast, 20)
    build()
    many = queries_of(client, address)
    assert len(many) == len(few), "\n".join(many)
    assert len(few) == COSTS[address], "\n".join(few)


PAGES = [
    "/",
    "/commerces/",
    "/commerces/?letter=E",
    "/categories/",
    "/categories/boulangerie/",
    "/communes/",
    "/recherche/?q=canari",
    "/recherche/?q=epicerie",
    "/recherche/?place=Montauban",
    "/recherche/?near=44.0178,1.3550&place=Autour de moi",
    "/recherche/suggestions/?field=what&q=canari",
    "/recherche/suggestions/?field=place&q=montauban",
    "/carte/",
    "/commercants/?name=canari",
    "/commerces/au-pain-de-chanvre-cahors/",
    "/sitemap.xml",
    "/plan-des-pages.xml",
    "/plan-des-commerces-1.xml",
    "/a-propos/",
    "/t/grand-cahors/",
    "/t/grand-cahors/commerces/",
]


@pytest.mark.parametrize("address", PAGES)
def test_the_neighbours_shops_stay_at_the_neighbours(
    cast: Cast, client: Client, build: Callable[[], int], address: str
) -> None:
    """Fault 46: a canary of the next département sings nowhere here."""
    build()
    page = client.get(address).content.decode()
    assert CANARI not in page
    assert "canari-82" not in page


def test_two_portals_asked_in_turn_never_get_each_others_pages(
    cast: Cast, build: Callable[[], int]
) -> None:
    """Fault 47: host, portal and language are part of what a page is kept under."""
    build()
    lot, neighbour = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="voisin.test")
    for _time in range(2):
        for address in ("/", "/commerces/", "/carte/"):
            assert CANARI not in lot.get(address).content.decode()
            assert "Pain de Chanvre" not in neighbour.get(address).content.decode()
            english = lot.get(address, headers={"accept-language": "en"}).content.decode()
            assert '<html lang="en"' in english
            assert '<html lang="fr"' in lot.get(address).content.decode()
    assert CANARI in neighbour.get("/commerces/").content.decode()


def test_what_is_one_persons_own_is_kept_nowhere(cast: Cast, client: Client) -> None:
    client.force_login(cast.nadia, backend="django.contrib.auth.backends.ModelBackend")
    for address in ("/compte/", "/commerces/au-pain-de-chanvre-cahors/mettre-de-cote/"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_a_page_everybody_shares_holds_no_token_and_sets_no_cookie(
    cast: Cast, client: Client, build: Callable[[], int]
) -> None:
    build()
    for address in PAGES:
        response = client.get(address)
        assert not response.cookies, address
        assert b"csrfmiddlewaretoken" not in response.content, address


def test_pages_stay_light_however_many_shops_there_are(
    cast: Cast, client: Client, build: Callable[[], int], freeze
) -> None:
    freeze("2026-11-18 10:30")
    for number in range(12):
        portals.portal(
            territories.commune(f"46{number:03d}", f"Commune {number}"),
            slug=f"sous-{number}",
            parent=cast.lot,
        )
    furnish(cast, 30)
    build()
    freshness.forget()
    for address in COSTS:
        assert len(client.get(address).content) < 100_000, address
