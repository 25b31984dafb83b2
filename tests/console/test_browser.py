"""The console in Chromium: the strict policy holds, nothing sticks out, axe finds nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as real_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.factories import operations
from tests.factories.logistics import pooled_point
from tests.factories.orders import order_at

from chalandise.ordering.numbers import new_order_number
from chalandise.web.pictures import DIST

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (DIST / "site.css").exists() and not os.environ.get("CI"),
        reason="the front end is not built: npm run build",
    ),
]


@pytest.fixture
def console(live_server: Any, cast: Cast) -> Callable[[Page], str]:
    """Sign Gilles in on a page; return the console's address."""
    site = live_server.url.replace("127.0.0.1", "localhost")

    def sit(page: Page) -> str:
        client = Client(SERVER_NAME="localhost")
        client.force_login(cast.gilles, backend="django.contrib.auth.backends.ModelBackend")
        name = real_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
        return f"{site}/console"

    return sit


def addresses(cast: Cast) -> list[str]:
    bakery, lot = cast.bakery.pk, cast.lot.pk
    claim, report = operations.claim(cast.bakery), operations.report(cast.bakery)
    pair, run = operations.match(cast.bakery, cast.lot), operations.run(cast.lot)
    selection = operations.selection(cast.lot, cast.bakery)
    operations.mail(cast.lot)
    matter, point = operations.discrepancy(cast.lot, cast.bakery), pooled_point(cast.lot)
    order = order_at(cast.lot, cast.bakery, number=new_order_number(), placed_at=timezone.now())
    order.merchant_orders.update(to_arrange="slot_passed")
    return [
        "/", "/commerces/", f"/commerces/{bakery}/", f"/commerces/{bakery}/modifier/contact/",
        f"/commerces/{bakery}/modifier/hours/", f"/commerces/{bakery}/modifier/services/",
        f"/commerces/{bakery}/telephone/", "/demandes/", f"/demandes/{claim.pk}/", "/doublons/",
        f"/doublons/{pair.pk}/", "/signalements/", f"/signalements/{report.pk}/", "/courriels/",
        "/imports/", f"/imports/{run.pk}/", "/selections/", f"/selections/{selection.pk}/",
        "/portails/", f"/portails/{lot}/", f"/portails/{lot}/modifier/", f"/portails/{lot}/ouvrir/",
        f"/portails/{lot}/equipe/", "/categories/", "/categories/boulangerie/",
        "/argent/", f"/argent/{matter.pk}/", "/commandes/", f"/commandes/{order.number}/",
        "/points/", "/points/nouveau/", f"/points/{point.pk}/", f"/points/{point.pk}/feuille/",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_every_page_fits_and_breaks_no_rule_of_the_policy(
    new_page: Callable[..., Page],
    console: Callable[[Page], str],
    cast: Cast,
    width: int,
) -> None:
    page = new_page(width=width)  # whose console must stay silent: a violation fails the test
    base = console(page)
    for address in addresses(cast):
        response = page.goto(base + address)
        assert response is not None
        assert response.status == 200, address
        expect(page.locator("h1")).to_be_visible()
        page.locator("#wagtail-sidebar nav").first.wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_axe_finds_nothing_in_what_is_ours(
    new_page: Callable[..., Page], console: Callable[[Page], str], cast: Cast
) -> None:
    page = new_page(bypass_csp=True)  # only to let axe in
    base = console(page)
    faults = []
    for address in addresses(cast):
        page.goto(base + address)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("tags => axe.run('.c-page', {runOnly: tags})", TAGS)
        faults += [
            f"{address} {one['id']}: {node['target']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]
    assert faults == []


def test_a_pair_is_decided_from_the_first_page_in_three_presses(
    page: Page, console: Callable[[Page], str], cast: Cast
) -> None:
    operations.match(cast.bakery, cast.lot)
    operations.match(cast.bookshop, cast.lot, name="Livre d’Olt")
    page.goto(f"{console(page)}/")
    page.get_by_role("link", name="2 doutes à trancher").click()
    page.get_by_role("link", name="Commencer par le premier").click()
    page.get_by_role("button", name="Même endroit").click()
    expect(page.get_by_text("en sait plus")).to_be_visible()
    page.get_by_role("button", name="Même endroit").click()
    expect(page.get_by_text("Rien à trancher")).to_be_visible()


def test_the_side_bar_finds_a_shop(page: Page, console: Callable[[Page], str], cast: Cast) -> None:
    page.goto(f"{console(page)}/")
    box = page.locator("#wagtail-sidebar input[type=text], #wagtail-sidebar input[type=search]")
    box.first.fill("chanvre")
    box.first.press("Enter")
    expect(page.get_by_role("link", name="Au Pain de Chanvre")).to_be_visible()
