"""Every state of a purchase, planted, and looked at narrow and wide: axe finds nothing in any."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.factories import catalogue, logistics, market, stock
from tests.factories.fulfilment import accepted
from tests.journeys.buying import (
    HOW,
    PROVE,
    REFUSED,
    STRONG,
    WHO,
    choose_slots,
    fill_basket,
    fill_in_who,
    pay,
    take_cards,
)
from tests.journeys.conftest import ALL_DAY, Opener, Town
from tests.journeys.looking import answered, look, look_twice, refused

from chalandise.catalogue.actions import change_price
from chalandise.catalogue.models import Offer
from chalandise.directory.models import Establishment
from chalandise.fulfilment.models import Fulfilment, NoShow
from chalandise.fulfilment.queries.customers import customer_keys
from chalandise.logistics.models import DeliveryZone, PickupPoint, SlotCount
from chalandise.ordering.models import Checkout, Order
from chalandise.payments.models import MerchantAccount
from chalandise.stock.actions import keep_stock
from chalandise.stock.models import StockLevel

pytestmark = pytest.mark.browser

LATE_NEWS = "4000000000003220"  # paid, and the way back is lost


def wine(shop: Establishment) -> Offer:
    """Something that only adults may buy."""
    return stock.counted(
        shop,
        "Vin de Cahors, cuvée du Pont Valentré",
        price_cents=1290,
        category="vins",
        alcohol_degree="13.5",
        minimum_age=18,
        new={"allergens": ("sulphites",)},
    )


def cheese(shop: Establishment) -> Offer:
    """Something that is weighed when it is prepared."""
    made = stock.counted(shop, "Tomme de causse affinée huit mois", price_cents=2400)
    Offer.objects.filter(pk=made.pk).update(
        is_weight_priced=True, estimate_grams=350, tolerance_percent=10
    )
    return made


def loaf_in_two_sizes(shop: Establishment, at: datetime) -> Offer:
    """A loaf of which two small ones are left, and no large one."""
    made = catalogue.product(shop, "Miche", price_cents=450, new={"variant_name": "Petite"})
    small, large = catalogue.offer_of(made), catalogue.variant(made, "Grande", price_cents=900)
    keep_stock(small, 2, by=catalogue.BY, at=at)
    keep_stock(large, 0, by=catalogue.BY, at=at)
    return small


def test_every_state_of_the_product_and_the_basket(
    open_page: Opener, town: Town, morning: datetime
) -> None:
    shop = town.cast.bakery
    logistics.counter(shop)
    shelf = {
        "in-two-sizes": loaf_in_two_sizes(shop, morning),
        "weighed": cheese(shop),
        "alcohol": wine(shop),
        "sold-out": stock.counted(shop, "Éclair au café", on_hand=0),
    }
    page = open_page()
    for name, offer in shelf.items():
        page.goto(f"{town.url}/produits/{offer.variant.product.slug}/")
        look_twice(page, f"product-{name}")
    page.goto(f"{town.url}/panier/")
    look_twice(page, "basket-empty")
    fill_basket(page, town, [one.variant.product for one in shelf.values()][:3])
    look_twice(page, "basket-full")
    line = page.locator(".cart-line").first
    line.get_by_role("textbox").fill("beaucoup")
    line.get_by_role("button", name="Mettre à jour").click()
    expect(page.get_by_text("Rien n’a changé")).to_be_visible()
    answered(page, 422)
    look_twice(page, "basket-refused")

    change_price(shelf["alcohol"], price_cents=1490, by=catalogue.BY, at=morning)
    page.goto(f"{town.url}/panier/")
    expect(page.get_by_role("heading", name="Quelque chose a changé")).to_be_visible()
    look_twice(page, "basket-changed")
    page.get_by_role("button", name="D’accord").click()
    expect(page.get_by_role("heading", name="Quelque chose a changé")).to_have_count(0)
    StockLevel.objects.filter(offer=shelf["weighed"]).update(on_hand=0)
    page.get_by_role("button", name="Commander").click()
    expect(page.get_by_role("link", name="Retour au panier")).to_be_visible()
    answered(page, 409)
    look_twice(page, "checkout-sorry")


def test_every_state_of_the_checkout_and_of_the_bank(
    open_page: Opener, town: Town, morning: datetime
) -> None:
    shop = town.cast.bakery
    logistics.counter(shop)
    logistics.zone(shop)
    logistics.joins(logistics.pooled_point(town.cast.lot, hours=ALL_DAY), shop)
    take_cards(shop, at=morning)
    bottle = wine(shop)
    page = open_page()
    title = page.get_by_role("heading", level=1)
    fill_basket(page, town, [bottle.variant.product])
    page.get_by_role("button", name="Commander").click()
    expect(title).to_contain_text(WHO)
    look_twice(page, "checkout-who")
    page.get_by_role("button", name="Continuer").click()
    refused(page)
    look_twice(page, "checkout-who-refused")
    fill_in_who(page, delivered=True)
    expect(title).to_contain_text(HOW)
    look_twice(page, "checkout-how")
    page.get_by_role("button", name="Continuer vers le paiement").click()
    refused(page)
    look_twice(page, "checkout-how-refused")
    take_the_last_place(page, town, bottle)
    look_twice(page, "checkout-how-full")
    choose_slots(page)
    expect(title).to_have_text("Vérifier et commander")
    look_twice(page, "checkout-pay")
    bind = page.get_by_role("button", name="Commande avec obligation de paiement")
    bind.click()
    refused(page)
    look_twice(page, "checkout-pay-refused")
    page.get_by_label("au moins 18 ans").check()
    page.get_by_label("conditions de vente").check()
    bind.click()

    expect(title).to_have_text("Votre carte")
    look_twice(page, "bank-card")
    pay(page, "1234")
    refused(page)
    look_twice(page, "bank-unreadable")
    pay(page, REFUSED)
    refused(page)
    look_twice(page, "bank-declined")
    pay(page, STRONG)
    expect(title).to_have_text(PROVE)
    look_twice(page, "bank-challenge")
    sent = int(page.locator(".phone strong").inner_text())
    page.get_by_label("Code reçu par SMS").fill(f"{(sent + 1) % 1_000_000:06}")
    page.get_by_role("button", name="Confirmer le paiement").click()
    refused(page)
    look_twice(page, "bank-wrong-code")
    page.get_by_role("button", name="Ce n’était pas moi").click()
    expect(title).to_have_text("Votre carte")
    look_twice(page, "bank-it-was-not-me")
    page.get_by_role("button", name="Renoncer et revenir").click()
    expect(title).to_have_text("Votre commande n’est pas encore payée")
    look_twice(page, "order-unpaid")
    follow = f"{town.url}/commande/suivi/{Order.objects.get().token}/"
    page.goto(f"{follow}?banque=muette")
    look_twice(page, "order-bank-silent")
    page.get_by_role("button", name="Payer maintenant").click()
    pay(page, LATE_NEWS)
    expect(title).to_have_text("La connexion est perdue")
    answered(page, 504)
    look_twice(page, "bank-silent")
    page.goto(follow)
    look_twice(page, "order-checking")


def take_the_last_place(page: Page, town: Town, bottle: Offer) -> None:
    """Choose a time that somebody else, quicker, has just taken."""
    page.locator("select:visible").first.select_option(index=1)
    market.checked_out(town.cast.lot, (bottle, 1), at=timezone.now())
    SlotCount.objects.update(capacity=1)
    page.get_by_role("button", name="Continuer vers le paiement").click()
    refused(page)
    expect(page.get_by_text("vient d’être prise").first).to_be_visible()


BIND = "Commande avec obligation de paiement"
FIRM = {
    "name": "Mairie de Figeac",
    "siren": "732829320",
    "vat_number": "FR44732829320",
    "address": "5 rue Colomb\n46100 Figeac",
}
ELSEWHERE = {**market.NADIA.address, "commune_key": "commune-46102", "commune_name": "Figeac"}


def forget_thrice(town: Town, checkout: Checkout, at: datetime) -> None:
    """Let the customer have left three orders behind: they pay online from now on (fault 26)."""
    for _time in range(3):
        missed = Fulfilment.objects.get(
            merchant_order=accepted(town.cast.lot, town.cast.bakery, pays="on_collection")
        )
        NoShow.objects.bulk_create(
            NoShow(fulfilment=missed, customer=key, missed_at=at)
            for key in customer_keys(checkout.customer_email)
        )


def test_fault_89_a_last_screen_that_cannot_go_on_as_it_is(
    open_page: Opener, town: Town, morning: datetime
) -> None:
    """For a firm, dearer than it was, only to be paid online, not to be paid at all."""
    sold = market.shop(town.cast.bakery)
    take_cards(town.cast.bakery, at=morning)
    firm = replace(market.NADIA, business=FIRM)
    checkout = market.checked_out(town.cast.lot, (sold.offers[0], 2), at=morning, who=firm)
    page, plain = open_page(), open_page(width=320, javascript=False)
    both = (page, plain)

    def see(name: str) -> None:
        look_twice(page, f"checkout-pay-{name}")
        look(plain, f"checkout-pay-{name}-without-script")

    def press(*, pays: str = "") -> None:
        for one in both:
            if pays:
                one.get_by_label(pays).check()
            one.get_by_label("conditions de vente").check()
            one.get_by_role("button", name=BIND).click()
            refused(one)

    def arrive() -> None:
        for one in both:
            path = reverse("storefront:checkout_pay", args=[checkout.form_token])
            one.goto(f"{town.url}{path}")

    arrive()
    expect(page.get_by_text("SIREN 732829320")).to_be_visible()
    see("firm")
    change_price(sold.offers[0], price_cents=490, by=catalogue.BY, at=timezone.now())
    press()
    expect(page.get_by_role("alert").first).to_contain_text("Rien n’a été commandé")
    see("dearer")
    arrive()
    forget_thrice(town, checkout, morning)
    press(pays="Au moment du retrait")
    expect(page.get_by_role("alert").first).to_contain_text("ne peut être payée qu’en ligne")
    expect(page.get_by_label("Au moment du retrait")).to_have_count(0)
    see("only-online")
    MerchantAccount.objects.update(is_ready=False)
    arrive()
    expect(page.get_by_text("Rien ne peut être commandé ainsi")).to_be_visible()
    expect(page.get_by_role("button", name=BIND)).to_have_count(0)
    see("impossible")
    assert not Order.objects.filter(checkout_id=checkout.public_id).exists()


def test_fault_89_a_shop_from_which_nothing_can_be_had(
    open_page: Opener, town: Town, morning: datetime
) -> None:
    """It must know where to bring things, comes no further, has no time left, or offers no way."""
    sold = market.shop(town.cast.bakery)
    counter = PickupPoint.objects.filter(pk=sold.point.pk)
    counter.update(is_active=False)
    logistics.zone(town.cast.bakery)
    checkout = market.started(town.cast.lot, (sold.offers[0], 1), at=morning)
    page, plain = open_page(), open_page(width=320, javascript=False)

    def see(name: str, words: str, *, address: dict[str, object]) -> None:
        said = replace(market.NADIA, address=address)
        market.say_who(checkout, said, at=timezone.now())
        for one in (page, plain):
            path = reverse("storefront:checkout_how", args=[checkout.form_token])
            one.goto(f"{town.url}{path}")
            expect(one.get_by_text(words)).to_be_visible()
        look_twice(page, f"checkout-how-{name}")
        look(plain, f"checkout-how-{name}-without-script")

    see("no-address", "il lui faut votre adresse", address={})
    see("out-of-reach", "ne livre pas à votre adresse", address=ELSEWHERE)
    DeliveryZone.objects.update(is_active=False)
    see("no-way", "aucun mode de retrait", address={})
    counter.update(is_active=True, lead_minutes=60 * 24 * 40)
    see("no-time", "Rien n’est possible ici pour l’instant", address={})
