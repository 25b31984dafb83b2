"""Who sells, as the law wants customers told: the form of « Vendre en ligne »."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.catalogue.actions.sellers import LONGEST_TERMS
from chalandise.catalogue.models import SellerProfile
from chalandise.catalogue.states import VatRegime
from chalandise.counter.terms.recycling import (
    identifier_fields,
    identifiers_typed,
    is_identifier,
)
from chalandise.counter.terms.sole_trader import SoleTraderPart
from chalandise.directory.cleaning import clean_phones, phone_region_of_postal_code
from chalandise.directory.models import Establishment
from chalandise.directory.rich_text import to_plain


class SellerForm(SoleTraderPart):
    """Who sells, as the law wants customers told."""

    legal_name = forms.CharField(
        label=gettext_lazy("Legal name"),
        help_text=gettext_lazy("Of the company, or your own name if you trade under it."),
        required=False,
        max_length=200,
    )
    legal_form = forms.CharField(
        label=gettext_lazy("Legal form"),
        help_text=gettext_lazy("SARL, EI, GAEC… with the capital if there is one."),
        required=False,
        max_length=80,
    )
    address = forms.CharField(
        label=gettext_lazy("Postal address"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail for customers"),
        help_text=gettext_lazy("This one is shown to those who buy."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    siret = forms.CharField(
        label=gettext_lazy("SIRET"),
        help_text=gettext_lazy("Fourteen figures."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    vat_regime = forms.ChoiceField(label=gettext_lazy("VAT"), choices=VatRegime.choices)
    vat_number = forms.CharField(
        label=gettext_lazy("Your VAT number"),
        help_text=gettext_lazy("FR and eleven figures; none if VAT does not apply to you."),
        required=False,
        max_length=20,
    )
    mediator_name = forms.CharField(
        label=gettext_lazy("Consumer mediator"),
        help_text=gettext_lazy("Every shop must name one; your trade association often has one."),
        required=False,
        max_length=160,
    )
    mediator_address = forms.CharField(
        label=gettext_lazy("Mediator’s postal address"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    mediator_url = forms.URLField(
        label=gettext_lazy("Mediator’s website"),
        required=False,
        max_length=300,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    may_sell_alcohol = forms.BooleanField(
        label=gettext_lazy("I hold a licence to sell alcohol"), required=False
    )
    alcohol_licence = forms.CharField(
        label=gettext_lazy("Which licence?"), required=False, max_length=80
    )
    sanitary_approval = forms.CharField(
        label=gettext_lazy("Sanitary approval number"),
        help_text=gettext_lazy("As on your labels: FR 46.042.003 CE."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    hygiene_declared_on = forms.DateField(
        label=gettext_lazy("Or activity declared on"),
        help_text=gettext_lazy(
            "The day you declared it to the veterinary services, where no approval is needed."
        ),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    terms_html = forms.CharField(
        label=gettext_lazy("Terms of sale"),
        help_text=gettext_lazy(
            "A text to begin with is proposed: read it, change what does not suit your shop."
        ),
        required=False,
        max_length=LONGEST_TERMS,
        widget=forms.Textarea(attrs={"rows": 14}),
    )

    def __init__(
        self,
        data: Any,
        *,
        shop: Establishment,
        profile: SellerProfile | None,
        asks_for_hygiene: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields.update(identifier_fields(profile))
        self._profile = profile
        if not asks_for_hygiene:
            del self.fields["sanitary_approval"], self.fields["hygiene_declared_on"]
        self._region = phone_region_of_postal_code(shop.postal_code)

    def clean_phone(self) -> str:
        """Read the number as it is dialled in the shop's département."""
        typed = self.cleaned_data["phone"]
        number = clean_phones(typed, region=self._region).value.primary if typed else ""
        if typed and not number:
            raise forms.ValidationError(_("This number cannot be dialled: look at its digits."))
        return str(number)

    def clean_siret(self) -> str:
        """Let people part the figures."""
        typed = "".join(self.cleaned_data["siret"].split())
        if typed and not (typed.isascii() and typed.isdecimal() and len(typed) == 14):
            raise forms.ValidationError(_("A SIRET has fourteen figures: look at it again."))
        return typed

    def clean_vat_number(self) -> str:
        """Let people part the figures."""
        return "".join(self.cleaned_data["vat_number"].split()).upper()

    @property
    def packaging(self) -> forms.BoundField:
        """The stream that nearly everybody who packs is concerned by."""
        return self["epr_packaging"]

    @property
    def other_streams(self) -> list[forms.BoundField]:
        """The lines of the other streams, in the order of the law."""
        return [self[one] for one in self.fields if is_identifier(one)][1:]

    @property
    def has_other_streams(self) -> bool:
        """Whether one of them says something, right or wrong."""
        return any(one.errors or one.value() for one in self.other_streams)

    def changes(self) -> dict[str, object]:
        """Return what `catalogue.actions.save_seller_profile` takes."""
        said = self.cleaned_data
        apart = SoleTraderPart.base_fields
        names = [one for one in self.fields if not is_identifier(one) and one not in apart]
        changes = {name: said[name] for name in names} | {"sole_trader": self.sole_trader()}
        if self._profile and changes["terms_html"] == to_plain(self._profile.terms_html):
            del changes["terms_html"]
        return changes | {"epr_ids": identifiers_typed(said, self._profile)}
