"""Nothing jumps while a page loads: cumulative layout shift of at most 0.1 (`design.md` §6)."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Page
from tests.factories import market
from tests.journeys.conftest import Opener, Town
from tests.patience import eventually

from chalandise.discovery.rebuild import rebuild

pytestmark = pytest.mark.browser

MOST = 0.1
MEASURE = """
window.jumped = 0;
new PerformanceObserver(seen => {
    for (const one of seen.getEntries()) if (!one.hadRecentInput) window.jumped += one.value;
}).observe({type: "layout-shift", buffered: true});
"""
SETTLED = """async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].filter(one => one.loading !== "lazy" && !one.complete)
        .map(one => new Promise(done => { one.onload = one.onerror = done; })));
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    await new Promise(done => setTimeout(done, 0));
    return window.jumped;
}"""
PUSH = """() => {
    const more = document.createElement("div");
    more.className = "pane";
    more.append(...Array.from({length: 40}, () => document.createElement("br")));
    document.body.prepend(more);
}"""


def jumped(page: Page, address: str) -> float:
    """Open a page, wait until all of it has come, and return how much of it jumped."""
    page.goto(address)
    return float(page.evaluate(SETTLED))


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_stand_still_while_they_load(
    open_page: Opener, town: Town, morning: datetime, width: int
) -> None:
    bread = market.shop(town.cast.bakery)
    rebuild()
    product = bread.offers[0].variant.product
    checkout = market.checked_out(town.cast.lot, (bread.offers[0], 1), at=morning)
    pages = {
        "home": "/",
        "list": "/commerces/",
        "sheet": f"/commerces/{town.cast.bakery.slug}/",
        "products": "/produits/",
        "product": f"/produits/{product.slug}/",
        "who": f"/commande/{checkout.form_token}/vous/",
        "how": f"/commande/{checkout.form_token}/retrait/",
        "map": "/carte/",
    }
    page = open_page(width=width)
    page.add_init_script(MEASURE)
    found = {name: jumped(page, town.url + path) for name, path in pages.items()}
    page.wait_for_selector(".maplibregl-canvas")
    found["map, drawn"] = float(page.evaluate(SETTLED))
    assert not {name: value for name, value in found.items() if value > MOST}, found
    page.evaluate(PUSH)  # what would be found
    assert eventually(lambda: page.evaluate("window.jumped") > MOST)
