"""The sheet of a shop: who, where, when, how, and how we know."""

import datetime as dt
import json
import re

import pytest
from django.test import Client
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory, territories

from chalandise.directory.models import ExceptionalClosing, Fact, Photo

BAKERY = "/commerces/au-pain-de-chanvre-cahors/"


def page_of(client: Client, address: str = BAKERY, language: str = "fr") -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-18 10:30", "Ouvert jusqu’à 12\u202fh\u202f30"),
        ("2026-11-18 12:10", "Ferme à 12\u202fh\u202f30"),
        ("2026-11-18 13:00", "ouvre à\u00a015\u202fh"),
        ("2026-11-18 20:00", "ouvre demain à\u00a08\u202fh"),
    ],
)
def test_the_sheet_says_until_when_the_door_is_open(
    cast: Cast, client: Client, freeze, when: str, said: str
) -> None:
    freeze(when)
    assert said in page_of(client)


def test_an_hour_never_breaks_and_today_is_marked(cast: Cast, client: Client, freeze) -> None:
    freeze("2026-11-18 10:30")
    page = page_of(client)
    assert '<span class="hours__slot">8\u202fh – 12\u202fh\u202f30</span>' in page
    assert page.count('class="is-today"') == 1
    assert "Mercredi" in page.split('class="is-today"')[1][:60]


def test_nobody_knows_the_hours_and_the_sheet_says_so(cast: Cast, client: Client) -> None:
    directory.establishment("Sans horaires", slug="sans-horaires", hours="")
    page = page_of(client, "/commerces/sans-horaires/", "en")
    assert "Nobody has told us the hours yet" in page


def test_an_exceptional_closing_is_announced_and_obeyed(cast: Cast, client: Client, freeze) -> None:
    ExceptionalClosing.objects.create(
        establishment=cast.bakery,
        starts_on=dt.date(2026, 11, 18),
        ends_on=dt.date(2026, 11, 19),
        reason="Inventaire",
    )
    freeze("2026-11-18 10:30")
    page = page_of(client)
    assert "Fermé du 18 au 19\xa0novembre" in page
    assert "Inventaire" in page
    assert "Ouvert jusqu’à" not in page.split("</main>")[0]


def test_the_email_address_is_never_shown(cast: Cast, client: Client, build) -> None:
    build()
    for address in (BAKERY, "/commerces/", "/recherche/?q=pain", "/carte/", "/"):
        assert "claire@exemple.test" not in page_of(client, address)


def test_each_fact_says_where_it_comes_from(cast: Cast, client: Client) -> None:
    Fact.objects.create(
        establishment=cast.bakery,
        field="address",
        source_kind="register",
        source_label="Registre Sirene",
        licence="Licence Ouverte 2.0",
        dated_on=dt.date(2026, 11, 1),
    )
    Fact.objects.create(
        establishment=cast.bakery,
        field="hours:visit",
        source_kind="merchant",
        source_label="le commerce",
        verified_at=moment("2026-11-18 09:00"),
    )
    page = page_of(client)
    assert "D’où viennent ces informations" in page
    assert "Registre Sirene, 1er\xa0novembre 2026 (Licence Ouverte 2.0)" in page
    assert "vérifié le 18\xa0novembre 2026" in page


def test_checked_hours_wear_their_date(cast: Cast, client: Client) -> None:
    cast.bakery.hours_verified_at = moment("2026-11-18 09:00")
    cast.bakery.save()
    assert "Horaires vérifiés le 18\xa0novembre" in page_of(client)


def test_only_a_shop_that_offers_it_is_asked_to_put_things_aside(
    cast: Cast, client: Client
) -> None:
    assert f"{BAKERY}mettre-de-cote/" in page_of(client)
    bookshop = "/commerces/le-livre-d-olt-figeac/"
    assert "mettre-de-cote" not in page_of(client, bookshop)
    assert client.get(f"{bookshop}mettre-de-cote/").status_code == 404


def test_neighbours_stand_nearest_first_and_never_twice(cast: Cast, client: Client, build) -> None:
    directory.establishment("Juste à côté", latitude=44.4480, longitude=1.4419)
    directory.establishment("Au bout de la rue", latitude=44.4520, longitude=1.4419)
    build()
    part = page_of(client).split("Dans les parages")[1]
    assert part.index("Juste à côté") < part.index("Au bout de la rue")
    assert "Au Pain de Chanvre" not in part.split("</main>")[0]
    assert "Le Livre d’Olt" not in part


@pytest.mark.parametrize("status", ["hidden", "closed"])
def test_a_shop_that_is_not_published_has_no_sheet(cast: Cast, client: Client, status: str) -> None:
    cast.bakery.status = status
    cast.bakery.save()
    for address in (BAKERY, f"{BAKERY}signaler/", f"{BAKERY}mettre-de-cote/"):
        assert client.get(address).status_code == 404


