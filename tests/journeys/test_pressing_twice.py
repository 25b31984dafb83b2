"""Pressed twice, gone back, begun anew, on a line that crawls: one order and one payment come of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from tests.factories import market
from tests.journeys.buying import (
    HOW,
    STRONG,
    WHO,
    choose_slots,
    confirm_payment,
    fill_basket,
    fill_in_who,
    open_market,
    pay,
    take_cards,
)
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import refused

from chalandise.bank.models import BankSession
from chalandise.ordering.models import Checkout, MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.models import Payment
from chalandise.payments.states import PaymentState

pytestmark = pytest.mark.browser

BIND = "Commande avec obligation de paiement"
SLOW = {  # a bad line in the country: 50 kB a second, a fifth of a second there and back
    "offline": False,
    "latency": 200,
    "downloadThroughput": 50 * 1024,
    "uploadThroughput": 20 * 1024,
}


def crawl(page: Page) -> None:
    """Let the line of this page be slow from now on."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (320, False)], ids=str)
def test_fault_05_double_clicks_reloading_and_going_back_give_one_order(
    open_page: Opener, town: Town, morning: datetime, width: int, javascript: bool
) -> None:
    products = open_market(town, morning)
    page = open_page(width=width, javascript=javascript)
    title = page.get_by_role("heading", level=1)
    fill_basket(page, town, products)
    page.get_by_role("button", name="Commander").dblclick()
    expect(title).to_contain_text(WHO)
    fill_in_who(page)
    choose_slots(page)
    page.get_by_role("button", name=BIND).click()  # and the terms are not accepted
    refused(page)
    page.reload()  # the same form is sent again
    refused(page)
    assert not Order.objects.exists()
    page.goto(page.url)
    page.get_by_label("conditions de vente").check()
    page.get_by_role("button", name=BIND).dblclick()
    expect(title).to_have_text("Votre carte")
    page.reload()
    expect(title).to_have_text("Votre carte")
    page.go_back()  # to the button, or to what came of it
    expect(title).to_have_text("Votre commande n’est pas encore payée")
    page.get_by_role("button", name="Payer maintenant").dblclick()
    pay(page, STRONG)
    confirm_payment(page)
    page.go_back()
    page.go_forward()
    expect(title).to_contain_text("Merci")
    assert (Checkout.objects.count(), Order.objects.count()) == (1, 1)
    assert BankSession.objects.count() == 1
    assert [one.state for one in Payment.objects.all()] == [PaymentState.CAPTURED] * 2
    assert [one.state for one in MerchantOrder.objects.all()] == [MerchantOrderState.PLACED] * 2


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_fault_90_on_a_line_that_crawls_no_press_is_lost_nor_doubled(
    open_page: Opener, town: Town, morning: datetime, javascript: bool
) -> None:
    sold = market.shop(town.cast.bakery)
    take_cards(town.cast.bakery, at=morning)
    page = open_page(width=390, javascript=javascript)
    title = page.get_by_role("heading", level=1)
    crawl(page)
    product = sold.offers[0].variant.product
    page.goto(f"{town.url}/produits/{product.slug}/", wait_until="commit")
    page.get_by_role("button", name="Ajouter au panier").click()  # whatever has not come yet
    expect(title).to_have_text("Votre panier")
    page.get_by_role("button", name="Commander").click()
    fill_in_who(page)
    expect(title).to_contain_text(HOW)
    page.locator("select:visible").select_option(index=2)  # as soon as it is there
    page.get_by_role("button", name="Continuer vers le paiement").click()
    page.get_by_label("Au moment du retrait").check()
    page.get_by_label("conditions de vente").check()
    page.get_by_role("button", name=BIND).dblclick()  # nothing moves: pressed again
    expect(title).to_contain_text("Merci")
    placed = Order.objects.get()
    assert [
        (one.quantity, one.product_name) for one in placed.merchant_orders.get().lines.all()
    ] == [(1, product.name)]
