"""The steps of buying that several journeys take, as a customer takes them."""

from __future__ import annotations

from datetime import datetime

from playwright.sync_api import Page, expect
from tests.factories import accounts, directory, logistics, market, organisations
from tests.journeys.conftest import ALL_DAY, Town

from chalandise.catalogue.models import Product
from chalandise.config.demo.money import connect_merchants
from chalandise.directory.models import Establishment

WHO, HOW = "C’est pour qui", "récupérer vos achats"
PROVE = "Confirmez que c’est bien vous"
STRONG, REFUSED = "4000002760003184", "4000000000000002"


def stall(name: str) -> Establishment:
    """A shop of the town that somebody looks after."""
    shop = directory.establishment(name, hours=ALL_DAY)
    owner = accounts.user(f"Équipe {name}")
    shop.organisation = organisations.organisation(owner, name=name)
    shop.save(update_fields=["organisation"])
    return shop


def open_market(town: Town, at: datetime, *, four: bool = False) -> list[Product]:
    """Let two or four shops sell one product each; return the products."""
    shops = [town.cast.bakery, town.cast.bookshop]
    if four:
        shops += [stall("La Grange aux Fleurs"), stall("Miel du Causse")]
    products = []
    for shop in shops:
        sold = market.shop(shop, prices=(450,), on_hand=10)
        products.append(sold.offers[0].variant.product)
    if four:
        logistics.zone(shops[2])
        point = logistics.pooled_point(town.cast.lot, hours=ALL_DAY)
        logistics.joins(point, shops[3])
    take_cards(*shops, at=at)
    return products


def take_cards(*shops: Establishment, at: datetime) -> None:
    """Let shops be paid online at the simulated bank."""
    connect_merchants([one.organisation for one in shops if one.organisation], at=at)


def fill_basket(page: Page, town: Town, products: list[Product]) -> None:
    """Put one of each product into the basket."""
    for product in products:
        page.goto(f"{town.url}/produits/{product.slug}/")
        page.get_by_role("button", name="Ajouter au panier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre panier")


def say_who(page: Page, *, delivered: bool = False) -> None:
    """Begin to order, and fill in the first screen as a guest."""
    page.get_by_role("button", name="Commander").click()
    fill_in_who(page, delivered=delivered)


def fill_in_who(page: Page, *, delivered: bool = False) -> None:
    """Fill in the first screen as a guest, with an address to bring things to or without."""
    page.get_by_label("Votre nom").fill("Nadia Cabas")
    page.get_by_label("Votre adresse e-mail").fill("nadia@exemple.test")
    if delivered:
        page.get_by_text("Je voudrais être livré").click()
        page.get_by_label("Numéro et rue").fill("12 rue des Soubirous")
        page.get_by_label("Code postal").fill("46000")
        page.get_by_label("Commune").fill("Cahors")
    page.get_by_role("button", name="Continuer").click()


def choose_slots(page: Page) -> None:
    """Choose the second time of every way that is chosen, and go on."""
    for box in page.locator("select:visible").all():
        box.select_option(index=2)
    page.get_by_role("button", name="Continuer vers le paiement").click()


def order(page: Page) -> None:
    """Accept the terms and press the button that binds."""
    page.get_by_label("conditions de vente").check()
    page.get_by_role("button", name="Commande avec obligation de paiement").click()


def pay(page: Page, number: str) -> None:
    """Type a card into the page of the bank."""
    page.get_by_label("Numéro de carte").fill(number)
    page.get_by_label("Date d’expiration").fill("12/32")
    page.get_by_label("Code de sécurité").fill("123")
    page.get_by_role("button", name="Payer").click()


def confirm_payment(page: Page) -> None:
    """Prove to the bank that it is the cardholder: type the code that the telephone shows."""
    page.get_by_label("Code reçu par SMS").fill(page.locator(".phone strong").inner_text())
    page.get_by_role("button", name="Confirmer le paiement").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
