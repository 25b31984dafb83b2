"""A guest changes their mind: from the footer to the acknowledgement, and the round before that."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.factories import market
from tests.factories.fulfilment import line_with
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, refused

from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.browser


def bought(town: Town, at: datetime) -> Order:
    """Two things of the baker and one of the bookseller, to be collected."""
    baker, books = market.shop(town.cast.bakery), market.shop(town.cast.bookshop)
    wishes = ((baker.offers[0], 2), (baker.offers[2], 1), (books.offers[1], 1))
    return market.ordered(town.cast.lot, *wishes, at=at)


def received(order: Order, at: datetime) -> None:
    """Say that all of it was handed over yesterday."""
    parts = MerchantOrder.objects.filter(order=order)
    line_with(
        parts.order_by("number")[0], "Fraisier du dimanche", withdrawal_exception="perishable"
    )
    yesterday = at - timedelta(days=1)
    parts.update(state=MerchantOrderState.COMPLETED, received_at=yesterday, paid_at=yesterday)


def find(page: Page, town: Town, order: Order) -> None:
    page.goto(f"{town.url}/mentions-legales/")
    page.get_by_role("link", name="Renoncer au contrat ici").click()
    page.get_by_label("Numéro de commande").fill(order.number.lower())
    page.get_by_label("Adresse e-mail de la commande").fill(order.customer_email)
    page.get_by_role("button", name="Recevoir un code").click()
    look(page, "withdraw-code")
    letter = town.post.letter_to(order.customer_email, "code")
    typed = re.search(r"^([0-9A-Z]{6})$", letter, re.MULTILINE)
    assert typed, letter
    page.get_by_label("Le code").fill(typed[1].lower())
    page.get_by_role("button", name="Choisir ce que je rends").click()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_guest_withdraws_from_one_thing_and_keeps_the_receipt(
    open_page: Opener, town: Town, morning: datetime, width: int
) -> None:
    order = bought(town, morning)
    received(order, morning)
    page = open_page(width=width)
    page.goto(f"{town.url}/retractation/")
    look(page, "withdraw-find")
    page.get_by_role("button", name="Recevoir un code").click()
    refused(page)
    look(page, "withdraw-find-refused")
    find(page, town, order)
    look(page, "withdraw-choose")
    page.get_by_label("Votre nom").fill("Nadia Cabas")
    page.locator("select").first.select_option("1")
    page.get_by_role("button", name="Vérifier avant de confirmer").click()
    look(page, "withdraw-confirm")
    assert not Withdrawal.objects.exists()
    page.get_by_role("button", name="Modifier").click()
    expect(page.locator("select").first).to_have_value("1")
    page.get_by_role("button", name="Vérifier avant de confirmer").click()
    page.get_by_role("button", name="Confirmer la rétractation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre rétractation est bien reçue")
    look(page, "withdraw-done")
    made = Withdrawal.objects.get()
    expect(page.get_by_text(made.number)).to_be_visible()
    assert made.number in town.post.letter_to(order.customer_email, "rétractation")


def test_without_script_the_whole_order_is_given_back(
    open_page: Opener, town: Town, morning: datetime
) -> None:
    order = bought(town, morning)
    received(order, morning)
    page = open_page(width=320, javascript=False)
    find(page, town, order)
    look(page, "withdraw-choose-without-script")
    page.get_by_label("Toute la commande").check()
    page.get_by_role("button", name="Vérifier avant de confirmer").click()
    look(page, "withdraw-confirm-without-script")
    page.get_by_role("button", name="Confirmer la rétractation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre rétractation est bien reçue")
    look(page, "withdraw-done-without-script")
    assert Withdrawal.objects.count() == 2


@pytest.mark.parametrize("width", [320, 1280])
def test_the_round_is_one_press_away_from_the_order(
    open_page: Opener, town: Town, morning: datetime, width: int
) -> None:
    order = bought(town, morning)
    later = order.merchant_orders.order_by("-number")[0]
    assert later.starts_at is not None
    assert later.ends_at is not None
    hours = timedelta(hours=4)
    MerchantOrder.objects.filter(pk=later.pk).update(
        starts_at=later.starts_at + hours, ends_at=later.ends_at + hours
    )
    page = open_page(width=width)
    page.goto(f"{town.url}/commande/suivi/{order.token}/")
    look(page, "order-page")
    page.get_by_role("link", name="La tournée des 2 lieux").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma tournée")
    look(page, "order-round")
    with page.expect_download() as download:
        page.get_by_role("link", name="Ajouter à mon agenda").click()
    assert download.value.suggested_filename == "tournee.ics"
