"""Every state of the counter, planted, and looked at narrow and wide: axe finds nothing in any."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.factories import logistics, market
from tests.factories.fulfilment import MERCHANT, accepted, placed
from tests.factories.points import brought
from tests.journeys.board import soon, stock_the_board
from tests.journeys.conftest import ALL_DAY, Opener, Town
from tests.journeys.looking import answered, look, look_twice, refused

from chalandise.accounts.models import User
from chalandise.fulfilment.actions.handing import send_out
from chalandise.fulfilment.actions.letting_go import let_go
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.passes import new_pass
from chalandise.ordering.actions.serving import cancel_merchant_order, decline_merchant_order
from chalandise.ordering.actions.withdrawing import confirm_withdrawal, contest_withdrawal
from chalandise.ordering.models import MerchantOrder, Withdrawal
from chalandise.ordering.states import MerchantOrderState, WayKind

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]
DAY = timedelta(days=1)


def given_back(town: Town, at: datetime) -> Withdrawal:
    """Something that was got yesterday, and is given up."""
    part = accepted(town.cast.lot, town.cast.bakery, **soon(at))
    MerchantOrder.objects.filter(pk=part.pk).update(
        state=MerchantOrderState.COMPLETED, received_at=at - DAY, paid_at=at - DAY
    )
    line = part.lines.order_by("position")[0]
    who = {"name": "Nadia Cabas", "email": "nadia@exemple.test"}
    return confirm_withdrawal(part.order, {line.pk: 1}, at=at, **who)[0]


def test_every_state_of_the_board_and_of_an_order(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime
) -> None:
    page = open_page()
    let_in(page, town.cast.claire)

    def see(path: str, name: str) -> None:
        page.goto(town.counter(town.cast.bakery, path))
        page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
        look_twice(page, f"counter-{name}")

    see("commandes/", "board-empty")
    see("commandes/retours/", "returns-empty")
    orders = stock_the_board(town, morning)
    no = placed(town.cast.lot, town.cast.bakery, **soon(morning))
    decline_merchant_order(no, reason="Le four est en panne.", by=MERCHANT, at=morning)
    back, contested = given_back(town, morning), given_back(town, morning)
    contest_withdrawal(contested, answer="Le pain est entamé.", by=MERCHANT, at=morning)
    orders |= {"refused": no, "given-back": back.merchant_order}
    for name in ("todo", "ready", "waiting", "done"):
        see(f"commandes/?list={name}", f"board-{name}")
    for name, order in orders.items():
        see(f"commandes/{order.pk}/", f"order-{name}")
    see(f"commandes/{orders['new'].pk}/horaire/", "order-another-time")
    see(f"commandes/{orders['scales'].pk}/bon/", "slip")
    see("commandes/jour/", "day")
    see("commandes/retours/", "returns")


def test_an_order_on_its_way_overdue_not_collected_or_called_off(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime
) -> None:
    lot, shop = town.cast.lot, town.cast.bakery
    hall = logistics.pooled_point(lot, hours=ALL_DAY)
    orders = {
        "packed": brought(lot, shop, hall, at=morning, starts_at=morning + timedelta(hours=6)),
        "sent": accepted(lot, shop, way_kind=WayKind.SHIPPING, starts_at=None, ends_at=None),
        "not-collected": accepted(lot, shop, **soon(morning, -2)),
        "cancelled": placed(lot, shop, **soon(morning)),
        "overdue": accepted(lot, shop, **soon(morning, -80)),
    }
    mark_ready(orders["overdue"], by=MERCHANT, at=morning - 4 * DAY)
    for name in ("packed", "sent", "not-collected"):
        mark_ready(orders[name], by=MERCHANT, at=morning)
    send_out(orders["sent"], carrier="La Poste", tracking="6A12345678901", by=MERCHANT, at=morning)
    let_go(orders["not-collected"], by=MERCHANT, at=morning + 10 * DAY)
    cancel_merchant_order(orders["cancelled"], by=MERCHANT, at=morning)
    page, plain = open_page(), open_page(width=320, javascript=False)
    for one in (page, plain):
        let_in(one, town.cast.claire)
    for name, order in orders.items():
        for one in (page, plain):
            one.goto(town.counter(shop, f"commandes/{order.pk}/"))
            if name == "overdue":  # it is paid: its merchant has to decide
                expect(one.locator("#pas-venu[open]").get_by_role("radio")).to_have_count(2)
        look_twice(page, f"counter-order-{name}")
        look(plain, f"counter-order-{name}-without-script")
    page.goto(town.counter(shop, "commandes/"))
    expect(page.locator("#board .notice--warning")).to_contain_text("La garder, ou y renoncer")
    look_twice(page, "counter-board-overdue")
    states = Fulfilment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["packed", "sent", "not_collected", "ready"]


def test_every_state_of_handing_over_and_of_an_order_by_telephone(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime
) -> None:
    shop, page = town.cast.bakery, open_page()
    let_in(page, town.cast.claire)

    def see(path: str, name: str) -> None:
        page.goto(town.counter(shop, path))
        look_twice(page, f"counter-{name}")

    see("remettre/", "hand-over-empty")
    see("commandes/telephone/", "phone-nothing-to-sell")
    orders = stock_the_board(town, morning)
    see("remettre/", "hand-over")
    page.get_by_label("Le code du client").fill("AAAA")
    page.get_by_role("button", name="Remettre", exact=True).click()
    refused(page)
    look_twice(page, "counter-hand-over-wrong-code")
    code = orders["ready"].pickup_code
    see(f"commandes/{orders['ready'].pk}/remise/?code={code}", "hand-over-by-code")
    see(f"commandes/{orders['scales'].pk}/remise/", "hand-over-by-name")
    for name, shown, status in (
        ("old", new_pass(orders["ready"].pk, at=morning - DAY), 410),
        ("unknown", "rien", 404),
    ):
        page.goto(f"{town.url}{reverse('counter:pass', args=[shown])}")
        answered(page, status)
        look_twice(page, f"counter-pass-{name}")

    market.shop(shop)
    see("commandes/telephone/", "phone")
    page.get_by_role("spinbutton").first.fill("2")
    page.get_by_label("Nom", exact=True).fill("Lucile Rivière")
    page.get_by_label("Téléphone").fill("05 65")
    page.get_by_label("Quand", exact=False).last.select_option(index=3)
    page.get_by_role("button", name="Relire au client").click()
    refused(page)
    look_twice(page, "counter-phone-refused")
    page.get_by_label("Téléphone").fill("05 65 00 00 09")
    page.get_by_role("button", name="Relire au client").click()
    expect(page.get_by_role("heading", name="Relire au client")).to_be_visible()
    look_twice(page, "counter-phone-read-back")
    page.get_by_label(re.compile("J’ai dit le prix total")).check()
    page.get_by_role("button", name="Prendre la commande").click()
    expect(page.get_by_role("heading", name="À dire au client")).to_be_visible()
    look_twice(page, "counter-phone-slip")
