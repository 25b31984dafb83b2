"""Finding a shop that is open now and near: by keyboard, on a small phone, without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, tab_to

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [320, 1280])
def test_a_shop_open_now_and_near_is_found_by_keyboard_alone(
    open_page: Opener, town: Town, width: int
) -> None:
    page = open_page(width=width)
    page.goto(f"{town.url}/")
    look(page, "finding-home")
    where = page.get_by_role("combobox", name="Où")
    tab_to(page, page.get_by_role("combobox", name="Que cherchez-vous"))
    page.keyboard.type("pain")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    tab_to(page, where)
    page.keyboard.type("cahors")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("pain")
    names = page.locator(".card__name")
    expect(names).to_have_count(2)  # equally good answers: their order says nothing
    assert sorted(names.all_inner_texts()) == ["Au Pain de Chanvre", "Le Pain du Soir"]
    expect(where).to_have_value("Cahors")
    look(page, "finding-results")
    open_now = page.get_by_role("main").get_by_role("link", name="Ouvert maintenant")
    tab_to(page, open_now)
    page.keyboard.press("Enter")
    expect(page.locator(".card__name")).to_have_text(["Au Pain de Chanvre"])
    expect(page.locator(".card")).to_contain_text("Ouvert jusqu’à 19")
    look(page, "finding-open-now")
    tab_to(page, page.get_by_role("link", name="Au Pain de Chanvre"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Au Pain de Chanvre")
    expect(page.locator(".status--large")).to_contain_text("Ouvert jusqu’à 19")
    look(page, "finding-sheet")


def test_the_same_is_found_without_script(open_page: Opener, town: Town) -> None:
    page = open_page(width=320, javascript=False)
    page.goto(f"{town.url}/")
    page.get_by_label("Que cherchez-vous").fill("pain")
    page.get_by_label("Où").fill("46000")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("main").get_by_role("link", name="Ouvert maintenant").click()
    expect(page.locator(".card__name")).to_have_text(["Au Pain de Chanvre"])
    page.get_by_role("link", name="Au Pain de Chanvre").click()
    expect(page.locator(".status--large")).to_contain_text("Ouvert jusqu’à 19")


def test_the_shop_that_is_shut_says_when_it_opens(open_page: Opener, town: Town) -> None:
    page = open_page(width=390)
    page.goto(town.sheet(town.late_bakery))
    expect(page.locator(".status--large")).to_contain_text("Fermé")
    expect(page.locator(".status--large")).to_contain_text("ouvre à 20")


def test_nothing_found_says_what_to_do_next(open_page: Opener, town: Town) -> None:
    page = open_page(width=320)
    page.goto(f"{town.url}/recherche/?q=trottinette&place=Cahors")
    expect(page.get_by_role("main")).to_contain_text("Rien")
    look(page, "finding-nothing")
    page.get_by_role("link", name="Effacer les mots cherchés").click()
    expect(page.locator(".card__name")).to_have_count(3)
