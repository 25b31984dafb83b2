"""The directory, search and the map: the same shops, asked in different ways."""

import re

import pytest
from django.test import Client
from tests.cast import Cast
from tests.factories import directory, territories

from chalandise.discovery import facets
from chalandise.storefront.finding import communes
from chalandise.territories.queries import outlines
from chalandise.web import freshness, page_cache


def page_of(client: Client, address: str, language: str = "en") -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200, address
    return response.content.decode()


def names_in(page: str) -> list[str]:
    parts = page.split('<a class="card__link"')[1:]
    return [part.split(">", 1)[1].split("<", 1)[0] for part in parts]


def test_names_stand_as_a_french_reader_expects(cast: Cast, client: Client, build) -> None:
    for name in ("Étoffes du Lot", "Zèbre", "Eau vive", "Épices"):
        directory.establishment(name)
    build()
    assert names_in(page_of(client, "/commerces/")) == [
        "Au Pain de Chanvre",
        "Eau vive",
        "Épices",
        "Étoffes du Lot",
        "Le Livre d’Olt",
        "Zèbre",
    ]


def test_a_letter_opens_on_the_names_that_begin_with_it(cast: Cast, client: Client) -> None:
    for name in ("Étoffes du Lot", "Zèbre", "Eau vive", "2e main"):
        directory.establishment(name)
    assert names_in(page_of(client, "/commerces/?letter=E")) == ["Eau vive", "Étoffes du Lot"]
    assert names_in(page_of(client, "/commerces/?letter=Z")) == ["Zèbre"]
    assert names_in(page_of(client, "/commerces/?letter=0-9")) == ["2e main"]
    assert "No name begins like this" in page_of(client, "/commerces/?letter=Q")


def test_a_letter_is_read_key_after_key_without_loss(cast: Cast, client: Client) -> None:
    for number in range(60):
        directory.establishment(f"Boutique {number}")
    for _homonym in range(3):
        directory.establishment("Boutique 7")
    seen: list[str] = []
    address = "/commerces/?letter=B"
    while address:
        page = page_of(client, address)
        seen += [part.split('"')[1] for part in page.split('<a class="card__link" ')[1:]]
        further = page.split('rel="next" href="')
        address = (
            "/commerces/" + further[1].split('"')[0].replace("&amp;", "&") if further[1:] else ""
        )
    assert len(seen) == len(set(seen)) == 63


def test_the_whole_list_is_read_page_after_page_without_loss(
    cast: Cast, client: Client, build
) -> None:
    for number in range(60):
        directory.establishment(f"Boutique {number}")
    build()
    seen: list[str] = []
    address = "/commerces/"
    while address:
        page = page_of(client, address)
        seen += [part.split('"')[1] for part in page.split('<a class="card__link" ')[1:]]
        further = page.split('rel="next" href="')
        address = (
            "/commerces/" + further[1].split('"')[0].replace("&amp;", "&") if further[1:] else ""
        )
    assert len(seen) == len(set(seen)) == 62


def test_a_category_shows_what_stands_under_it(cast: Cast, client: Client, build) -> None:
    branch = directory.category("alimentation", "Alimentation", icon="basket")
    leaf = directory.category("epicerie", "Épicerie", parent=branch)
    directory.establishment("Le Bocal", category=leaf)
    build()
    page = page_of(client, "/categories/alimentation/")
    assert names_in(page) == ["Le Bocal"]
    assert 'href="/categories/epicerie/"' in page
    assert client.get("/categories/inconnue/").status_code == 404


def test_filters_are_links_that_go_on_and_off(cast: Cast, client: Client, build) -> None:
    build()
    assert "?service=reservation" in page_of(client, "/commerces/")
    page = page_of(client, "/commerces/?service=reservation")
    assert names_in(page) == ["Au Pain de Chanvre"]
    assert 'href="?service=pickup&amp;service=reservation"' in page or (
        'href="?service=reservation&amp;service=pickup"' in page
    )
    assert '<meta name="robots" content="noindex">' in page


