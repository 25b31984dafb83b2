"""The console in Chromium: the strict policy holds, nothing sticks out, axe finds nothing."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as real_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.factories import catalogue, directory, operations, portals
from tests.factories.logistics import pooled_point
from tests.factories.orders import order_at
from tests.factories.settlements import commission
from tests.journeys.looking import NARROW, WIDE, answered, faults_of

from chalandise.catalogue.models import ProductCategory, Variant
from chalandise.ordering.numbers import new_order_number
from chalandise.ordering.states import MerchantOrderState
from chalandise.portals.states import StaffRole
from chalandise.web.pictures import DIST

TABLET = 768
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
    portals.staff(cast.gilles, cast.elsewhere, StaffRole.ADMINISTRATOR)  # or no category is his
    claim, report = operations.claim(cast.bakery), operations.report(cast.bakery)
    pair, run = operations.match(cast.bakery, cast.lot), operations.run(cast.lot)
    selection = operations.selection(cast.lot, cast.bakery)
    operations.mail(cast.lot)
    matter, point = operations.discrepancy(cast.lot, cast.bakery), pooled_point(cast.lot)
    contested = operations.complaint(cast.lot, cast.bakery)
    held = operations.held(cast.bakery)
    commission(cast.lot, cast.bakery)
    catalogue.product(cast.bookshop, "Légendes du Quercy", category="livres")
    ProductCategory.objects.filter(key="livres").update(requirements=["idu:paper"])
    directory.category("tripier", "Tripier", parent=directory.category("bouche", "Bouche"))
    order = order_at(cast.lot, cast.bakery, number=new_order_number(), placed_at=timezone.now())
    order.merchant_orders.update(to_arrange="slot_passed")
    return [
        "/", "/commerces/", f"/commerces/{bakery}/", f"/commerces/{bakery}/modifier/contact/",
        f"/commerces/{bakery}/modifier/hours/", f"/commerces/{bakery}/modifier/services/",
        f"/commerces/{bakery}/telephone/", f"/commerces/{bakery}/agir/", "/commerces/nouveau/",
        "/plaintes/", f"/plaintes/{contested.pk}/", "/moderation/", "/rappels/",
        f"/argent/versements/{held.pk}/", "/impots/", "/rep/", "/demandes/", f"/demandes/{claim.pk}/", "/doublons/",
        f"/doublons/{pair.pk}/", "/signalements/", f"/signalements/{report.pk}/", "/courriels/",
        "/imports/", f"/imports/{run.pk}/", "/selections/", f"/selections/{selection.pk}/",
        "/portails/", f"/portails/{lot}/", f"/portails/{lot}/modifier/", f"/portails/{lot}/ouvrir/",
        f"/portails/{lot}/equipe/", "/categories/", "/categories/boulangerie/",
        "/categories/nouvelle/", "/categories/tripier/", "/categories/tripier/retirer/",
        "/argent/", f"/argent/{matter.pk}/", "/commandes/", f"/commandes/{order.number}/",
        "/points/", "/points/nouveau/", f"/points/{point.pk}/", f"/points/{point.pk}/feuille/",
    ]  # fmt: skip


@pytest.mark.parametrize("half", [0, 1])
def test_every_page_fits_breaks_no_rule_of_the_policy_and_axe_finds_nothing_in_what_is_ours(
    page: Page, console: Callable[[Page], str], cast: Cast, half: int
) -> None:
    """Each is opened once, and looked at wide and narrow."""
    base = console(page)  # its console must stay silent: a violation fails the test
    faults = []
    for address in addresses(cast)[half::2]:
        page.set_viewport_size({"width": WIDE, "height": 900})
        response = page.goto(base + address)
        assert response is not None
        assert response.status == 200, address
        faults += look_at(page, f"{address} at {WIDE}")
        page.set_viewport_size({"width": TABLET, "height": 900})
        assert fits(page), f"{address} sticks out at {TABLET}"
        page.set_viewport_size({"width": NARROW, "height": 900})
        faults += look_at(page, f"{address} at {NARROW}")
    assert faults == []


@pytest.mark.parametrize("width", [320, 1280])
def test_what_a_recall_would_touch_and_what_lacks_are_looked_at(
    new_page: Callable[..., Page], console: Callable[[Page], str], cast: Cast, width: int
) -> None:
    made = catalogue.product(cast.bakery, "Tourte de seigle")
    Variant.objects.filter(product=made).update(gtin="3017620422003")
    page = new_page(width=width)
    page.goto(f"{console(page)}/rappels/")
    page.get_by_label("Ce qui ne va pas").fill("Morceaux de verre. Rapportez-le.")
    page.get_by_label("Code-barres").fill("3017620422004")
    page.locator(".c-page form").get_by_role("button").last.click()
    expect(page.get_by_text("Ce n’est pas un code-barres")).to_be_visible()
    answered(page, 422)
    faults = look_at(page, "a wrong bar code")
    page.get_by_label("Code-barres").fill("3017620422003")
    page.locator(".c-page form").get_by_role("button").last.click()
    expect(page.get_by_text("Tourte de seigle")).to_be_visible()
    assert faults + look_at(page, "what would be called back") == []


def test_a_whole_order_is_given_back_in_two_steps_that_are_looked_at(
    new_page: Callable[..., Page], console: Callable[[Page], str], cast: Cast
) -> None:
    shops, placed = (cast.bakery, cast.bookshop), MerchantOrderState.PLACED
    order = order_at(cast.lot, *shops, number=new_order_number(), state=placed)
    page = new_page(width=NARROW)
    page.goto(f"{console(page)}/commandes/{order.number}/rembourser/")
    press = page.locator(".c-page form").get_by_role("button").last
    expect(press).to_be_visible()
    faults = look_at(page, "what each merchant gives back")
    press.click()
    expect(page.get_by_text("Cochez la case").first).to_be_visible()
    answered(page, 422)
    faults += look_at(page, "a box that is not ticked")
    page.get_by_label("Pourquoi").fill("Une erreur")
    page.locator(".c-page form").get_by_role("checkbox").check()
    press.click()
    expect(page.get_by_text("Il ne reste rien à rendre")).to_be_visible()
    faults += look_at(page, "what became of each")
    page.set_viewport_size({"width": TABLET, "height": 900})
    assert fits(page), f"what became of each sticks out at {TABLET}"
    assert faults == []


def look_at(page: Page, name: str) -> list[str]:
    """Require that nothing of a page sticks out; return what axe finds in our part of it."""
    expect(page.locator("h1")).to_be_visible()
    page.locator("#wagtail-sidebar nav").first.wait_for(state="attached")
    assert fits(page), f"{name} sticks out"
    return faults_of(page, name, tags=TAGS, within=".c-page")


def fits(page: Page) -> bool:
    """Tell whether a page is as wide as its window, and no wider."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


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
