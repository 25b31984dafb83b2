"""What machines read, and the small doors: language, reports, colours."""

import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from tests.cast import Cast

from chalandise.directory.models import ErrorReport

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
REPORT = "/commerces/au-pain-de-chanvre-cahors/signaler/"


def locations(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    return [one.text or "" for one in ET.fromstring(response.content).iter(f"{MAP}loc")]  # noqa: S314 - our own


def test_robots_are_shown_the_way(cast: Cast, client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text
    assert "Disallow: /reservation/" in text


def test_the_site_map_leads_to_every_sheet_of_the_portal_and_to_no_other(
    cast: Cast, client: Client
) -> None:
    parts = locations(client, "/sitemap.xml")
    assert parts == [
        "http://localhost:8000/plan-des-pages.xml",
        "http://localhost:8000/plan-des-commerces-1.xml",
    ]
    assert locations(client, "/plan-des-commerces-1.xml") == [
        "http://localhost:8000/commerces/au-pain-de-chanvre-cahors/",
        "http://localhost:8000/commerces/le-livre-d-olt-figeac/",
    ]
    assert client.get("/plan-des-commerces-2.xml").status_code == 404
    assert client.get("/plan-des-commerces-999999999.xml").status_code == 404


def test_every_page_of_the_site_map_opens(cast: Cast, client: Client) -> None:
    pages = locations(client, "/plan-des-pages.xml")
    assert "http://localhost:8000/t/grand-cahors/" in pages
    for address in pages:
        path = address.removeprefix("http://localhost:8000")
        assert client.get(path).status_code == 200, address


def test_a_sub_portal_maps_its_own_scope(cast: Cast, client: Client) -> None:
    assert locations(client, "/t/grand-cahors/plan-des-commerces-1.xml") == [
        "http://localhost:8000/commerces/au-pain-de-chanvre-cahors/"
    ]
    pages = locations(client, "/t/grand-cahors/plan-des-pages.xml")
    assert pages[0] == "http://localhost:8000/t/grand-cahors/"


def test_the_manifest_stays_inside_its_portal(cast: Cast, client: Client) -> None:
    manifest = client.get("/t/grand-cahors/manifest.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/t/grand-cahors/"
    assert manifest["name"] == "Grand Cahors"


def test_colours_are_kept_for_a_year_at_their_own_address(cast: Cast, client: Client) -> None:
    page = client.get("/").content.decode()
    address = page.split('<link rel="stylesheet" href="/theme/')[1].split('"')[0]
    response = client.get(f"/theme/{address}")
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert "immutable" not in client.get("/theme/lot-0000000000.css")["Cache-Control"]
    assert client.get("/theme/inconnu-0000000000.css").status_code == 404


def test_english_is_one_click_away_and_comes_back_to_the_page(cast: Cast, client: Client) -> None:
    response = client.get("/langue/en/?next=/commerces/")
    assert response["Location"] == "/commerces/"
    assert "All shops" in client.get("/commerces/").content.decode()
    client.get("/langue/fr/")
    assert "Tous les commerces" in client.get("/commerces/").content.decode()
    assert client.get("/langue/de/").status_code == 404


@pytest.mark.parametrize(
    "target",
    [
        "https://ailleurs.test/",
        "//ailleurs.test/",
        "///ailleurs.test",
        "/\\ailleurs.test",
        "\\\\ailleurs.test",
        "/%09/ailleurs.test",
        "\t//ailleurs.test",
        "https:///ailleurs.test",
        "https:ailleurs.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "ailleurs.test",
        "http://localhost@ailleurs.test/",
        "/\t/ailleurs.test",
        "",
    ],
)
def test_no_address_leads_to_another_site(cast: Cast, client: Client, target: str) -> None:
    """Fault 67."""
    response = client.get("/langue/en/", {"next": target})
    landing = response["Location"]
    assert landing.startswith("/")
    assert not landing.startswith(("//", "/\\", "/\t"))


def test_a_visitor_says_what_is_wrong(cast: Cast, client: Client) -> None:
    response = client.post(REPORT, {"kind": "hours", "text": "Fermé le mardi"}, follow=True)
    assert "Votre message est arrivé" in response.content.decode()
    (report,) = ErrorReport.objects.all()
    assert (report.establishment, report.kind, report.text) == (
        cast.bakery,
        "hours",
        "Fermé le mardi",
    )


@pytest.mark.parametrize(
    "data", [{}, {"kind": "autre"}, {"kind": "hours", "email": "x"}, {"kind": "", "text": "a"}]
)
def test_a_report_without_reason_is_asked_again(
    cast: Cast, client: Client, data: dict[str, str]
) -> None:
    assert client.post(REPORT, data).status_code == 422
    assert not ErrorReport.objects.exists()


def test_reports_are_taken_at_a_human_pace(cast: Cast, client: Client) -> None:
    codes = [client.post(REPORT, {"kind": "hours"}).status_code for _time in range(10)]
    assert codes == [302] * 8 + [429] * 2
    assert ErrorReport.objects.count() == 8
