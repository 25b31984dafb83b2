"""Orders at the counter: answered, weighed, made ready and handed over from a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Error, Page, Route, expect
from tests.factories import market
from tests.factories.fulfilment import MERCHANT, accepted, placed
from tests.journeys.board import soon, stock_the_board
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, refused
from tests.patience import eventually

from chalandise.accounts.models import User
from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.models import HandOver
from chalandise.fulfilment.states import Proof
from chalandise.ordering.models import LineChange, MerchantOrder
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (320, False)], ids=str)
def test_an_order_is_answered_weighed_and_handed_over_89_90(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime, width: int, javascript: bool
) -> None:
    orders = stock_the_board(town, morning)
    page = open_page(width=width, javascript=javascript)

    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, "commandes/"))
    look(page, "counter-board")
    if not javascript:
        page.get_by_role("link", name="Actualiser cette page chaque minute").click()
        expect(page.get_by_role("link", name="La laisser immobile")).to_be_visible()
        look(page, "counter-board-refreshed")
    new = page.locator(f"#commande-{orders['new'].pk}")
    new.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("status").first).to_contain_text("C’est oui")
    page.goto(town.counter(town.cast.bakery, f"commandes/{orders['scales'].pk}/"))
    page.get_by_role("button", name="C’est prêt").click()
    expect(page.get_by_text("Reste à peser")).to_be_visible()
    page.get_by_role("textbox", name=re.compile("Tomme de causse")).fill("850")
    page.get_by_role("button", name="Pesé").click()
    expect(page.get_by_text("Pesé : 850 g")).to_be_visible()
    page.get_by_role("button", name="C’est prêt").click()
    expect(page.get_by_role("status").first).to_contain_text("C’est prêt")

    page.get_by_role("link", name="Remettre", exact=True).last.click()
    look(page, "counter-hand-over")
    page.get_by_label("Le code du client").fill(orders["ready"].pickup_code.lower())
    page.get_by_role("button", name="Remettre", exact=True).click()
    expect(page.get_by_role("heading", name="Nadia Customer")).to_be_visible()
    look(page, "counter-hand-over-order")
    page.get_by_label(re.compile("J’ai vérifié l’âge")).check()
    page.get_by_label(re.compile("Par carte")).check()
    page.get_by_role("button", name="Remettre", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("remis")
    made = HandOver.objects.get()
    assert (made.proof, made.minimum_age, made.means) == (Proof.CODE, 18, "card")
    assert MerchantOrder.objects.get(pk=orders["ready"].pk).state == MerchantOrderState.COMPLETED

    for path in (f"commandes/{orders['scales'].pk}/bon/", "commandes/jour/"):
        page.goto(town.counter(town.cast.bakery, path))
        if javascript:
            pages = page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")
            assert pages == 1, f"{path}: {pages} pages"


def cut_the_line(page: Page) -> None:
    """Have no connection any more, once the page has fetched what it keeps for that moment."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)


def forgive_the_line(page: Page) -> None:
    """Forget what the console said about a line that was cut on purpose, and nothing else."""
    faults: list[str] = page.faults  # type: ignore[attr-defined] # set by tests.browser
    assert all("ERR_INTERNET_DISCONNECTED" in one or "ERR_FAILED" in one for one in faults), faults
    faults.clear()


def test_a_press_without_a_line_is_kept_and_leaves_later_once(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime
) -> None:
    order = placed(town.cast.lot, town.cast.bakery, **soon(morning))
    page = open_page(width=390)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, "commandes/"))
    cut_the_line(page)
    page.get_by_role("button", name="Accepter").click()
    kept = page.locator("[data-kept] li")
    expect(kept).to_contain_text("Accepter")
    expect(kept).to_contain_text("Gardé ici")
    expect(page.get_by_role("button", name="Accepter")).to_be_disabled()
    expect(page.get_by_text("Connexion faible")).to_be_visible()
    look(page, "counter-kept")
    assert MerchantOrder.objects.get(pk=order.pk).state == MerchantOrderState.PLACED

    # The telephone is put away and taken out again: what was kept is still there, and leaves.
    other = page.context.new_page()
    page.close()
    page.context.set_offline(False)
    other.goto(town.counter(town.cast.bakery, "commandes/?list=ready"))
    expect(other.locator("[data-kept]")).to_be_hidden()
    accepted_once = MerchantOrder.objects.filter(pk=order.pk, state=MerchantOrderState.ACCEPTED)
    assert eventually(accepted_once.exists)
    forgive_the_line(page)


def kept_pages(page: Page) -> list[str]:
    """The addresses of the pages that this device keeps."""
    found: list[str] = page.evaluate(
        """async () => (await caches.has("chalandise-pages"))
            ? (await (await caches.open("chalandise-pages")).keys()).map(one => one.url) : []"""
    )
    return found


def test_a_page_is_kept_only_once_what_it_wears_is_kept(
    open_page: Opener, town: Town, let_in: LetIn
) -> None:
    page = open_page(width=390)
    let_in(page, town.cast.claire)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "fetch" and not released:
            held.append(route)
        else:
            route.continue_()

    released: list[bool] = []
    page.route("**/static/**", hold)
    board = town.counter(town.cast.bakery, "commandes/")
    page.goto(board)
    # A question to the page lets Playwright hand its requests over.
    assert eventually(lambda: bool(page.evaluate("true") and held))
    assert kept_pages(page) == []
    released.append(True)
    for route in held:
        route.continue_()
    assert eventually(lambda: kept_pages(page) == [board])