def test_open_now_is_now(cast: Cast, client: Client, build, freeze) -> None:
    freeze("2026-11-18 10:30")
    directory.establishment("Le Soir", hours="Mo-Su 18:00-23:00")
    build()
    assert "Le Soir" not in names_in(page_of(client, "/commerces/?open=now"))
    freeze("2026-11-18 20:30")
    assert names_in(page_of(client, "/commerces/?open=now")) == ["Le Soir"]


def test_a_place_is_found_as_people_type_it(cast: Cast, client: Client, build) -> None:
    build()
    for typed in ("figeac", "FIGEAC", "46100"):
        assert names_in(page_of(client, f"/recherche/?place={typed}")) == ["Le Livre d’Olt"]


def test_an_unknown_place_is_said_and_loses_nothing(cast: Cast, client: Client, build) -> None:
    build()
    page = page_of(client, "/recherche/?place=Montauban")
    assert "We know no “Montauban” on Achat Lot" in page
    assert len(names_in(page)) == 2


def test_a_word_finds_and_a_slip_is_told(cast: Cast, client: Client, build) -> None:
    build()
    assert names_in(page_of(client, "/recherche/?q=chanvre")) == ["Au Pain de Chanvre"]
    page = page_of(client, "/recherche/?q=chanvvre")
    assert names_in(page) == ["Au Pain de Chanvre"]
    assert "here is the closest" in page


def test_nothing_found_leaves_every_way_open(cast: Cast, client: Client, build) -> None:
    build()
    page = page_of(client, "/recherche/?q=xylophone&place=Cahors")
    assert "Nothing here yet" in page
    assert "around=1" in page
    assert "/categories/" in page


def test_distances_are_told_from_the_visitor(cast: Cast, client: Client, build) -> None:
    build()
    page = page_of(client, "/recherche/?near=44.4475,1.4519&place=Around me")
    assert names_in(page) == ["Au Pain de Chanvre"]
    assert "790\xa0m" in page


@pytest.mark.parametrize(
    "query",
    [
        "q=%00&place=%00&territory=%00&category=%00",
        "q=" + "a" * 10_000,
        "near=1e999,nan&place=Around me",
        "near=,&near=999,999",
        "cursor=abc&sort=drop table",
        "cursor=" + "A" * 5_000,
        "service=pickup&service=nothing&label=--",
        "letter=%27%3B--&after=999999999999999999999999",
        "letter=B&after=-1",
        "category=../../etc/passwd&territory=commune-99999",
        "place=" + "Cahors " * 500,
        "open=yesterday&around=1&sort=nearest",
        "q=((((&place=)))&q=*%3A*",
        "page=99999999999&limit=1e9&radius=1e9&bbox=-180,-90,180,90",
    ],
)
@pytest.mark.parametrize(
    "path", ["/commerces/", "/recherche/", "/carte/", "/categories/boulangerie/"]
)
def test_no_address_breaks_a_list(cast: Cast, client: Client, build, path: str, query: str) -> None:
    """Faults 81 and 82: whatever an address holds, the answer is a page, and a light one."""
    build()
    response = client.get(f"{path}?{query}")
    assert response.status_code == 200
    assert len(response.content) < 100_000


def test_without_an_index_names_are_still_found(cast: Cast, client: Client) -> None:
    page = page_of(client, "/recherche/?q=chanvre")
    assert "Search is catching its breath" in page
    assert names_in(page) == ["Au Pain de Chanvre"]


def test_suggestions_stay_on_the_portal(cast: Cast, client: Client, build) -> None:
    build()
    items = client.get("/recherche/suggestions/?field=what&q=pain").json()["items"]
    assert [one["label"] for one in items if one["url"].startswith("/commerces/au-pain")] == [
        "Au Pain de Chanvre"
    ]
    places = client.get("/recherche/suggestions/?field=place&q=mont").json()["items"]
    assert places == []
    assert client.get("/recherche/suggestions/?q=%00").json() == {"items": []}


def test_the_map_has_the_same_shops_as_its_list(cast: Cast, client: Client, build) -> None:
    build()
    page = page_of(client, "/carte/?service=reservation")
    assert names_in(page) == ["Au Pain de Chanvre"]
    assert f'data-shop-id="{cast.bakery.public_id}"' in page
    assert 'data-points="/api/v1/map' in page


