"""« Ouvert samedi à 18 h 30 »: shops by a moment that a visitor names."""

import datetime as dt
import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from django.test import Client
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, directory, portals, territories

from chalandise.storefront.finding.moments import read_moment

NOW = "2026-11-18 10:30"  # a Wednesday
PLACES = ["/commerces/", "/recherche/", "/categories/boulangerie/", "/carte/"]


def page_of(client: Client, address: str) -> str:
    response = client.get(address, headers={"accept-language": "fr"})
    assert response.status_code == 200, address
    return unescape(response.content.decode().split("<main")[1].split("</main>")[0])


def names_in(page: str) -> list[str]:
    return re.findall(r'class="card__link"[^>]*>([^<]+)<', page)


@pytest.fixture
def evening(cast: Cast, build, freeze) -> None:
    freeze(NOW)
    directory.establishment("Le Soir", hours="Mo-Su 18:00-23:00")
    build()


@pytest.mark.parametrize("place", PLACES)
def test_who_is_open_at_a_moment_is_asked_with_two_fields(
    evening: None, client: Client, place: str
) -> None:
    page = page_of(client, f"{place}?day=2026-11-19&time=20:30&service=&q=")
    assert names_in(page) == ["Le Soir"]
    assert "Une adresse" in page
    assert "· ouverte demain à 20\u202fh\u202f30" in page
    said = re.sub(r"<[^>]+>", " ", page.split('class="card__now">')[1].split("</p>")[0]).split()
    assert " ".join(said[:5]) == "Ouvert jusqu’à 23 h demain"
    assert re.search(r'<option value="2026-11-19" selected>Demain<', page)
    assert '<option value="20:30" selected>20\u202fh\u202f30<' in page


@pytest.mark.parametrize("place", PLACES)
def test_the_moment_is_kept_in_links_and_taken_off_by_its_chip(
    evening: None, client: Client, place: str
) -> None:
    page = page_of(client, f"{place}?open=2026-11-19T20:30&label=")
    pill = re.search(r'href="([^"]*)" aria-current="true"><[^>]*><[^>]*></svg><span>Ouvert d', page)
    assert pill is not None
    assert pill[1] == "?"
    links = re.findall(r'href="(\?[^"]*service=[^"]*)"', page)
    assert links
    assert all(parse_qs(one[1:])["open"] == ["2026-11-19T20:30"] for one in links)
    now = re.search(r'href="([^"]*)"><[^>]*><[^>]*></svg><span>Ouvert maintenant', page)
    assert now is not None
    assert now[1] == "?open=now"


def test_map_and_list_ask_for_the_same_moment(evening: None, client: Client) -> None:
    page = page_of(client, "/carte/?day=2026-11-19&time=20:30")
    query = re.search(r'data-query="([^"]*)"', page)
    assert query is not None
    assert parse_qs(query[1])["open_at"] == ["2026-11-19T20:30:00+01:00"]
    assert '<input type="hidden" name="open" value="2026-11-19T20:30">' in page
    points = client.get(f"/api/v1/map?bbox=1,44,2,45&zoom=15&{query[1]}")
    assert b"Le Soir" in points.content
    assert b"Chanvre" not in points.content


def test_the_form_carries_what_else_was_asked(evening: None, client: Client) -> None:
    page = page_of(client, "/recherche/?q=soir&label=organic&open=now&cursor=x")
    form = page.split('id="moment-day"')[0].rsplit("<form", 1)[1]
    assert re.findall(r'name="(\w+)" value="(\w+)"', form) == [("q", "soir"), ("label", "organic")]


@pytest.mark.parametrize("when", ["2026-11-17T10:00", "2026-11-26T10:00", "2020-01-01T10:00"])
def test_a_moment_that_nobody_knows_is_said_and_does_not_narrow(
    evening: None, client: Client, when: str
) -> None:
    page = page_of(client, f"/commerces/?open={when}")
    assert "Les horaires ne sont connus que pour les huit jours à venir" in page
    assert len(names_in(page)) == 3


@pytest.mark.parametrize(
    "query",
    ["open=2026-13-40T10:00", "open=2026-11-19T25:00", "day=x&time=y", "day=2026-11-19", "open=x"],
)
def test_what_is_no_moment_is_left_out(evening: None, client: Client, query: str) -> None:
    assert len(names_in(page_of(client, f"/commerces/?{query}"))) == 3


