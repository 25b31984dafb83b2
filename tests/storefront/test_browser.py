"""The public pages in Chromium: they fit, axe finds nothing, they work without script."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Request, expect
from tests.cast import Cast
from tests.factories import catalogue, directory, operations
from tests.journeys.looking import NARROW, WIDE, faults_of, tab_to

from chalandise.accounts.models import User
from chalandise.directory.models import Fact
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.ordering.models import ReservationRequest
from chalandise.web.pictures import DIST

TABLET = 768
LONG = "Groupement des producteurs et maraichers de la Haute-Vallee-de-la-Dordogne-Quercynoise"
SHEET = "/commerces/au-pain-de-chanvre-cahors/"
PAGES = [
    "/",
    "/t/grand-cahors/",
    "/commerces/",
    "/commerces/?letter=L",
    "/commerces/?letter=Q",
    "/categories/",
    "/categories/boulangerie/#moment-day",  # with the fields of the moment unfolded
    "/communes/",
    "/recherche/?q=pain",
    "/recherche/?q=xylophone&place=Cahors",
    "/recherche/?place=Montauban",
    "/recherche/classement/",
    "/selections/sous-le-sapin/",
    "/commercants/",
    "/commercants/?name=pain",
    "/commercants/?name=xylophone",
    "/a-propos/",
    "/mentions-legales/",
    "/accessibilite/",
    "/donnees/",
    SHEET,
    "/commerces/long/",
    f"{SHEET}mettre-de-cote/",
    f"{SHEET}signaler/",
    f"{SHEET}signaler/merci/",
    "/reservation/suivi/",
    "/compte/connexion/",
    "/carte/",
]
DRAWN = {"/carte/": ".maplibregl-canvas"}
"""What a script draws on a page, and is waited for before the page is looked at."""

SELDOM_OPENED = [
    "/garanties/",
    f"{SHEET}conditions/",
    "/compte/",
    "/compte/adresse/",
    "/compte/fermer/",
    "/compte/securite/",
    "/compte/securite/confirmer/",
    "/compte/securite/application/",
    "/compte/securite/secours/",
    "/compte/securite/cles/",
    "/compte/securite/cles/ajouter/",
    "/compte/suspendu/",
    "/api/v1/",
    "/demo/",
    "/demo/banque/",
    "/demo/courriels/",
]
"""Pages of one column without a layout of their own at any width: they are looked at narrow."""

LOOKED_AT_ON_A_TABLET = {
    *("/", "/commerces/", "/recherche/?q=pain", SHEET, "/commercants/?name=pain"),
    *(f"{SHEET}mettre-de-cote/", "/reservation/suivi/"),
}
"""Pages whose layout at 768 pixels is not that of a phone or of a desk; the others are as there."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (DIST / "site.css").exists() and not os.environ.get("CI"),
        reason="the front end is not built: npm run build",
    ),
]


@pytest.fixture
def site(live_server: Any, cast: Cast, build: Callable[[], int]) -> str:
    """The town with shops of every sort; its address by the name that the portal owns."""
    cast.bakery.hours.update(value="Mo-Su 00:00-24:00")
    cast.lot.operator_email = "operateur-au-nom-bien-long@chambre-de-demonstration.test"
    cast.lot.save()
    directory.establishment(
        LONG,
        slug="long",
        street="12 bis, rue de la Vieille-Halle-aux-Grains-et-aux-Noix",
        website="https://a.test/",
    )
    Fact.objects.create(
        establishment=cast.bakery,
        field="address",
        source_kind="register",
        source_label="Registre Sirene",
        licence="Licence Ouverte 2.0",
    )
    chosen = Selection.objects.create(portal=cast.lot, title="Sous le sapin", slug="sous-le-sapin")
    SelectionItem.objects.create(selection=chosen, establishment=cast.bookshop, note="Pour lire.")
    at = timezone.now()
    ReservationRequest.objects.create(
        establishment=cast.bakery,
        portal=cast.lot,
        token="suivi",
        customer_name="Nadia",
        customer_email="nadia-au-nom-bien-long@exemple-de-domaine.test",
        text="Deux pains",
        answer="Avec plaisir",
        price_cents=780,
        state="ready",
        pickup_code="44ND",
        wanted_at=at + timedelta(hours=3),
        expires_at=at + timedelta(days=2),
    )
    build()
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_pages_of_the_town_fit_and_axe_finds_nothing(
    new_page: Callable[..., Page], site: str, width: int
) -> None:
    """Each is opened narrow, and wide; the wide one is then made as narrow as a tablet."""
    page = new_page(width=width)
    faults = []
    for address in PAGES:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{site}{address}")
        if address in DRAWN:
            page.wait_for_selector(DRAWN[address])
        faults += faults_of_width(page, address) + faults_of(page, address)
        if width == WIDE:
            page.set_viewport_size({"width": TABLET, "height": 900})
            faults += faults_of_width(page, address)
            faults += faults_of(page, address) if address in LOOKED_AT_ON_A_TABLET else []
    assert faults == []


@pytest.mark.urls("tests.web.demo_site")
def test_the_pages_seldom_opened_fit_and_axe_finds_nothing(
    new_page: Callable[..., Page], site: str, cast: Cast
) -> None:
    decided = reverse(
        "storefront:decision", args=[operations.complaint(cast.lot, cast.bakery).token]
    )
    operations.mail(cast.lot)
    catalogue.offer(cast.bakery)  # a shop that sells says on which terms
    RecoveryCodes.activate(cast.claire)
    page = new_page(width=NARROW)
    page.context.add_cookies([{**session_of(cast.claire), "url": site}])
    faults = []
    for address in (*SELDOM_OPENED, decided):
        page.goto(f"{site}{address}")
        assert page.url == f"{site}{address}", "another page was opened"
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        faults += faults_of_width(page, address) + faults_of(page, address)
    assert faults == []


