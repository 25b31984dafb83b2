"""The components in Chromium: nothing sticks out, axe finds nothing, scripts do as they say."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as real_settings
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.journeys.looking import faults_of

from chalandise.web.pictures import DIST

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.web.urls"),
    pytest.mark.skipif(
        not (DIST / "site.css").exists() and not os.environ.get("CI"),
        reason="the front end is not built: npm run build",
    ),
]


@pytest.fixture
def site(live_server: Any, cast: Cast, settings: Any) -> str:
    """The server with the cast's portal; its address by the name that the portal owns."""
    templates = [dict(engine) for engine in real_settings.TEMPLATES]
    templates[0]["DIRS"] = [Path(__file__).parent / "templates"]
    settings.TEMPLATES = templates
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_components_fit_and_axe_finds_nothing(
    new_page: Callable[..., Page], site: str, width: int
) -> None:
    page = new_page(width=width)
    page.goto(f"{site}/composants/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults_of(page, "components") == []


def test_at_200_percent_nothing_is_cut(new_page: Callable[..., Page], site: str) -> None:
    page = new_page(width=640, height=450, device_scale_factor=2)
    page.goto(f"{site}/composants/")
    # The zoom of a browser is a smaller viewport with denser dots.
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_targets_are_large_enough_for_a_thumb(new_page: Callable[..., Page], site: str) -> None:
    page = new_page(width=390)
    page.goto(f"{site}/composants/")
    small = page.eval_on_selector_all(
        ".button, .pill, .input:not(textarea), .choice, .search__here, .nav a",
        "all => all.filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)",
    )
    assert small == []


def test_an_hour_stands_on_one_line_at_320_pixels(new_page: Callable[..., Page], site: str) -> None:
    page = new_page(width=320)
    page.goto(f"{site}/composants/")
    tall = page.eval_on_selector_all(
        ".hours__slot", "all => all.filter(e => e.getClientRects().length > 1).length"
    )
    assert tall == 0


def test_suggestions_are_walked_by_keyboard_and_never_become_markup(page: Page, site: str) -> None:
    page.goto(f"{site}/essai/")
    field = page.get_by_role("combobox").first
    field.press_sequentially("zo")
    options = page.get_by_role("listbox").first.get_by_role("option")
    expect(options).to_have_count(3)
    assert page.locator(".suggestions img").count() == 0
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("zoé")


def test_a_suggestion_never_leads_to_another_site(page: Page, site: str) -> None:
    page.goto(f"{site}/essai/")
    field = page.get_by_role("combobox").first
    field.press_sequentially("ailleurs")
    page.get_by_role("option", name="Ailleurs").click()
    expect(field).to_have_value("Ailleurs")
    assert page.url.startswith(site)


def test_the_position_is_asked_only_by_its_button_and_rounded(
    new_page: Callable[..., Page], site: str
) -> None:
    where = {"latitude": 44.447_91, "longitude": 1.440_26}
    page = new_page(geolocation=where, permissions=["geolocation"])
    page.goto(f"{site}/essai/")
    assert page.locator("[name=near]").input_value() == ""
    page.get_by_role("button", name="Autour de moi").click()
    page.wait_for_url("**/recherche/?*")
    assert "near=44.448%2C1.440" in page.url


def test_fault_63_the_map_is_drawn_under_the_policy_and_a_name_stays_text(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/essai/carte/")
    expect(page.locator(".map.is-ready")).to_be_visible(timeout=40_000)
    canvas = page.locator(".maplibregl-canvas")
    expect(canvas).to_have_count(1)
    page.wait_for_load_state("networkidle")
    popup = page.locator(".maplibregl-popup")
    box = canvas.bounding_box()
    assert box is not None
    for _attempt in range(20):  # the point is drawn a moment after the map says it is ready
        canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
        if popup.count():
            break
        page.wait_for_timeout(300)
    expect(popup).to_contain_text("<img src=x onerror=alert(1)>Chez “Zoé” & fils")
    expect(popup.get_by_role("link")).to_have_attribute("href", f"{site}/commerces/chez-zoe/")
    assert popup.locator("img").count() == 0


def test_without_script_the_search_still_works(new_page: Callable[..., Page], site: str) -> None:
    page = new_page(javascript=False)
    page.goto(f"{site}/essai/")
    page.locator("[name=q]").fill("miel")
    page.get_by_role("button", name="Chercher").click()
    assert "q=miel" in page.url
    expect(page.get_by_role("button", name="Autour de moi")).to_have_count(0)


def test_a_lost_page_offers_a_search(page: Page, site: str) -> None:
    page.goto(f"{site}/nulle-part/")
    page.faults.clear()  # type: ignore[attr-defined] # the console reports the 404 we asked for
    expect(page.get_by_role("heading", level=1)).to_contain_text("n’existe pas")
    expect(page.get_by_role("searchbox")).to_be_visible()
