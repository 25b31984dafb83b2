"""« Je vends en mon nom propre »: what only the tax office is told of a sole trader (DAC7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from chalandise.catalogue.models import SoleTrader


class SoleTraderPart(forms.Form):
    """Asked where the box is ticked; without it, a company sells."""

    sells_in_own_name = forms.BooleanField(
        label=gettext_lazy("I sell in my own name (sole trader)"), required=False
    )
    first_name = forms.CharField(
        label=gettext_lazy("Your first name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Your last name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    born_on = forms.DateField(
        label=gettext_lazy("Your date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    home_address = forms.CharField(
        label=gettext_lazy("Your home address"),
        help_text=gettext_lazy(
            "Only if you do not live at the postal address above; its last line is the postal code"
            " and the town."
        ),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def sole_trader(self) -> dict[str, object] | None:
        """Return who trades in their own name; nobody for a company."""
        said = self.cleaned_data
        if not said["sells_in_own_name"]:
            return None
        return {name: said[name] for name in ("first_name", "last_name", "born_on", "home_address")}


def told_of(trader: SoleTrader | None) -> dict[str, Any]:
    """Return what the form begins with."""
    if trader is None:
        return {}
    return {
        "sells_in_own_name": True,
        "first_name": trader.first_name,
        "last_name": trader.last_name,
        "born_on": trader.born_on,
        "home_address": trader.home_address,
    }