def test_nobody_open_then_says_what_to_do(evening: None, client: Client) -> None:
    for place in ("/commerces/", "/recherche/"):
        page = page_of(client, f"{place}?open=2026-11-19T03:00")
        assert "Personne n’est ouvert à ce moment-là" in page
        assert "Choisissez un autre jour" in page


def test_the_last_day_on_offer_is_known(evening: None, client: Client) -> None:
    page = page_of(client, "/commerces/")
    days = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page)
    assert (days[0], days[-1], len(days)) == ("2026-11-18", "2026-11-25", 8)
    assert names_in(page_of(client, f"/commerces/?day={days[-1]}&time=20:30")) == ["Le Soir"]


@pytest.mark.parametrize(
    ("now", "asked", "utc"),
    [
        ("2026-03-25 10:00", "2026-03-29T02:30", "01:00"),  # an hour that does not exist
        ("2026-10-21 10:00", "2026-10-25T02:30", "00:30"),  # one that exists twice: the first
        ("2026-03-25 10:00", "2026-03-29T09:00", "07:00"),
        ("2026-03-25 10:00", "2026-03-28T09:00", "08:00"),
    ],
)
def test_the_clocks_may_change_before_that_moment(
    cast: Cast, now: str, asked: str, utc: str
) -> None:
    read = read_moment(asked, cast.lot, at=moment(now))
    assert read is not None
    assert f"{read.at.astimezone(dt.UTC):%H:%M}" == utc


def test_a_portal_overseas_means_its_own_clock(cast: Cast) -> None:
    island = territories.territory("departement", "974", "La Réunion")
    there = portals.portal(island, slug="reunion")
    late = moment("2026-11-18 22:30")  # past midnight on the island
    read = read_moment("2026-11-19T08:00", there, at=late)
    assert read is not None
    assert read.at == dt.datetime(2026, 11, 19, 4, tzinfo=dt.UTC)
    assert read.words.startswith("aujourd’hui") or read.words.startswith("today")
    assert read_moment("2026-11-18T23:00", there, at=late) is None


def test_shelves_narrow_by_the_same_moment_asked_and_taken_off_alike(
    cast: Cast, client: Client, build, freeze
) -> None:
    freeze(NOW)
    late = directory.establishment("Le Soir", hours="Mo-Su 18:00-23:00", organisation=None)
    catalogue.product(late, "Pain du soir")
    catalogue.product(cast.bakery, "Pain du matin")
    build()
    for query in ("?day=2026-11-19&time=20:30", "?open=2026-11-19T20:30"):
        page = page_of(client, f"/produits/{query}")
        assert "Pain du soir" in page
        assert "Pain du matin" not in page
        pill = re.search(
            r'href="([^"]*)" aria-current="true"><[^>]*><[^>]*></svg><span>Ouvert d', page
        )
        assert pill is not None
        assert pill[1] == "?"
        assert '<option value="20:30" selected>' in page
    form = page_of(client, "/produits/?q=pain&price_max=9").split('id="moment-day"')[0]
    kept = re.findall(r'name="(\w+)" value="(\w+)"', form.rsplit("<form", 1)[1])
    assert kept == [("q", "pain"), ("price_max", "9")]
    missed = page_of(client, "/produits/?open=2026-11-30T20:30")
    assert "Les horaires ne sont connus que pour les huit jours à venir" in missed
    assert "Pain du matin" in missed


def test_labels_are_named_counted_and_taken_off(cast: Cast, client: Client, build) -> None:
    directory.establishment("La Ferme", labels=["organic", "farm_shop"])
    directory.establishment("Le Potier", labels=["art_craft"])
    directory.establishment("Le Verger", labels=["organic"])
    build()
    for place in PLACES:
        page = page_of(client, place)
        facet = page.split("<summary>Labels")[1].split("</details>")[0]
        said = re.findall(r"<span>([^<]+)</span><span[^>]*>(\d+)<", facet)
        assert said == [("Bio", "2"), ("Métier d’art", "1"), ("Vente à la ferme", "1")]
        page = page_of(client, f"{place}?label=organic")
        assert sorted(names_in(page)) == ["La Ferme", "Le Verger"]
        chips = page.split('class="pills chosen"')[1].split("</ul>")[0]
        assert re.search(r'href="\?" aria-current="true"><span>Bio</span>', chips)
        assert 'href="?label=organic&label=farm_shop"' in page
        page = page_of(client, f"{place}?label=organic&label=farm_shop")
        assert names_in(page) == ["La Ferme"]
