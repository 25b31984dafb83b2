"""One basket at four shops, paid once at the simulated bank; a card refused; no script at all."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect
from tests.journeys.buying import (
    HOW,
    PROVE,
    REFUSED,
    STRONG,
    WHO,
    choose_slots,
    confirm_payment,
    fill_basket,
    fill_in_who,
    open_market,
    order,
    pay,
    say_who,
)
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, refused

from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState, WayKind
from chalandise.payments.models import Payment
from chalandise.payments.states import PaymentState
from chalandise.stock.models import StockLevel

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (320, False)], ids=str)
def test_four_shops_in_one_basket_are_paid_in_one_visit(
    open_page: Opener, town: Town, morning: datetime, width: int, javascript: bool
) -> None:
    products = open_market(town, morning, four=True)
    page = open_page(width=width, javascript=javascript)
    title = page.get_by_role("heading", level=1)
    fill_basket(page, town, products)
    look(page, "buy-basket")
    say_who(page, delivered=True)
    expect(title).to_contain_text(HOW)
    look(page, "buy-how")
    page.get_by_label("Livraison par le commerçant").check()
    page.get_by_label("Mairie de Cahors").check()
    choose_slots(page)
    expect(title).to_have_text("Vérifier et commander")
    look(page, "buy-pay")
    order(page)
    expect(title).to_have_text("Votre carte")
    look(page, "buy-bank")
    pay(page, STRONG)
    expect(title).to_have_text(PROVE)
    look(page, "buy-bank-challenge")
    confirm_payment(page)
    look(page, "buy-order")

    placed = Order.objects.get()
    parts = list(placed.merchant_orders.order_by("pk"))
    assert {one.state for one in parts} == {MerchantOrderState.PLACED}
    assert sorted(one.way_kind for one in parts) == sorted(
        [WayKind.PICKUP, WayKind.PICKUP, WayKind.DELIVERY, WayKind.POINT]
    )
    assert placed.total_cents == 4 * 450 + 490
    taken = Payment.objects.filter(state=PaymentState.CAPTURED)
    assert sum(one.captured_cents for one in taken) == placed.total_cents
    assert {level.allocated for level in StockLevel.objects.all()} == {1}
    letter = town.post.letter_to("nadia@exemple.test", "confirmée")
    assert placed.number in letter


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (320, False)], ids=str)
def test_fault_89_a_refused_card_loses_nothing_and_every_state_is_accessible(
    open_page: Opener, town: Town, morning: datetime, width: int, javascript: bool
) -> None:
    products = open_market(town, morning)
    page = open_page(width=width, javascript=javascript)
    fill_basket(page, town, products)
    say_who(page)
    choose_slots(page)
    order(page)
    pay(page, REFUSED)
    expect(page.get_by_role("alert").first).to_contain_text("Rien n’a été payé")
    refused(page)
    look(page, "buy-bank-refused")
    page.get_by_role("button", name="Renoncer et revenir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Votre commande n’est pas encore payée"
    )
    look(page, "buy-order-unpaid")
    page.get_by_role("button", name="Payer maintenant").click()
    pay(page, STRONG)
    confirm_payment(page)
    assert {one.state for one in MerchantOrder.objects.all()} == {MerchantOrderState.PLACED}


def test_fault_90_without_script_the_whole_way_works_paid_on_collection(
    open_page: Opener, town: Town, morning: datetime
) -> None:
    products = open_market(town, morning)
    page = open_page(width=320, javascript=False)
    fill_basket(page, town, products)
    look(page, "buy-basket-without-script")
    page.get_by_role("button", name="Commander").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(WHO)
    look(page, "buy-who-without-script")
    fill_in_who(page)
    look(page, "buy-how-without-script")
    choose_slots(page)
    page.get_by_label("Au moment du retrait").check()
    look(page, "buy-pay-without-script")
    order(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    expect(page.get_by_text("À payer au retrait").first).to_be_visible()
    look(page, "buy-order-without-script")
    assert {one.state for one in MerchantOrder.objects.all()} == {MerchantOrderState.PLACED}