def test_without_a_line_the_last_board_opens_again_and_signing_out_forgets_it(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime
) -> None:
    order = placed(town.cast.lot, town.cast.bakery, **soon(morning))
    page = open_page(width=390)
    let_in(page, town.cast.claire)
    board = town.counter(town.cast.bakery, "commandes/")
    page.goto(board)
    assert eventually(lambda: kept_pages(page) == [board])
    cut_the_line(page)
    page.goto(board)
    expect(page.get_by_role("link", name="Nadia Customer")).to_be_visible()
    expect(page.get_by_text("Connexion faible")).to_be_visible()
    page.get_by_role("button", name="Accepter").click()
    expect(page.locator("[data-kept] li")).to_contain_text("Gardé ici")
    look(page, "counter-offline")
    page.reload()  # what was pressed is still there
    expect(page.locator("[data-kept] li")).to_contain_text("Accepter")
    page.context.set_offline(False)
    accepted_once = MerchantOrder.objects.filter(pk=order.pk, state=MerchantOrderState.ACCEPTED)
    assert eventually(accepted_once.exists)
    expect(page.locator("[data-kept]")).to_be_hidden()

    page.goto(f"{town.url}/compte/deconnexion/")
    page.get_by_role("button", name="Se déconnecter").click()
    assert eventually(lambda: kept_pages(page) == [])
    assert page.evaluate("localStorage.getItem('chalandise:offline')") is None
    page.goto(f"{town.url}/")
    page.context.set_offline(True)
    with pytest.raises(Error):
        page.goto(board)
    page.context.set_offline(False)
    forgive_the_line(page)


def test_an_answer_that_is_lost_on_the_way_makes_nothing_happen_twice(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime
) -> None:
    order = accepted(town.cast.lot, town.cast.bakery, **soon(morning))
    page = open_page(width=390)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, f"commandes/{order.pk}/"))
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()  # the server does it, and its answer never arrives
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    page.route("**/faire/", lose_the_first)
    page.get_by_text("Il manque…").click()
    page.get_by_role("radio", name=re.compile("Tourte de seigle")).check()
    page.get_by_role("textbox", name="Combien").fill("1")
    page.get_by_role("button", name="Prévenir le client").click()
    expect(page.locator("[data-kept] li")).to_contain_text("Prévenir le client")
    assert lost == [200]
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-kept]")).to_be_hidden()
    assert [one.quantity for one in LineChange.objects.all()] == [-1]
    forgive_the_line(page)


def test_a_press_that_can_no_longer_be_done_says_so_until_it_is_dropped(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime
) -> None:
    order = placed(town.cast.lot, town.cast.bakery, **soon(morning))
    page = open_page(width=390)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, "commandes/"))
    cut_the_line(page)
    page.get_by_role("button", name="Accepter").click()
    MerchantOrder.objects.filter(pk=order.pk).update(state=MerchantOrderState.CANCELLED)
    page.context.set_offline(False)
    expect(page.locator("[data-kept] li")).to_contain_text("Elle a bougé entre-temps")
    look(page, "counter-kept-refused")
    page.get_by_role("button", name="Laisser tomber").click()
    expect(page.locator("[data-kept]")).to_be_hidden()
    forgive_the_line(page)


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (320, False)], ids=str)
def test_an_order_is_taken_down_on_the_telephone(
    open_page: Opener, town: Town, let_in: LetIn, width: int, javascript: bool
) -> None:
    market.shop(town.cast.bakery)
    page = open_page(width=width, javascript=javascript)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, "commandes/"))
    page.get_by_role("link", name="Commande par téléphone").click()
    page.get_by_role("spinbutton").first.fill("2")
    page.get_by_label("Nom", exact=True).fill("Lucile Rivière")
    page.get_by_label("Téléphone").fill("05 65")
    page.get_by_label("Quand", exact=False).last.select_option(index=3)
    page.get_by_role("button", name="Relire au client").click()
    refused(page)
    page.get_by_label("Téléphone").fill("05 65 00 00 09")
    page.get_by_role("button", name="Relire au client").click()
    expect(page.get_by_role("heading", name="Relire au client")).to_be_visible()
    look(page, "counter-phone")
    page.get_by_label(re.compile("J’ai dit le prix total")).check()
    page.get_by_role("button", name="Prendre la commande").click()
    expect(page.get_by_role("status").first).to_contain_text("Lucile Rivière")
    expect(page.get_by_role("heading", name="À dire au client")).to_be_visible()


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (320, True), (320, False)], ids=str)
def test_a_customer_shows_a_code_and_answers_a_question(
    open_page: Opener, town: Town, morning: datetime, width: int, javascript: bool
) -> None:
    shop = market.shop(town.cast.bakery)
    made = market.ordered(town.cast.lot, (shop.offers[0], 2), at=morning)
    part = market.part_of(made, town.cast.bakery)
    accept(part, by=MERCHANT, at=morning)
    line, bread = part.lines.get(position=1), Substitute("Pain de campagne", 400)
    report_missing(
        line,
        quantity=1,
        substitute=bread,
        word="Toute la fournée est partie.",
        by=MERCHANT,
        at=morning,
    )
    page = open_page(width=width, javascript=javascript)
    page.goto(f"{town.url}{reverse('storefront:order', args=[made.token])}")
    code = page.get_by_role("img", name=re.compile("Le même code"))
    expect(code).to_be_visible()
    assert code.evaluate("one => one.naturalWidth") > 0
    look(page, "customer-order")
    page.get_by_role("link", name="Répondre au commerce").click()
    look(page, "customer-question")
    page.get_by_role("button", name="Oui : Pain de campagne").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("c’est réglé")
    look(page, "customer-settled")
