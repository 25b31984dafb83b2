"""The forms of an offer: price, promotion, stock, size, and one more form of a product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.catalogue.errors import (
    BadQuantityError,
)
from chalandise.catalogue.models import Offer
from chalandise.catalogue.quantities import read_quantity
from chalandise.catalogue.states import NetUnit, VatCode
from chalandise.counter.goods.book_words import old_stock_field, publisher_price_field
from chalandise.counter.goods.price_field import PriceField
from chalandise.counter.goods.shelf_words import (
    say_stock_refusal,
)
from chalandise.counter.lead_field import LeadField
from chalandise.stock.actions.counting import MOST_ON_HAND

FIRST_YEAR, LAST_YEAR = 2000, 2100
_DATE = {"type": "date"}


class PriceForm(forms.Form):
    """Another price from now on."""

    price = PriceField(label=gettext_lazy("Price, all taxes included (€)"))


class BookPriceForm(PriceForm):
    """The price of a new book, beside what its publisher asks."""

    publisher_price = publisher_price_field(is_needed=True)
    is_old_stock = old_stock_field()


class PromotionForm(forms.Form):
    """A lower price between two days."""

    price = PriceField(label=gettext_lazy("Promotional price (€)"))
    starts_on = forms.DateField(
        label=gettext_lazy("From the morning of"),
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until the evening of"),
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
    )

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse days that no calendar of a shop holds."""
        said = super().clean() or self.cleaned_data
        for name in ("starts_on", "ends_on"):
            if said.get(name) and not FIRST_YEAR <= said[name].year <= LAST_YEAR:
                self.add_error(
                    name, _("These days are over, or another promotion holds some of them.")
                )
        return said


class StockForm(forms.Form):
    """Whether pieces are counted, and how many there are."""

    keeps = forms.BooleanField(label=gettext_lazy("Count the pieces"), required=False)
    on_hand = forms.CharField(
        label=gettext_lazy("How many are there, those set aside included?"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    @override
    def clean(self) -> dict[str, Any]:
        """Read the count."""
        said = super().clean() or self.cleaned_data
        if said.get("keeps"):
            try:
                said["count"] = read_quantity(said.get("on_hand", ""), least=0, most=MOST_ON_HAND)
            except BadQuantityError as refused:
                self.add_error("on_hand", say_stock_refusal(refused))
        return said


class SizeForm(forms.Form):
    """What is in it, how long it takes, how it is taxed."""

    variant_name = forms.CharField(
        label=gettext_lazy("Name of this form"),
        help_text=gettext_lazy("“500 g”, “blue”… Leave it blank if there is only one."),
        required=False,
        max_length=120,
    )
    net_quantity = forms.CharField(
        label=gettext_lazy("Net quantity"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    net_unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), required=False, choices=[("", "—"), *NetUnit.choices]
    )
    weight_grams = forms.CharField(
        label=gettext_lazy("Weight with its packing (g)"),
        help_text=gettext_lazy("For parcels."),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    made_to_order_minutes = LeadField(
        label=gettext_lazy("Made to order: time you need"),
        none=gettext_lazy("on the shelf, nothing to prepare"),
        least=60,
        most=20160,
    )
    is_weight_priced = forms.BooleanField(
        label=gettext_lazy("The price is for a kilo, weighed when it is prepared"), required=False
    )
    estimate_grams = forms.CharField(
        label=gettext_lazy("One piece weighs about (g)"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    gtin = forms.CharField(
        label=gettext_lazy("Bar code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    sku = forms.CharField(label=gettext_lazy("Your own reference"), required=False, max_length=60)
    vat_code = forms.ChoiceField(label=gettext_lazy("VAT"), choices=VatCode.choices)

    def __init__(self, data: Any, *, offer: Offer) -> None:
        super().__init__(data, prefix="size", initial=_size_of(offer))
        lead = self.fields["made_to_order_minutes"]
        assert isinstance(lead, LeadField)  # noqa: S101 - declared above
        lead.keep(offer.made_to_order_minutes)


class VariantForm(forms.Form):
    """One more form of a product."""

    name = forms.CharField(
        label=gettext_lazy("Name of this form"),
        help_text=gettext_lazy("“500 g”, “blue”…"),
        max_length=120,
    )
    price = PriceField(label=gettext_lazy("Price, all taxes included (€)"))
    net_quantity = forms.CharField(
        label=gettext_lazy("Net quantity"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    net_unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), required=False, choices=[("", "—"), *NetUnit.choices]
    )


class BookVariantForm(VariantForm):
    """One more form of a new book: a pocket edition has a price of its own."""

    publisher_price = publisher_price_field(is_needed=True)


def _size_of(one: Offer) -> dict[str, object]:
    variant, quantity = one.variant, one.variant.net_quantity
    return {
        "variant_name": variant.name,
        "net_quantity": "" if quantity is None else f"{quantity.normalize():f}".replace(".", ","),
        "net_unit": variant.net_unit,
        "weight_grams": variant.weight_grams or "",
        "made_to_order_minutes": one.made_to_order_minutes,
        "is_weight_priced": one.is_weight_priced,
        "estimate_grams": one.estimate_grams or "",
        "gtin": variant.gtin,
        "sku": variant.sku,
        "vat_code": one.vat_code,
    }
