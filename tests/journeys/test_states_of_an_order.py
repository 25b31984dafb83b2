"""Every state of an order after the button, planted, and looked at narrow and wide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from tests.factories import bank, logistics, market, payments, stock
from tests.factories.fulfilment import MERCHANT, line_with
from tests.journeys.conftest import ALL_DAY, Opener, Town
from tests.journeys.looking import look, look_twice, refused

from chalandise.catalogue.models import Offer
from chalandise.fulfilment.actions.arriving import note_arrival
from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.fulfilment.actions.handing import send_out
from chalandise.fulfilment.actions.lateness import demand_delivery
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.serving import (
    cancel_merchant_order,
    decline_merchant_order,
)
from chalandise.ordering.actions.withdrawing import (
    confirm_withdrawal,
    contest_withdrawal,
)
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.visiting import continue_visit

pytestmark = pytest.mark.browser

DAY = timedelta(days=1)


@pytest.fixture
def ordered(town: Town, morning: datetime) -> Callable[..., Order]:
    """Order one thing of the baker and one of the bookseller, or only of the baker."""
    cast = town.cast
    bread = market.shop(cast.bakery, prices=(1990,), on_hand=50, capacity=50).offers[0]
    book = market.shop(cast.bookshop, prices=(1990,), on_hand=50, capacity=50).offers[0]

    def order(*, alone: bool = False, **more: object) -> Order:
        wishes = [(bread, 1)] if alone else [(bread, 1), (book, 1)]
        return market.ordered(cast.lot, *wishes, at=morning, **more)  # type: ignore[arg-type]

    return order


def test_every_state_of_an_order(
    open_page: Opener, town: Town, morning: datetime, ordered: Callable[..., Order]
) -> None:
    bakery, page = town.cast.bakery, open_page()

    def see(name: str, view: str, *args: object) -> None:
        page.goto(f"{town.url}{reverse(f'storefront:{view}', args=args)}")
        look_twice(page, f"order-{name}")

    placed = ordered()
    see("placed", "order", placed.token)
    see("round", "tour", placed.token)
    see("another-time", "move_slot", placed.token, market.part_of(placed, bakery).pk)
    partly = ordered(pays="online")
    visit = payments.visit(partly, at=morning)
    payments.pay(visit, bank.CEILING, at=morning)
    continue_visit(visit, at=morning)
    see("partly-paid", "order", partly.token)
    part = market.part_of(placed, bakery)
    decline_merchant_order(part, reason="Le four est en panne.", by=MERCHANT, at=morning)
    see("partly-refused", "order", placed.token)
    cancel_merchant_order(market.part_of(placed, town.cast.bookshop), by=MERCHANT, at=morning)
    see("ended", "order", placed.token)
    lost = ordered()
    for shop, state in (
        (bakery, MerchantOrderState.EXPIRED),
        (town.cast.bookshop, MerchantOrderState.UNCOLLECTED),
    ):
        MerchantOrder.objects.filter(order=lost, establishment=shop).update(state=state)
    see("unpaid-and-uncollected", "order", lost.token)

    part = market.part_of(ordered(alone=True), bakery)
    accept(part, by=MERCHANT, at=morning)
    see("accepted", "order", part.order.token)
    report_missing(
        part.lines.get(),
        quantity=1,
        substitute=Substitute("Pain de campagne", 400),
        by=MERCHANT,
        at=morning,
    )
    see("asked", "order", part.order.token)
    see("question", "question", part.fulfilment.questions.get().token)
    part = market.part_of(ordered(alone=True), bakery)
    accept(part, by=MERCHANT, at=morning)
    mark_ready(part, by=MERCHANT, at=morning)
    see("ready", "order", part.order.token)

    logistics.zone(bakery)
    part = market.part_of(ordered(alone=True, kinds={bakery.pk: "delivery"}), bakery)
    accept(part, by=MERCHANT, at=morning)
    MerchantOrder.objects.filter(pk=part.pk).update(promised_on=morning.date() - 10 * DAY)
    see("late", "order", part.order.token)
    see("late-what-to-do", "late", part.order.token, part.pk)
    demand_delivery(
        MerchantOrder.objects.get(pk=part.pk), days=3, by=MERCHANT, at=morning - 5 * DAY
    )
    see("late-end-it", "late", part.order.token, part.pk)


def test_every_state_of_an_order_on_its_way(
    open_page: Opener, town: Town, morning: datetime
) -> None:
    """Packed for a point, waiting there, sent with a number to follow, gathered in a gift basket."""
    bakery, page = town.cast.bakery, open_page()
    plain = open_page(width=320, javascript=False)
    gift = market.gift(bakery, town.cast.bookshop, at=morning)
    bread = stock.counted(bakery, "Tourte de seigle")
    logistics.joins(logistics.pooled_point(town.cast.lot, hours=ALL_DAY), bakery)
    logistics.parcel(bakery)

    def paid(offer: Offer, kind: str) -> MerchantOrder:
        kinds = {bakery.pk: kind}
        order = market.ordered(town.cast.lot, (offer, 1), at=morning, pays="online", kinds=kinds)
        for one in order.merchant_orders.order_by("pk"):
            mark_paid(one.pk, at=morning)
        part = market.part_of(order, bakery)
        accept(part, by=MERCHANT, at=morning)
        return part

    def see(name: str, part: MerchantOrder, words: str) -> None:
        for one in (page, plain):
            one.goto(f"{town.url}{reverse('storefront:order', args=[part.order.token])}")
            expect(one.get_by_text(words).first).to_be_visible()
        look_twice(page, f"order-{name}")
        look(plain, f"order-{name}-without-script")

    see("gathered", paid(gift, "pickup"), "Fait partie d’un panier gourmand")
    part = paid(bread, "point")
    mark_ready(part, bags=2, by=MERCHANT, at=morning)
    see("packed", part, "Mairie de Cahors")
    note_arrival(part, bags=2, by=MERCHANT, at=morning)
    see("ready-at-a-point", part, "Votre code de retrait")
    part = paid(bread, "shipping")
    mark_ready(part, by=MERCHANT, at=morning)
    send_out(part, carrier="La Poste", tracking="6A12345678901", by=MERCHANT, at=morning)
    see("sent", part, "6A12345678901")


def test_every_state_of_a_withdrawal(
    open_page: Opener, town: Town, morning: datetime, ordered: Callable[..., Order]
) -> None:
    order = ordered()
    parts, yesterday = MerchantOrder.objects.filter(order=order), morning - DAY
    line_with(parts.order_by("number")[0], "Fraisier", withdrawal_exception="perishable")
    parts.update(state=MerchantOrderState.COMPLETED, received_at=yesterday, paid_at=yesterday)
    page = open_page()

    def see(name: str, view: str, *args: object) -> None:
        page.goto(f"{town.url}{reverse(f'storefront:{view}', args=args)}")
        page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
        look_twice(page, f"withdrawal-{name}")

    see("received", "order", order.token)
    page.goto(f"{town.url}/retractation/?perime=1")
    look_twice(page, "withdrawal-too-late")
    page.get_by_label("Numéro de commande").fill(order.number)
    page.get_by_label("Adresse e-mail de la commande").fill(order.customer_email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Le code").fill("AAAAAA")
    page.get_by_role("button", name="Choisir ce que je rends").click()
    refused(page)
    look_twice(page, "withdrawal-wrong-code")
    see("choose", "withdraw_from", order.token)
    page.get_by_role("button", name="Vérifier avant de confirmer").click()
    refused(page)
    look_twice(page, "withdrawal-nothing-chosen")
    lines = [one.lines.order_by("position")[0] for one in parts.order_by("number")]
    who = {"name": "Nadia Cabas", "email": order.customer_email}
    made = confirm_withdrawal(order, {one.pk: 1 for one in lines}, at=morning, **who)[0]
    see("declared", "order", order.token)
    see("choose-again", "withdraw_from", order.token)
    see("acknowledged", "withdrawn", made.token)
    page.get_by_role("button", name="Prévenir le commerce").last.click()
    refused(page)
    look_twice(page, "withdrawal-sent-refused")
    contest_withdrawal(made, answer="Le pain est entamé.", by=MERCHANT, at=morning)
    see("contested", "withdrawn", made.token)
