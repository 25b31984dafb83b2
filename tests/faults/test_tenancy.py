"""Two territories side by side: nothing of one ever shows in the other (45 to 49)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import catalogue, directory
from tests.faults.pages import body_of, crawl, read_page
from tests.faults.scene import a_request

from chalandise.directory.actions.listing import move_listings
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.journal.states import Actor
from chalandise.messaging.models import Message
from chalandise.territories.models import TerritoryContour
from chalandise.web import freshness, page_cache

SEEDS = (
    "/",
    "/commerces/",
    "/commerces/?q=epicerie",
    "/recherche/?q=canari",
    "/recherche/?place=montauban",
    "/recherche/?territory=commune-82121",
    "/recherche/?territory=departement-82",
    "/recherche/?category=boulangerie",
    "/recherche/suggestions/?q=epic",
    "/recherche/suggestions/?q=mont&field=place",
    "/recherche/suggestions/?q=cah&field=place",
    "/carte/",
    "/communes/",
    "/categories/",
    "/selections/noel/",
    "/commercants/",
    "/commercants/?q=canari",
    "/a-propos/",
    "/mentions-legales/",
    "/sitemap.xml",
    "/plan-des-pages.xml",
    "/plan-des-produits-1.xml",
    "/produits/",
    "/produits/?q=canari",
    "/produits/?selection=noel",
    "/api/v1/products?limit=100",
    "/api/v1/products?q=canari",
    "/plan-des-commerces-1.xml",
    "/robots.txt",
    "/manifest.webmanifest",
    "/api/v1/establishments?limit=100&facets=true",
    "/api/v1/establishments?territory=departement-82",
    "/api/v1/establishments?territory=departement-46",
    "/api/v1/establishments?near=44.0178,1.355&radius=99",
    "/api/v1/map?bbox=-180,-90,180,90&zoom=3",
    "/api/v1/map?bbox=1.2,43.9,1.5,44.6&zoom=18",
    "/api/v1/contours",
    "/api/v1/contours?kind=commune",
    "/api/v1/territories?limit=1000",
    "/api/v1/categories",
    "/api/v1/suggest?q=e",
    "/api/v1/suggest?q=mont",
    "/api/v1/suggest?q=cah",
)
OF_THE_LOT = ("CANARI-46", "canari-46", "Cahors", "Pain de Chanvre", "LOT-CONTOUR")
OF_THE_NEIGHBOUR = ("CANARI-82", "canari-82", "Montauban", "Tarn-et-Garonne", "82121")


@pytest.fixture
def two_towns(cast: Cast, build: Callable[[], int]) -> Cast:
    """Give each side a shop with a name of its own, a selection and a contour, and index all."""
    ours = directory.establishment("Épicerie CANARI-46", slug="epicerie-canari-46")
    for portal, shop in ((cast.lot, ours), (cast.elsewhere, cast.foreign_shop)):
        chosen = Selection.objects.create(portal=portal, title=f"Noël {shop.name}", slug="noel")
        SelectionItem.objects.create(selection=chosen, establishment=shop, note=shop.name)
        catalogue.product(shop, f"Confiture {shop.name}")
    cast.elsewhere.operator_name = "Chambre CANARI-82"
    cast.elsewhere.legal_notice = "Mentions CANARI-82"
    cast.elsewhere.save()
    for west, shop in ((1.4, ours), (1.3, cast.foreign_shop)):
        ring = [[west, 44], [west + 0.1, 44], [west + 0.1, 44.1], [west, 44]]
        TerritoryContour.objects.create(
            territory=shop.commune,
            geometry={"type": "Polygon", "coordinates": [ring]},
            west=west,
            south=44,
            east=west + 0.1,
            north=44.1,
        )
    build()
    return cast


@pytest.mark.parametrize("megabytes", [0, 8])
def test_fault_46_47_two_towns_crawled_in_turn_never_mix(
    two_towns: Cast, settings: Any, megabytes: int
) -> None:
    settings.PAGE_CACHE_MEGABYTES = megabytes
    visits = [
        ("localhost", "", OF_THE_NEIGHBOUR),
        ("voisin.test", "", OF_THE_LOT),
        ("localhost", "/t/grand-cahors", OF_THE_NEIGHBOUR),
    ]
    leaks = []
    shown = dict.fromkeys(("localhost", "voisin.test"), "")
    for seed in SEEDS:
        for _again in range(2 if megabytes else 1):
            for host, prefix, foreign in visits:
                response = Client(SERVER_NAME=host).get(prefix + seed)
                text = body_of(response).decode()
                shown[host] += text
                asked = _without_what_was_asked(text, seed)
                leaks += [f"{host}{prefix}{seed}: {one}" for one in foreign if one in asked]
    assert not leaks, leaks
    assert "CANARI-46" in shown["localhost"]
    assert "CANARI-82" in shown["voisin.test"]


def _without_what_was_asked(text: str, seed: str) -> str:
    """Forget the territory that the address itself named: a page may repeat its own question."""
    asked = seed.partition("territory=")[2].partition("&")[0]
    return text.replace(asked, "") if asked else text


def test_fault_46_whatever_a_page_links_to_stays_in_its_town(two_towns: Cast) -> None:
    for host, foreign in (("localhost", OF_THE_NEIGHBOUR), ("voisin.test", OF_THE_LOT)):
        answers = crawl(Client(SERVER_NAME=host), ["/", "/commerces/", "/carte/"], host=host)
        assert len(answers) > 25
        assert not [a for a, response in answers.items() if response.status_code >= 400]
        leaks = {
            f"{host}{address}: {one}"
            for address, response in answers.items()
            for one in foreign
            if one in body_of(response).decode()
        }
        assert not leaks, leaks


def test_fault_46_a_sheet_opens_only_where_its_town_is(two_towns: Cast) -> None:
    shop = two_towns.foreign_shop
    pages = ["", "mettre-de-cote/", "signaler/", "signaler/merci/", "c-est-mon-commerce/"]
    for host in ("localhost",):
        for prefix in ("", "/t/grand-cahors"):
            for page in pages:
                address = f"{prefix}/commerces/{shop.slug}/{page}"
                assert Client(SERVER_NAME=host).get(address).status_code == 404, address
            claim = Client(SERVER_NAME=host).get(f"{prefix}/comptoir/reprendre/{shop.slug}/")
            assert claim.status_code == 404
    assert Client(SERVER_NAME="voisin.test").get(f"/commerces/{shop.slug}/").status_code == 200


def test_fault_46_a_sub_portal_is_not_reached_through_a_neighbour(two_towns: Cast) -> None:
    for address in ("/t/grand-cahors/", "/t/lot/", "/t/grand-cahors/api/v1/establishments"):
        assert Client(SERVER_NAME="voisin.test").get(address).status_code == 404
    narrow = Client(SERVER_NAME="localhost").get("/t/grand-cahors/commerces/")
    assert b"Livre d" not in narrow.content  # Figeac lies in another intercommunality
    asked = Client(SERVER_NAME="voisin.test").get("/api/v1/establishments?portal=lot")
    assert asked.status_code == 404
    theme = Client(SERVER_NAME="voisin.test").get("/theme/lot-0123456789.css")
    assert theme.status_code == 404  # not even the colours


def test_fault_46_an_email_speaks_in_the_name_of_its_own_portal(
    two_towns: Cast, sign_in: Callable[..., Client]
) -> None:
    for host in ("localhost", "voisin.test"):
        Client(SERVER_NAME=host).post(reverse("account_login"), {"email": f"moi@{host}.test"})
    by_reader = {message.to: message for message in Message.objects.all()}
    ours, theirs = by_reader["moi@localhost.test"], by_reader["moi@voisin.test.test"]
    assert (ours.sender_name, theirs.sender_name) == ("Achat Lot", "Achat Tarn-et-Garonne")
    assert "Tarn" not in ours.html + ours.text
    assert "Lot" not in theirs.html + theirs.text


def test_fault_46_counts_tell_nothing_of_the_neighbour(two_towns: Cast) -> None:
    ours = Client(SERVER_NAME="localhost").get("/api/v1/establishments?facets=true").json()
    everything = Establishment.objects.count()
    assert ours["count"] == everything - 1
    counts = {one["key"]: one["count"] for one in ours["facets"]["categories"]}
    assert sum(counts.values()) == ours["count"]


def test_fault_47_a_head_request_does_not_empty_the_page_for_the_next_visitor(
    two_towns: Cast, settings: Any
) -> None:
    settings.PAGE_CACHE_MEGABYTES = 8
    for address in ("/api/v1/establishments", "/api/v1/categories", "/commerces/", "/sitemap.xml"):
        Client(SERVER_NAME="localhost").head(address)
        response = Client(SERVER_NAME="localhost").get(address)
        assert len(response.content) > 100, address
        assert response.headers.get("Content-Length", "1") != "0"


def test_fault_47_a_language_a_host_and_a_session_each_have_their_own_page(
    two_towns: Cast, settings: Any, sign_in: Callable[..., Client]
) -> None:
    settings.PAGE_CACHE_MEGABYTES = 8
    said = []
    for _again in range(2):
        for language in ("fr", "en", "fr;q=0.2, en;q=0.9", "en-GB", "xx", "fr-CA"):
            client = Client(SERVER_NAME="localhost")
            response = client.get("/commerces/", headers={"Accept-Language": language})
            page = read_page(response.content)
            said.append((language, next(page.all("html"))["lang"]))
    assert said[:6] == said[6:]
    assert [lang for _asked, lang in said[:6]] == ["fr", "en", "en", "en", "fr", "fr"]
    response = Client(SERVER_NAME="localhost").get("/commerces/")
    varies = {one.strip() for one in response.headers["Vary"].split(",")}
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= varies
    assert "public" not in response.headers["Cache-Control"]


def test_fault_47_a_portal_and_the_one_below_it_never_share_a_page(
    two_towns: Cast, settings: Any
) -> None:
    settings.PAGE_CACHE_MEGABYTES = 8
    for _again in range(2):
        for prefix, has_figeac in (("", True), ("/t/grand-cahors", False)):
            answer = Client(SERVER_NAME="localhost").get(f"{prefix}/commerces/")
            text = answer.content.decode()
            assert ("Livre d" in text) == has_figeac
            assert f'href="{prefix}/commerces/{two_towns.bakery.slug}/"' in text
            told = Client(SERVER_NAME="localhost").get(f"{prefix}/api/v1/establishments").json()
            assert (two_towns.bookshop.slug in str(told)) == has_figeac


def test_fault_47_no_private_page_is_kept_anywhere(
    cast: Cast, sign_in: Callable[..., Client], settings: Any
) -> None:
    settings.PAGE_CACHE_MEGABYTES = 8
    asked = a_request(cast)
    claire, nadia = sign_in(cast.claire), sign_in(cast.nadia)
    slug = cast.bakery.slug
    private = [
        (claire, "/comptoir/"),
        (claire, f"/comptoir/{slug}/"),
        (claire, f"/comptoir/{slug}/demandes/"),
        (claire, f"/comptoir/{slug}/demandes/{asked.pk}/"),
        (claire, f"/comptoir/{slug}/horaires/"),
        (claire, f"/comptoir/{slug}/fiche/contact/"),
        (nadia, "/compte/"),
        (nadia, "/compte/securite/"),
        (nadia, "/compte/adresse/"),
        (Client(SERVER_NAME="localhost"), f"/reservation/{asked.token}/"),
        (Client(SERVER_NAME="localhost"), f"/commerces/{slug}/mettre-de-cote/"),
        (Client(SERVER_NAME="localhost"), "/compte/connexion/"),
    ]
    for client, address in private:
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        assert "no-store" in response.headers["Cache-Control"], address
        assert "private" in response.headers["Cache-Control"], address
    for client, address in private[:9]:
        again = Client(SERVER_NAME="localhost").get(address)
        assert again.status_code == 302, (client, address)


def test_fault_47_a_form_with_a_token_is_never_shared(two_towns: Cast, settings: Any) -> None:
    settings.PAGE_CACHE_MEGABYTES = 8
    for address, response in crawl(Client(SERVER_NAME="localhost"), ["/"], most=80).items():
        if b"csrfmiddlewaretoken" in body_of(response):
            assert "no-store" in response.headers.get("Cache-Control", ""), address


def test_fault_51_the_private_link_is_in_no_list_and_no_answer_of_the_site(
    two_towns: Cast, sign_in: Callable[..., Client]
) -> None:
    asked = a_request(two_towns)
    for client in (Client(SERVER_NAME="localhost"), sign_in(two_towns.idris)):
        answers = crawl(client, ["/", "/compte/", "/comptoir/", "/sitemap.xml"], most=80)
        assert not [a for a, r in answers.items() if asked.token in body_of(r).decode()]


def test_fault_47_the_kept_page_of_what_was_hidden_goes_when_the_version_is_read_again(
    two_towns: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is ours; how soon everybody sees a change in truth is measured by `bench`."""
    settings.PAGE_CACHE_MEGABYTES = 8
    begun = freshness.monotonic()
    monkeypatch.setattr(freshness, "monotonic", lambda: begun)
    monkeypatch.setattr(page_cache, "time", lambda: 60.0)  # else it may go with its minute
    client = Client(SERVER_NAME="localhost")
    address = "/commerces/epicerie-canari-46/"
    assert _status(client.get(address)) == 200
    shop = Establishment.objects.get(slug="epicerie-canari-46")
    move_listings([shop.pk], ListingState.HIDDEN, by=Actor.system("test"), at=timezone.now())
    assert _status(client.get(address)) == 200  # it is kept: nobody looked again yet
    later = begun + freshness.INTERVAL_SECONDS
    monkeypatch.setattr(freshness, "monotonic", lambda: later)
    assert _status(client.get(address)) == 404


def _status(response: HttpResponse) -> int:
    return response.status_code