def test_ranking_is_explained_by_the_numbers_in_use(cast: Cast, client: Client) -> None:
    page = page_of(client, "/recherche/classement/")
    for number in ("10.0", "8.0", "0.6", "0.03"):
        assert f'<td class="number">{number}</td>' in page


def test_made_here_has_a_published_rule(cast: Cast, client: Client) -> None:
    page = page_of(client, "/recherche/classement/")
    assert '<h2 id="fait-ici">What “Made here” means</h2>' in page
    assert "reselling" in page.split('id="fait-ici"')[1].split("<h2")[0]


def test_communes_are_sorted_with_their_counts(cast: Cast, client: Client, build) -> None:
    directory.establishment("À Espère", commune=territories.commune("46095", "Espère"))
    build()
    page = page_of(client, "/communes/")
    assert page.index("Cahors") < page.index("Espère") < page.index("Figeac")


def test_a_large_territory_goes_letter_by_letter(
    cast: Cast, client: Client, build, monkeypatch: pytest.MonkeyPatch
) -> None:
    catus = territories.commune("46064", "Catus")
    directory.establishment("Le Moulin", commune=catus)
    build()
    monkeypatch.setattr(facets, "MOST_VALUES", 1)  # what a list counts is not all that there is
    whole = page_of(client, "/communes/")
    assert all(name in whole for name in ("Cahors", "Catus", "Figeac"))
    monkeypatch.setattr(communes, "MOST_ON_A_PAGE", 1)
    page_cache.shelf.clear()
    assert named_communes(page_of(client, "/communes/")) == ["Cahors"]
    assert named_communes(page_of(client, "/communes/?letter=C&page=2")) == ["Catus"]
    assert named_communes(page_of(client, "/communes/?letter=F")) == ["Figeac"]
    for nonsense in ("?letter=Z", "?letter=%00&page=0x1", "?page=x"):
        assert named_communes(page_of(client, f"/communes/{nonsense}")) == ["Cahors"]
    assert 'href="/communes/?letter=F"' in page_of(client, "/communes/")


def named_communes(page: str) -> list[str]:
    return re.findall(r'territory=commune-\d+"><span>([^<]+)</span>', page)


def test_merchants_find_their_sheet(cast: Cast, client: Client, build) -> None:
    build()
    assert names_in(page_of(client, "/commercants/?name=chanvre")) == ["Au Pain de Chanvre"]
    assert "We did not find it" in page_of(client, "/commercants/?name=xylophone")


def test_the_map_is_asked_the_same_question_as_its_list(
    cast: Cast, client: Client, build, freeze
) -> None:
    freeze("2026-11-18 10:30")
    build()
    page = page_of(
        client, "/carte/?q=pain&service=pickup&open=now&place=Cahors&around=1&category=boulangerie"
    )
    query = page.split('data-query="')[1].split('"')[0].replace("&amp;", "&")
    answer = client.get(f"/api/v1/map?bbox=1,44,2.5,45&zoom=12&{query}")
    assert answer.status_code == 200, answer.content
    assert [one["properties"]["name"] for one in answer.json()["features"]] == names_in(page)
    assert names_in(page) == ["Au Pain de Chanvre"]


def test_the_map_of_a_region_draws_what_holds_its_communes(
    cast: Cast, client: Client, build, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    assert 'data-contours="/api/v1/contours?kind=commune"' in page_of(client, "/carte/")
    monkeypatch.setattr(outlines, "MOST_OUTLINES", 1)
    freshness.forget()
    page_cache.shelf.clear()
    address = re.search(r'data-contours="([^"]+)"', page_of(client, "/carte/"))
    assert address
    assert address[1] == "/api/v1/contours?kind=epci"
    assert client.get(address[1]).status_code == 200


def test_the_list_follows_what_the_map_shows(cast: Cast, client: Client, build) -> None:
    build()
    assert names_in(page_of(client, "/carte/?bbox=1.9,44.5,2.1,44.7")) == ["Le Livre d’Olt"]
    assert len(names_in(page_of(client, "/carte/?bbox=2,1,0,nan"))) == 2
