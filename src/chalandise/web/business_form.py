"""« J’achète pour une entreprise »: who is invoiced, and nothing that a consumer has to read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.eu import vat
from typing_extensions import override

from chalandise.directory.cleaning.identifiers import clean_business_number
from chalandise.web.line_field import LineField, LinesField

FIELDS = ("is_business", "company", "siren", "vat_number", "company_address")


class BusinessForm(forms.Form):
    """The firm that buys: counted only where the box is ticked; to be inherited from."""

    is_business = forms.BooleanField(
        label=gettext_lazy("I am buying for a firm"),
        help_text=gettext_lazy("The invoice is made out to it."),
        required=False,
    )
    company = LineField(
        label=gettext_lazy("Name of the firm"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    siren = forms.CharField(
        label=gettext_lazy("Its SIREN"),
        help_text=gettext_lazy("Nine figures; the SIRET does too."),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    vat_number = forms.CharField(
        label=gettext_lazy("Its VAT number"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    company_address = LinesField(
        label=gettext_lazy("Address for the invoice"),
        help_text=gettext_lazy("Street, then postal code and town on the last line."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    @property
    def business_fields(self) -> list[forms.BoundField]:
        """The fields that only a firm needs."""
        return [self[one] for one in FIELDS]

    @property
    def has_business(self) -> bool:
        """Whether something of it was said, or is to be corrected."""
        return any(one.value() or one.errors for one in self.business_fields)

    def clean_siren(self) -> str:
        """Read a SIREN, or the SIRET typed in its place, and check its key."""
        typed = str(self.cleaned_data["siren"])
        number = clean_business_number(typed).value.siren if typed.strip() else ""
        if typed.strip() and not number:
            raise forms.ValidationError(_("This is no SIREN: look at its nine figures again."))
        return number

    def clean_vat_number(self) -> str:
        """Let people part the figures; refuse what no country of the Union writes."""
        typed = "".join(str(self.cleaned_data["vat_number"]).split()).upper()
        if typed and not vat.is_valid(typed):
            raise forms.ValidationError(_("This is no VAT number: look at it again."))
        return typed

    @override
    def clean(self) -> dict[str, Any]:
        """Ask for all that an invoice to a firm must say, or for none of it."""
        said = super().clean() or self.cleaned_data
        given = [
            one for one in ("company", "siren", "vat_number", "company_address") if said.get(one)
        ]
        if not said.get("is_business"):
            if given:
                text = _("Tick the box if it is for a firm; else empty these fields.")
                self.add_error("is_business", text)
            return said
        wanted = {
            "company": _("Give the name of the firm."),
            "siren": _("Give its SIREN, nine figures."),
            "company_address": _("Give the address that the invoice must bear."),
        }
        for name, text in wanted.items():
            if not said.get(name) and name not in self.errors:
                self.add_error(name, text)
        number, siren = str(said.get("vat_number", "")), str(said.get("siren", ""))
        if number.startswith("FR") and siren and not number.endswith(siren):
            self.add_error("vat_number", _("This VAT number belongs to another SIREN."))
        return said

    def business(self) -> dict[str, str]:
        """Return the firm as an order keeps it; empty for a consumer."""
        said = self.cleaned_data
        if not said.get("is_business"):
            return {}
        return {
            "name": said["company"],
            "siren": said["siren"],
            "vat_number": said["vat_number"],
            "address": said["company_address"],
        }