def test_a_shop_of_elsewhere_has_no_sheet_here(cast: Cast, client: Client) -> None:
    assert client.get("/commerces/epicerie-canari-82/").status_code == 404
    assert client.get("/t/grand-cahors/commerces/le-livre-d-olt-figeac/").status_code == 404


def test_a_sheet_has_one_true_address_whatever_portal_shows_it(cast: Cast, client: Client) -> None:
    wanted = f'<link rel="canonical" href="http://localhost:8000{BAKERY}">'
    assert wanted in page_of(client)
    assert wanted in page_of(client, f"/t/grand-cahors{BAKERY}")


def test_a_photograph_is_described_even_if_nobody_described_it(cast: Cast, client: Client) -> None:
    Photo.objects.create(establishment=cast.bakery, name="abc", width=1600, height=1000)
    page = page_of(client)
    assert 'src="/media/photos/abc-1600.jpg" alt="Photographie\u202f: Au Pain de Chanvre"' in page


DIRT = '"><script>alert(1)</script></script><img src=x onerror=alert(1)> {{ 7*7 }} \u202e'


def test_whatever_a_shop_is_called_the_page_stays_a_page(cast: Cast, client: Client, build) -> None:
    """Faults 61 and 62: names, streets and reasons are text, in HTML and in JSON-LD."""
    shop = directory.establishment(
        DIRT,
        slug="sale",
        street=DIRT,
        complement=DIRT,
        description=f"<p onclick=alert(1)>bonjour {DIRT}</p>",
        website="https://exemple.test/'\"><script>alert(1)</script>",
    )
    ExceptionalClosing.objects.create(
        establishment=shop,
        starts_on=dt.date.today() + dt.timedelta(days=1),  # noqa: DTZ011
        ends_on=dt.date.today() + dt.timedelta(days=1),  # noqa: DTZ011
        reason=DIRT,
    )
    Fact.objects.create(
        establishment=shop, field="name", source_kind="local_file", source_label=DIRT, licence=DIRT
    )
    build()
    for address in ("/commerces/sale/", "/commerces/", "/recherche/?q=" + DIRT, BAKERY):
        page = page_of(client, address)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "onclick" not in page
        assert "49" not in re.findall(r"<h1>(.*?)</h1>", page, re.DOTALL)[0]
        for block in re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL
        ):
            json.loads(block)


def test_a_shop_on_reunion_opens_by_its_own_clock(cast: Cast, client: Client, freeze) -> None:
    shop = directory.establishment(
        "Chez Tamarin", slug="chez-tamarin", hours="Mo-Su 08:00-12:00", timezone="Indian/Reunion"
    )
    assert shop.commune == territories.cahors()
    freeze("2026-11-18 05:30")  # half past eight on La Réunion
    assert "Ouvert jusqu’à midi" in page_of(client, "/commerces/chez-tamarin/")
    freeze("2026-11-18 22:30")  # Wednesday evening in Paris, Thursday half past one on the island
    page = page_of(client, "/commerces/chez-tamarin/")
    assert "Jeudi" in page.split('class="is-today"')[1][:60]


def test_hours_for_collecting_and_delivering_stand_under_the_hours_where_they_differ(
    cast: Cast, client: Client, freeze
) -> None:
    cast.bakery.hours.create(purpose="collect", value="Tu-Fr 10:00-12:00; Sa,Su 09:00-11:00")
    cast.bakery.hours.create(purpose="deliver", value=directory.SHOP_HOURS)  # the visiting hours
    freeze("2026-11-18 10:30")
    pane = page_of(client).split('id="hours"')[1].split("</section>")[0]
    visit, collect = pane.split('<h3 class="hours-title">Retrait des commandes</h3>')
    assert visit.count("<tr") == 7
    assert "Livraison" not in pane
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', collect)
    said = [re.sub(r"<[^>]+>", "", " | ".join(one)) for one in rows]
    assert said == [
        "Lundi | Fermé",
        "Mardi – vendredi (aujourd’hui) | 10\u202fh – 12\u202fh",
        "Samedi, dimanche | 9\u202fh – 11\u202fh",
    ]


def test_who_only_tells_when_orders_are_collected_says_that(cast: Cast, client: Client) -> None:
    shop = directory.establishment("Au drive", slug="au-drive", hours="")
    shop.hours.create(purpose="collect", value="Mo-Su 09:00-11:00")
    shop.hours.create(purpose="deliver", value="")
    pane = page_of(client, "/commerces/au-drive/").split('id="hours"')[1].split("</section>")[0]
    assert pane.count("<h3") == pane.count("<table") == 1
    assert "Lundi – dimanche" in pane
