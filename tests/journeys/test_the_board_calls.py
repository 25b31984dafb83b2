"""A new order calls from the board: a figure in the title, a word to who listens, a bell if wished."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from tests.factories.fulfilment import placed
from tests.journeys.conftest import Opener, Town
from tests.patience import eventually

from chalandise.accounts.models import User

pytestmark = pytest.mark.browser

EARS = """
window.notes = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (when) {
    window.notes.push(Math.round(this.frequency.value));
    return start.call(this, when);
};
"""
BELL = [784, 1047]
NEXT_LOOK_MS = 45_000  # a look that is under way swallows another; the next is 20 seconds off
COUNT_LOOKS = """() => {
    window.looks = 0;
    document.addEventListener("htmx:load", () => { window.looks += 1; });
}"""
LOOK_AGAIN = "document.body.dispatchEvent(new Event('board:refresh'))"


def test_a_new_order_counts_in_the_title_and_rings_only_where_it_was_wished(
    open_page: Opener, town: Town, let_in: Callable[[Page, User], None], morning: datetime
) -> None:
    page = open_page(width=390)
    page.add_init_script(EARS)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, "commandes/"))
    bell = page.get_by_role("button", name=re.compile("Sonner"))
    expect(bell).to_have_attribute("aria-pressed", "false")
    expect(page).to_have_title(re.compile(r"^Commandes"))

    placed(town.cast.lot, town.cast.bakery)
    page.evaluate(LOOK_AGAIN)
    expect(page).to_have_title(re.compile(r"^\(1\) Commandes"), timeout=NEXT_LOOK_MS)
    said = page.locator("[data-board-said]")
    expect(said).to_have_text("Une nouvelle commande est arrivée.")
    assert page.evaluate("window.notes") == []  # nobody wished for a bell

    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.notes") == BELL  # it is heard once, to know it by
    placed(town.cast.lot, town.cast.bakery)
    page.evaluate(LOOK_AGAIN)
    expect(page).to_have_title(re.compile(r"^\(2\) Commandes"), timeout=NEXT_LOOK_MS)
    assert eventually(lambda: page.evaluate("window.notes") == BELL * 2)

    page.evaluate(COUNT_LOOKS)
    page.evaluate(LOOK_AGAIN)
    assert eventually(lambda: page.evaluate("window.looks") > 0)
    assert page.evaluate("window.notes") == BELL * 2  # nothing is new: nothing rings
    page.reload()
    expect(bell).to_have_attribute("aria-pressed", "true")  # the wish is kept
