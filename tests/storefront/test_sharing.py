"""What a link looks like when somebody shares it."""

import re
from html import unescape

import pytest
from django.test import Client
from tests.cast import Cast
from tests.factories import catalogue, directory

from chalandise.catalogue.models import ProductPhoto
from chalandise.directory.models import Photo
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.web import freshness, page_cache

HOST = "http://localhost:8000"
SHEET = "/commerces/au-pain-de-chanvre-cahors/"


def shared(client: Client, address: str, language: str = "fr") -> dict[str, str]:
    page_cache.shelf.clear()
    freshness.forget()
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    head = response.content.decode().split("</head>")[0]
    found = re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', head)
    assert len({name for name, _value in found}) == len(found)
    return {name: unescape(value) for name, value in found}


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/t/grand-cahors/", "/commerces/", "/categories/", "/communes/", "/carte/"),
        *("/recherche/?q=pain", "/recherche/classement/", "/produits/", "/a-propos/"),
        *("/mentions-legales/", "/commercants/", SHEET, "/categories/boulangerie/"),
    ],
)
def test_every_public_page_says_what_it_is_when_shared(
    cast: Cast, client: Client, build, address: str
) -> None:
    build()
    said = shared(client, address)
    assert said["og:description"] == said["description"]
    assert len(said["og:description"]) > 25
    assert said["og:locale"] == "fr_FR"
    assert said["og:image"].startswith(f"{HOST}/static/web/dist/sharing")
    assert said["og:url"].startswith(f"{HOST}/")
    assert shared(client, address, "en")["og:locale"] == "en_GB"


def test_a_sheet_is_shared_with_its_trade_its_town_and_its_first_words(
    cast: Cast, client: Client
) -> None:
    cast.bakery.description = (
        "<p>Pains &amp; brioches <strong>au levain</strong>.</p><p>"
        + "Du blé d’ici. " * 30
        + "</p>"
    )
    cast.bakery.save()
    said = shared(client, SHEET)
    assert said["og:description"].startswith(
        "Boulangerie · Cahors. Pains & brioches au levain. Du blé d’ici."
    )
    assert said["og:description"].endswith("…")
    assert len(said["og:description"]) < 200
    assert said["og:url"] == f"{HOST}{SHEET}"
    assert shared(client, f"/t/grand-cahors{SHEET}")["og:url"] == f"{HOST}{SHEET}"


def test_a_photograph_is_what_a_shared_sheet_shows(cast: Cast, client: Client) -> None:
    Photo.objects.create(establishment=cast.bakery, name="abc", width=1600, height=1000)
    for address in (SHEET, f"/t/grand-cahors{SHEET}"):
        assert shared(client, address)["og:image"] == f"{HOST}/media/photos/abc-1600.jpg"


def test_so_is_that_of_a_product_and_of_a_selection(cast: Cast, client: Client) -> None:
    made = catalogue.product(cast.bakery, "Tourte", description="<p>Au levain.<br>Dorée.</p>")
    assert "sharing" in shared(client, f"/produits/{made.slug}/")["og:image"]
    ProductPhoto.objects.create(product=made, name="def", width=900, height=600)
    said = shared(client, f"/produits/{made.slug}/")
    assert said["og:image"] == f"{HOST}/media/photos/def-1600.jpg"
    assert said["og:description"] == "Au Pain de Chanvre · Cahors. Au levain. Dorée."
    chosen = Selection.objects.create(portal=cast.lot, title="Sous le sapin", slug="sapin")
    SelectionItem.objects.create(selection=chosen, establishment=cast.bookshop, position=0)
    shop = directory.establishment("La Tuilerie")
    SelectionItem.objects.create(selection=chosen, establishment=shop, position=1)
    assert "sharing" in shared(client, "/selections/sapin/")["og:image"]
    Photo.objects.create(establishment=shop, name="ghi", width=1600, height=1000)
    said = shared(client, "/selections/sapin/")
    assert said["og:image"] == f"{HOST}/media/photos/ghi-1600.jpg"
    assert said["og:title"] == "Sous le sapin"
    assert len(said["og:description"]) > 25


def test_what_a_shop_writes_stays_in_its_attribute(cast: Cast, client: Client) -> None:
    """Fault 61."""
    cast.bakery.description = '<p>" onload="alert(1) &lt;script&gt;</p>'
    cast.bakery.save()
    page = client.get(SHEET).content.decode()
    assert '" onload="alert' not in page.split("</head>")[0]
    assert "<script>alert" not in page
    assert '" onload="alert(1) <script>' in shared(client, SHEET)["og:description"]
