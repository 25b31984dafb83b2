"""Two shops collected in one round: proposed before anything is chosen, filled in by one press."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from tests.factories import territories
from tests.journeys.buying import HOW, fill_basket, open_market, order, say_who
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, look_twice

from chalandise.territories.models import Territory, TerritoryContour

pytestmark = pytest.mark.browser


def outline(town: Territory, longitude: float, latitude: float, size: float = 1) -> None:
    """Give a territory a contour of eight sides around a place."""
    around = ((-6, -3), (-2, -6), (3, -5), (6, -1), (5, 4), (1, 6), (-4, 5), (-6, 1), (-6, -3))
    ring = [[longitude + size * x / 60, latitude + size * y / 90] for x, y in around]
    box = {"west": longitude - size / 10, "south": latitude - size / 14}
    box |= {"east": longitude + size / 10, "north": latitude + size / 14}
    shape = {"type": "Polygon", "coordinates": [ring]}
    TerritoryContour.objects.create(territory=town, geometry=shape, **box)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_round_is_taken_in_one_press_and_kept_with_the_order(
    open_page: Opener, town: Town, morning: datetime, javascript: bool
) -> None:
    outline(territories.lot(), 1.7, 44.6, size=7)
    outline(territories.cahors(), 1.4419, 44.4475)
    outline(territories.figeac(), 2.0325, 44.6086)
    products = open_market(town, morning)
    page = open_page(javascript=javascript, width=768)
    fill_basket(page, town, products)
    expect(page.get_by_text("Retrait gratuit")).to_have_count(2)
    look(page, "basket-fees")
    say_who(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOW)
    offer = page.get_by_role("region", name="Tout en une tournée")
    expect(offer).to_contain_text(town.cast.bookshop.name)
    look_twice(page, "round-offered")
    page.get_by_role("button", name="Choisir ces heures").first.click()
    expect(offer).to_contain_text("Choisi ci-dessous")
    expect(page.locator(".drawing--round")).to_be_visible()
    if javascript:
        point_at_stops(page, town.cast.bookshop.name)
    look_twice(page, "round-taken")
    page.get_by_role("button", name="Continuer vers le paiement").click()
    page.get_by_label("conditions de vente").check()
    look(page, "round-recap")
    page.get_by_text("Au moment du retrait").click()
    order(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    page.get_by_role("link", name="tournée").click()
    expect(page.get_by_role("list").filter(has_text=town.cast.bookshop.name).first).to_be_visible()
    if javascript:
        point_at_stops(page, town.cast.bookshop.name)
    look_twice(page, "round-own")


def point_at_stops(page: Page, shop: str) -> None:
    """Require that the map and the list of a round show each other's places, by keyboard too."""
    stops = page.locator(".round-stop")
    expect(stops).to_have_text(["1", "2"])
    line = page.locator("[data-stop]").filter(has_text=shop)
    stop = stops.and_(page.get_by_role("button", name=shop))
    show = line.get_by_role("button", name=f"Montrer {shop} sur la carte")
    show.focus()
    expect(stop).to_have_class(re.compile("is-here"))
    page.keyboard.press("Enter")
    expect(stop).to_be_focused()
    expect(line).to_have_class("is-here")
    popup = page.locator(".maplibregl-popup")
    expect(popup).to_contain_text(shop)
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
