"""The price of a new book at the counter: the two fields that the law asks for, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.catalogue.books import BOOKS, is_new_book
from chalandise.catalogue.errors import BookPriceError
from chalandise.catalogue.models import Offer, Product
from chalandise.catalogue.states import ProductKind
from chalandise.counter.goods.price_field import PriceField
from chalandise.web.formatting import money


def is_priced_by_publisher(product: Product) -> bool:
    """Tell whether the law fixes the price of a product."""
    is_simple = product.kind == ProductKind.SIMPLE
    return is_simple and is_new_book(product.category_id, product.labels)


def is_filed_with_books(product: Product) -> bool:
    """Tell whether a product is a book, new or second-hand."""
    return product.kind == ProductKind.SIMPLE and product.category_id == BOOKS


def publisher_price_field(*, is_needed: bool = False) -> PriceField:
    """Return the field for what the publisher asks."""
    return PriceField(
        label=gettext_lazy("Publisher’s price (€)"),
        help_text=gettext_lazy(
            "The one printed on the book. You may ask up to 5 % less where it is collected, never more."
        ),
        required=is_needed,
    )


def old_stock_field() -> forms.BooleanField:
    """Return the tick by which an older book may cost less."""
    return forms.BooleanField(
        label=gettext_lazy("Published over two years ago, and last supplied over six months ago"),
        help_text=gettext_lazy("Such a book may cost less: you answer for it."),
        required=False,
    )


def name_publisher(fields: Mapping[str, forms.Field]) -> None:
    """Call the maker of what is printed its publisher."""
    said = {
        "is_own_make": (_("I publish it myself"), ""),
        "manufacturer_name": (
            _("Publisher"),
            _("Its name is enough where another of your books has its address already."),
        ),
        "manufacturer_address": (_("Publisher’s address"), ""),
        "manufacturer_email": (_("Publisher’s e-mail or website"), ""),
    }
    for name, (label, help_text) in said.items():
        if name in fields:
            fields[name].label, fields[name].help_text = label, help_text


def typed_publisher_price(offer: Offer) -> str:
    """Write what the publisher asks as it is typed; what is asked here is proposed."""
    cents = offer.publisher_price_cents or offer.price_cents
    return f"{cents // 100},{cents % 100:02d}"


def say_book_price(refused: BookPriceError) -> str:
    """Say what a new book may cost."""
    return _(
        "A new book costs what its publisher asks, or up to 5 %% less (law of 10 August 1981):"
        " between %(least)s and %(publisher)s. Nothing was changed."
    ) % {"least": money(refused.least_cents), "publisher": money(refused.publisher_cents)}


def say_book_promise() -> str:
    """Say why a publisher's price cannot be written beside what is asked or promised."""
    return _(
        "What you ask for it, or a promotion you announced, is not within 5 % of that price."
        " Nothing was changed."
    )