def session_of(user: User) -> dict[str, Any]:
    """Sign somebody in who has just proved who they are; return the cookie of it."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, "mfa", reauthenticated=True)
    request.session.save()
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def faults_of_width(page: Page, address: str) -> list[str]:
    """Return what to say of a page that is wider than its window."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    is_wider = page.evaluate("document.documentElement.scrollWidth") > width
    return [f"{address} is wider than {width}"] if is_wider else []


def test_a_shop_is_found_and_asked_without_any_script(
    new_page: Callable[..., Page], site: str
) -> None:
    page = new_page(width=390, javascript=False)
    page.goto(site)
    page.get_by_label("Que cherchez-vous").fill("pain")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="Au Pain de Chanvre").click()
    page.get_by_role("link", name="Mettez-le-moi de côté").last.click()
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("alert")).to_contain_text("le reste est gardé")
    page.faults.clear()  # Chromium notes a 422 as an error
    page.get_by_label("Que faut-il mettre de côté").fill("Deux pains de seigle")
    page.get_by_label("Quand passeriez-vous").select_option(index=3)
    page.get_by_label("Votre nom").fill("Nadia")
    page.get_by_label("Votre adresse e-mail").fill("nadia@exemple.test")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre demande est partie")
    assert re.search(r"/reservation/[\w-]{20,}/$", page.url)
    page.get_by_text("J’ai changé d’avis").click()
    page.get_by_role("button", name="Annuler ma demande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous avez annulé")


def test_without_script_the_map_leaves_its_place_to_the_list_on_the_narrowest_phone(
    new_page: Callable[..., Page], site: str
) -> None:
    page = new_page(width=320, javascript=False)
    faults = []
    for address in ("/compte/connexion/", "/carte/"):
        page.goto(f"{site}{address}")
        faults += faults_of_width(page, address) + faults_of(page, address)
    assert faults == []
    expect(page.get_by_role("link", name="Au Pain de Chanvre")).to_be_visible()
    expect(page.get_by_text("La carte arrive")).to_be_hidden()


def test_the_keyboard_moves_the_map_draws_it_nearer_and_reaches_a_shop_of_the_list(
    new_page: Callable[..., Page], site: str
) -> None:
    page = new_page(width=320)
    page.goto(f"{site}/carte/")
    tab_to(page, page.get_by_role("region", name="Carte des commerces"))
    with page.expect_request(lambda asked: "bbox=" in asked.url) as moved:
        page.keyboard.press("ArrowUp")
    expect(page.locator("#shops")).to_contain_text("sur cette partie de la carte")
    page.keyboard.press("ArrowDown")  # back to the shops
    tab_to(page, page.get_by_role("button", name="Zoomer", exact=True))
    with page.expect_request(lambda asked: zoom_of(asked) > zoom_of(moved.value)):
        page.keyboard.press("Enter")
    tab_to(page, page.locator("#shops .card__link").first)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/commerces/*/")


def zoom_of(asked: Request) -> float:
    """Return how near the map was when it asked for what it shows."""
    return float(parse_qs(urlsplit(asked.url).query).get("zoom", ["0"])[0])


def test_the_list_follows_the_map_that_a_visitor_moves(page: Page, site: str) -> None:
    page.goto(f"{site}/carte/")
    shops = page.locator("#shops .card__link")
    expect(shops).to_have_count(3)
    page.evaluate(
        """() => document.querySelector("[data-map]").dispatchEvent(new CustomEvent("map:moved", {
            bubbles: true, detail: { bbox: "1.9,44.5,2.1,44.7", zoom: 11 } }))"""
    )
    expect(shops).to_have_count(1)
    expect(page.locator("#shops")).to_contain_text("sur cette partie de la carte")


def test_the_keyboard_reaches_the_search_and_its_suggestions(page: Page, site: str) -> None:
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Que cherchez-vous")).to_be_focused()
    page.keyboard.type("chanv")
    expect(page.get_by_role("option").first).to_contain_text("Au Pain de Chanvre")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}{SHEET}")


def test_who_is_open_around_me_is_one_press_away(new_page: Callable[..., Page], site: str) -> None:
    where = {"latitude": 44.4490, "longitude": 1.4419}
    page = new_page(width=390, geolocation=where, permissions=["geolocation"])
    page.goto(site)
    page.get_by_role("button", name="Autour de moi").click()
    page.wait_for_url("**/recherche/?*")
    page.get_by_role("link", name="Ouvert maintenant").first.click()
    first = page.locator(".card").first
    expect(first).to_contain_text("Au Pain de Chanvre")
    expect(first).to_contain_text("170\xa0m")


def test_whatever_a_shop_is_called_nothing_runs(page: Page, site: str, build: Any) -> None:
    """Fault 61: the page fixture fails on any script error, dialog or refusal of the CSP."""
    dirt = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
    directory.establishment(dirt, slug="sale", street=dirt, description=dirt)
    build()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    for address in ("/commerces/sale/", "/commerces/", "/recherche/?q=img"):
        page.goto(f"{site}{address}")
    page.goto(site)
    page.get_by_role("combobox", name="Que cherchez-vous").press_sequentially("img")
    expect(page.get_by_role("option").first).to_contain_text("<img")
