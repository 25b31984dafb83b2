"""What catalogue, stock and logistics refuse, in words a shopkeeper reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.catalogue.models import Offer, Product, SellerProfile
from chalandise.directory.models import Establishment
from chalandise.kernel.errors import ChalandiseError
from chalandise.stock.errors import BelowBookedError, StockBusyError
from chalandise.web.epr_words import say_stream

_PRICE_OF_BASKET = {
    "basket:price_too_low": gettext_lazy(
        "Raise its price: the other merchants ask more than before for what is theirs."
    ),
    "basket:book_price": gettext_lazy(
        "Save its price again: a new book in it has to cost what it costs alone."
    ),
}
PRICE_HELP = "12,50"


def say_maker(profile: SellerProfile | None) -> str:
    """Say whose name and address customers read where the merchant makes a thing."""
    if profile is None or not profile.legal_name:
        return ""
    said = {"name": profile.legal_name, "address": ", ".join(profile.address.splitlines())}
    return _("Customers then read: %(name)s, %(address)s.") % said


@dataclass(frozen=True)
class Lack:
    """One thing that is missing before a product may be shown, and where to say it."""

    text: str
    url: str


def lacks_of(codes: Iterable[str], product: Product, shop: Establishment) -> list[Lack]:
    """Put what a product lacks into words; what its seller lacks is one line."""
    page = reverse("counter:product", args=[shop.slug, product.pk])
    found: list[Lack] = []
    is_seller_said = False
    for code in codes:
        if code.startswith("seller:") or code == "alcohol_licence":
            if code == "alcohol_licence":
                url = reverse("counter:selling", args=[shop.slug]) + "#id_may_sell_alcohol"
                found.append(Lack(_("Say which licence lets you sell alcohol."), url))
            elif not is_seller_said:
                is_seller_said = True
                text = _("Your shop cannot sell online yet: finish « Sell online », once for all.")
                found.append(Lack(text, reverse("counter:selling", args=[shop.slug])))
            continue
        found.append(_lack_of_product(code, product, shop, page))
    return found


def _lack_of_product(code: str, product: Product, shop: Establishment, page: str) -> Lack:
    if code == "photo":
        text = _("Add a photograph: the law asks for one with this kind of product.")
        return Lack(text, reverse("counter:product_photos", args=[shop.slug, product.pk]))
    if code == "net_quantity":
        variant = product.variants.filter(net_quantity=None).first()
        text = _("Say how much there is in it (250 g, 75 cL…): the price per kilo follows.")
        if variant is not None:
            args = [shop.slug, product.pk, variant.offer.pk]
            return Lack(text, reverse("counter:offer", args=args) + "#id_size-net_quantity")
        return Lack(text, page)
    if code == "publisher_price":
        text = _("Give the publisher’s price: a new book costs that, or up to 5 % less.")
        offers = Offer.objects.filter(variant__product=product).order_by("variant__position", "pk")
        unsaid = [one.pk for one in offers if one.publisher_price_cents is None]
        if len(offers) == 1 or not unsaid:
            return Lack(text, f"{page}#id_publisher_price")
        args = [shop.slug, product.pk, unsaid[0]]
        return Lack(text, reverse("counter:offer", args=args) + "#id_price-publisher_price")
    if code.startswith("idu:"):
        stream = code.partition(":")[2]
        text = _("Give the recycling number for “%(stream)s”, or say it is not concerned.")
        return Lack(text % {"stream": say_stream(stream)}, f"{page}#id_epr_{stream}")
    if code == "basket:not_agreed":
        text = _("Wait for the other merchants: each has to agree to be in your basket.")
        return Lack(text, f"{page}#parts")
    if code in _PRICE_OF_BASKET:
        text = str(_PRICE_OF_BASKET[code])
        offer = product.variants.values_list("offer", flat=True).first()
        return Lack(text, reverse("counter:offer", args=[shop.slug, product.pk, offer or 0]))
    if code.startswith("basket:"):
        return Lack(_("Something in this gift basket is no longer on the shelf."), page)
    known = {
        "category_blocked": (_("This kind of product is not sold here."), "category"),
        "offer": (_("Give it a price."), ""),
        "allergens": (_("Tick its allergens, or “none of them”."), "allergens"),
        "origin": (_("Say where it comes from."), "origin"),
        "alcohol_degree": (_("Say its alcohol, in % of volume."), "alcohol_degree"),
        "minimum_age": (_("Say from which age it may be sold."), "minimum_age"),
        "food_sheet:ingredients": (_("Copy the list of ingredients."), "ingredients"),
        "food_sheet:storage": (_("Say how to keep it, and for how long."), "storage"),
        "food_sheet:operator_name": (_("Say who made or packed it."), "operator_name"),
        "food_sheet:operator_address": (_("Give the maker’s address."), "operator_address"),
        "food_sheet:commercial_name": (_("Give its commercial name."), "commercial_name"),
        "food_sheet:scientific_name": (_("Give its Latin name."), "scientific_name"),
        "food_sheet:production": (_("Say whether it is caught or farmed."), "production"),
        "food_sheet:gear": (_("Say what it is caught with."), "gear"),
        "publisher": (
            _("Say who publishes it, with an address and an e-mail: once for each publisher."),
            "manufacturer_name",
        ),
        "safety:manufacturer_name": (
            _("Say who manufactures it, or that you make it."),
            "manufacturer_name",
        ),
        "safety:manufacturer_address": (
            _("Give the manufacturer’s address."),
            "manufacturer_address",
        ),
        "safety:manufacturer_email": (
            _("Give the manufacturer’s e-mail address."),
            "manufacturer_email",
        ),
    }
    text, field = known.get(code, (_("Something is missing on its page."), ""))
    return Lack(text, f"{page}#id_{field}" if field else page)


def say_bad_price() -> str:
    """Say that a price cannot be read."""
    return _("This is not a price: write it such as 12,50. Nothing was changed.")


def say_bad_field(reason: str) -> str:
    """Say why a field of a product cannot take what was typed."""
    return {
        "missing": _("This is needed."),
        "too_long": _("This is too long: shorten it a little."),
        "not_a_number": _("Write it in figures, such as 250 or 0,75."),
        "bad_check_digit": _("This bar code has a wrong digit: type it again."),
        "few_years": _("A whole number of years, three at least: the label is for over two years."),
        "no_years": _("Say for how many years, or take the producer’s name away."),
        "no_producer": _("Say which producer guarantees it: its name stands on the label."),
        "not_an_index": _("A score out of ten with one decimal at most, such as 7,8."),
        "basket": _("A gift basket has one form and one price: its makers agreed to it."),
        "too_late": _("A product that was on the shelf stays sold the way it was: make a new one."),
    }.get(reason, _("This cannot be kept as it is. Nothing else is lost."))


def say_basket_refusal(reason: str) -> str:
    """Say why these offers cannot make a gift basket."""
    return {
        "empty": _("The basket is empty: put something in it first."),
        "too_many": _("Twenty different things are enough for one basket."),
        "price_too_low": _("This price is too low: the other merchants are paid what they ask."),
        "book_price": _(
            "A new book costs in a basket what it costs alone (law of 10 August 1981): take the"
            " reduction, or the wrapping, on something else in it."
        ),
        "not_on_shelf": _("Something in this gift basket is no longer on the shelf."),
        "changed": _("The words of this gift basket have just changed: read them again."),
        "weight_priced": _(
            "What is sold by weight cannot go into a basket: its price is not known."
        ),
        "asked_often": _(
            "Many neighbours were asked today already. Nothing was made: compose this one tomorrow."
        ),
    }.get(reason, _("This cannot go into a basket. Nothing was made."))


def say_stock_refusal(error: ChalandiseError) -> str:
    """Say why a count could not change."""
    if isinstance(error, BelowBookedError):
        return _(
            "%(booked)d are promised to customers: the stock cannot go below."
            " Nothing was changed; look at your orders first."
        ) % {"booked": error.booked}
    if isinstance(error, StockBusyError):
        return _("Customers are buying this at this very moment. Nothing was changed: try again.")
    return _("This is not a count: write a whole number. Nothing was changed.")
