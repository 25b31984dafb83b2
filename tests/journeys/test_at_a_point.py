"""A morning at the town hall: bags arrive, customers come, each press acts once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.factories import logistics, market
from tests.factories.fulfilment import MERCHANT, line_with
from tests.factories.points import brought
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look

from chalandise.accounts.models import User
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.models import Fulfilment, HandOver
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.logistics.actions import invite_keeper
from chalandise.logistics.models import PickupPoint
from chalandise.ordering.models import MerchantOrder

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]
HOURS = "Mo-Su,PH 08:00-20:00"


def stock_the_point(town: Town, morning: datetime) -> tuple[PickupPoint, list[MerchantOrder]]:
    """Two shops bring for the same customer today; one bag holds wine."""
    cast = town.cast
    hall = logistics.pooled_point(cast.lot, hours=HOURS)
    invite_keeper(hall, cast.nadia, by=MERCHANT, at=morning)
    before, slot = morning - timedelta(days=2), morning + timedelta(hours=6)
    bread = brought(cast.lot, cast.bakery, hall, starts_at=slot, at=before)
    book = brought(cast.lot, cast.bookshop, hall, starts_at=slot, at=before)
    MerchantOrder.objects.filter(pk=book.pk).update(order=bread.order)
    line_with(bread, "Vin de Cahors", is_alcohol=True)
    mark_ready(bread, bags=2, by=MERCHANT, at=before)
    return hall, [bread, book]


@pytest.mark.parametrize(
    ("width", "javascript"), [(320, True), (768, True), (1280, False)], ids=str
)
def test_bags_are_ticked_and_handed_over_89_90(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime, width: int, javascript: bool
) -> None:
    _hall, [bread, book] = stock_the_point(town, morning)
    page = open_page(width=width, javascript=javascript)

    def look_at(name: str) -> None:
        look(page, f"point-{name}")

    let_in(page, town.cast.nadia)
    page.goto(f"{town.url}/comptoir/")
    expect(page.get_by_role("heading", name="Ce qui arrive aujourd’hui")).to_be_visible()
    look_at("arrivals")
    card = page.locator(f"#o{bread.pk}")
    card.get_by_role("button", name="Un sac est là").click()
    expect(page.get_by_role("status").first).to_contain_text("1 sur 2")
    card.get_by_role("button", name="Tout est là").click()
    expect(page.get_by_role("status").first).to_contain_text("Tout est là")
    page.locator(f"#o{book.pk}").get_by_role("button", name="Tout est là").click()
    expect(page.locator(f"#o{book.pk}")).to_contain_text("arrivée")
    look_at("arrived")
    states = Fulfilment.objects.order_by("pk").values_list("state", flat=True)
    assert set(states) == {FulfilmentState.READY}

    page.get_by_role("link", name="Remettre", exact=True).click()
    page.get_by_label("Le code du client").fill(bread.pickup_code.lower())
    look_at("hand-over")
    page.get_by_role("button", name="Remettre", exact=True).click()
    expect(page.get_by_role("heading", name="Nadia Customer")).to_be_visible()
    expect(page.get_by_text("Aussi pour ce client")).to_be_visible()
    look_at("order")
    beside = page.get_by_role("link", name=re.compile("Le Livre d’Olt")).get_attribute("href")
    page.get_by_label(re.compile("J’ai vérifié l’âge")).check()
    page.get_by_role("button", name="Remettre", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("remis")
    look_at("handed")
    page.goto(f"{town.url}{beside}")
    page.get_by_role("button", name="Remettre", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("remis")
    made = HandOver.objects.order_by("pk").values_list("proof", "minimum_age")
    assert list(made) == [(Proof.CODE, 18), (Proof.PASS, 0)]


@pytest.mark.parametrize(
    ("width", "javascript"), [(320, True), (768, True), (1280, False)], ids=str
)
def test_a_point_closes_and_a_customer_comes_at_another_time_89_90(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime, width: int, javascript: bool
) -> None:
    cast = town.cast
    hall = logistics.pooled_point(cast.lot, hours=HOURS)
    invite_keeper(hall, cast.nadia, by=MERCHANT, at=morning)
    before, slot = morning - timedelta(days=1), morning + timedelta(days=1, hours=6)
    brought(cast.lot, cast.bakery, hall, starts_at=slot, at=before)
    page = open_page(width=width, javascript=javascript)

    def look_at(name: str) -> None:
        look(page, f"point-{name}")

    let_in(page, cast.nadia)
    page.goto(f"{town.url}/comptoir/point/{hall.pk}/fermetures/")
    page.get_by_label("Jour", exact=True).fill(slot.date().isoformat())
    page.get_by_label("Toute la journée").check()
    page.get_by_label("Pourquoi").fill("Vœux du maire")
    look_at("closing")
    page.get_by_role("button", name="L’annoncer").click()
    expect(page.get_by_role("status").first).to_contain_text("1 client est prévenu")
    look_at("closed")

    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 1), at=morning)
    part = order.merchant_orders.get()
    page.goto(f"{town.url}{reverse('storefront:order', args=[order.token])}")
    look_at("order-page")
    page.get_by_role("link", name=re.compile("Venir à un autre moment")).click()
    field = page.get_by_label("Quand")
    choices = field.locator("option").evaluate_all("all => all.map(one => one.value)")
    field.select_option(choices[-1])
    look_at("move")
    page.get_by_role("button", name="Je viendrai alors").click()
    expect(page).to_have_url(re.compile("/commande/suivi/[^/]+/$"))
    part.refresh_from_db()
    assert part.starts_at == datetime.fromisoformat(choices[-1])
    look_at("moved")
