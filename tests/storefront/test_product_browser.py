"""The shelves in Chromium: they fit, axe finds nothing, they narrow without script."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.factories import catalogue
from tests.journeys.looking import faults_of

from chalandise.web.pictures import DIST

PAGES = [
    "/produits/",
    "/produits/?q=pain&made_here=1&price_max=9&sort=price",
    "/produits/?q=xylophone&place=Nulle-Part",
    "/produits/?place=Figeac&around=1&free_of=milk",
    "/",
    "/commerces/au-pain-de-chanvre-cahors/",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (DIST / "site.css").exists() and not os.environ.get("CI"),
        reason="the front end is not built: npm run build",
    ),
]


@pytest.fixture
def site(live_server: Any, cast: Cast, build: Callable[[], int]) -> str:
    """Two shops with their shelves; the address by the name that the portal owns."""
    for number in range(9):
        catalogue.product(
            cast.bakery,
            f"Pain de campagne au levain naturel et aux noix du Quercy, numéro {number}",
            price_cents=450 + number,
            is_made_here=True,
            labels=["organic"],
        )
    catalogue.product(cast.bookshop, "Légendes du Quercy", price_cents=1250, category="livres")
    build()
    return str(live_server.url.replace("127.0.0.1", "localhost"))


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_every_page_of_products_fits_and_axe_finds_nothing(
    new_page: Callable[..., Page], site: str, width: int
) -> None:
    page = new_page(width=width)
    faults = []
    for address in PAGES if width != 768 else PAGES[:1]:  # a tablet has a layout of its own
        page.goto(f"{site}{address}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{address} is wider than {width}")
        faults += faults_of(page, address)
    assert faults == []


def test_a_price_and_a_place_narrow_without_any_script(
    new_page: Callable[..., Page], site: str
) -> None:
    page = new_page(width=390, javascript=False)
    page.goto(f"{site}/produits/?sort=price")
    page.get_by_label("Où").fill("Figeac")
    page.get_by_text("Prix", exact=True).click()
    page.get_by_label("Jusqu’à").fill("13")
    page.get_by_role("button", name="Voir à ces prix").click()
    expect(page.get_by_role("status").filter(has_text="produit")).to_have_text("Un produit")
    expect(page.get_by_role("link", name="Légendes du Quercy")).to_be_visible()
    assert "sort=price" in page.url
    page.get_by_role("link", name="Figeac").first.click()
    expect(page.get_by_role("status").filter(has_text="produit")).to_have_text("10 produits")


def test_what_is_around_me_is_one_press_away(new_page: Callable[..., Page], site: str) -> None:
    where = {"latitude": 44.6087, "longitude": 2.0330}
    page = new_page(width=390, geolocation=where, permissions=["geolocation"])
    page.goto(f"{site}/produits/")
    page.get_by_role("button", name="Autour de moi").click()
    page.wait_for_url("**near=*")
    expect(page.get_by_role("status").filter(has_text="produit")).to_have_text("Un produit")
    expect(page.locator(".tile").first).to_contain_text("Légendes du Quercy")
    expect(page.locator(".tile").first).to_contain_text(re.compile(r"\d\xa0k?m"))
