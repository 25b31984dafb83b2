"""A purchase without a mouse: every step is reached, seen to be reached, and pressed by keys."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.journeys.buying import HOW, PROVE, STRONG, WHO, open_market
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import refused, tab_to

from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.browser


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go there by Tab, and press a key."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def write(page: Page, label: str, text: str) -> None:
    """Go to a field by Tab, and type."""
    tab_to(page, page.get_by_label(label))
    page.keyboard.type(text)


def test_fault_89_the_whole_way_is_gone_by_keyboard(
    open_page: Opener, town: Town, morning: datetime
) -> None:
    [product, _other] = open_market(town, morning)
    page = open_page()
    title = page.get_by_role("heading", level=1)
    page.goto(f"{town.url}/produits/{product.slug}/")
    press(page, page.get_by_role("button", name="Ajouter au panier"))
    expect(title).to_have_text("Votre panier")
    press(page, page.get_by_role("button", name="Commander"))

    expect(title).to_contain_text(WHO)
    press(page, page.get_by_role("button", name="Continuer"))
    refused(page)  # what is missing is named, and leads to its field
    press(page, page.get_by_role("alert").get_by_role("link").first)
    expect(page.get_by_label("Votre nom")).to_be_focused()
    page.keyboard.type("Nadia Cabas")
    write(page, "Votre adresse e-mail", "nadia@exemple.test")
    page.keyboard.press("Enter")

    expect(title).to_contain_text(HOW)
    when = page.locator("select:visible")
    tab_to(page, when)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(when).not_to_have_value("")
    press(page, page.get_by_role("button", name="Continuer vers le paiement"))

    expect(title).to_have_text("Vérifier et commander")
    bind = page.get_by_role("button", name="Commande avec obligation de paiement")
    press(page, bind)
    refused(page)
    press(page, page.get_by_role("alert").get_by_role("link").first)
    terms = page.get_by_label("conditions de vente")
    expect(terms).to_be_focused()
    page.keyboard.press("Space")
    expect(terms).to_be_checked()
    press(page, bind)

    expect(title).to_have_text("Votre carte")
    write(page, "Numéro de carte", STRONG)
    write(page, "Date d’expiration", "12/32")
    write(page, "Code de sécurité", "123")
    press(page, page.get_by_role("button", name="Payer"))
    expect(title).to_have_text(PROVE)
    write(page, "Code reçu par SMS", page.locator(".phone strong").inner_text())
    page.keyboard.press("Enter")
    expect(title).to_contain_text("Merci")
    assert MerchantOrder.objects.get().state == MerchantOrderState.PLACED
