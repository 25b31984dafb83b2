"""What is asked of fish and shellfish at the counter (EU 1379/2013, article 35)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from chalandise.catalogue.fish import FISH_SHEET
from chalandise.catalogue.states import FishingGear, FishProduction


def fish_fields(food_sheet: Mapping[str, str]) -> dict[str, forms.Field]:
    """Return the fields, each with what the sheet says already."""
    fields: dict[str, forms.Field] = {
        "commercial_name": _line(_("Commercial name"), eg=_("cod, rainbow trout…")),
        "scientific_name": _line(_("Latin name"), eg="Gadus morhua"),
        "production": _choice(_("Caught or farmed?"), FishProduction.choices),
        "gear": _choice(_("Caught with"), FishingGear.choices),
    }
    fields["gear"].help_text = _("Only of what is caught.")
    for name, field in fields.items():
        field.initial = food_sheet.get(name, "")
    return fields


def ask_for_waters(fields: Mapping[str, forms.Field]) -> None:
    """Say what an origin is, of fish."""
    fields["origin"].help_text = _(
        "Caught at sea: the area, such as Bay of Biscay. In a river or a lake: its name and the"
        " country. Farmed: the country."
    )


def fish_said(said: Mapping[str, Any]) -> dict[str, str]:
    """Return what was said of fish, blank where a line was emptied; nothing where nothing was asked."""
    return {name: str(said[name]).strip() for name in FISH_SHEET if name in said}


def _line(label: str, *, eg: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": eg})
    return forms.CharField(label=label, required=False, max_length=120, widget=widget)


def _choice(label: str, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "–"), *choices])
