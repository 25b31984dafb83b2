"""Registering a shop that no register knows, while its merchant is on the telephone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.listings.category_field import CategoryField
from chalandise.console.listings.establishment_forms import find_commune, undisguised_name
from chalandise.console.wording import refusal
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.cleaning.phones import clean_phones
from chalandise.directory.errors import BadFactError
from chalandise.directory.models import Establishment
from chalandise.directory.values import Position, PostalAddress
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES


class NewShopForm(forms.Form):
    """The least that makes a sheet; the rest is written on the sheet itself."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    category = CategoryField(label=gettext_lazy("Category"))
    street = forms.CharField(label=gettext_lazy("Street"), required=False, max_length=200)
    postal_code = forms.RegexField(
        r"^\d{5}$",
        label=gettext_lazy("Postal code"),
        error_messages={"invalid": gettext_lazy("A postal code has five digits.")},
    )
    commune = forms.CharField(label=gettext_lazy("Commune"), max_length=120)
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=40)

    def __init__(self, data: Any, *, portal: Portal) -> None:
        self.portal = portal
        super().__init__(data)

    def clean_name(self) -> str:
        """Refuse a name that passes for another shop's."""
        return undisguised_name(self.portal, self.cleaned_data["name"])

    def clean_phone(self) -> str:
        """Read a number as people write it."""
        text = self.cleaned_data["phone"]
        read = clean_phones(text).value.primary if text else ""
        if text and not read:
            raise forms.ValidationError(_("This is not a telephone number that can be dialled."))
        return read

    def clean(self) -> dict[str, Any]:
        """Find the commune, and refuse a shop that is there already."""
        cleaned = super().clean() or {}
        if "commune" not in cleaned or "name" not in cleaned:
            return cleaned
        place = find_commune(self.portal, cleaned["commune"], cleaned.get("postal_code", ""))
        if place is None:
            self.add_error("commune", _("No commune of this portal has this name."))
            return cleaned
        cleaned["territory"] = place
        if Establishment.objects.filter(commune=place, name__iexact=cleaned["name"]).exists():
            self.add_error("name", _("This commune already has a sheet of this name."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Return the facts of the new sheet; it stands at the centre of its commune for now."""
        asked, place = self.cleaned_data, self.cleaned_data["territory"]
        facts = {
            "name": asked["name"],
            "category": asked["category"],
            "address": PostalAddress(asked["street"], asked["postal_code"], place),
        }
        if asked["phone"]:
            facts["phone"] = asked["phone"]
        if place.latitude is not None and place.longitude is not None:
            facts["position"] = Position(place.latitude, place.longitude, is_by_commune=True)
        return facts


@desk_page(DESK_ROLES)
def new_establishment(request: DeskRequest) -> HttpResponse:
    """Make a sheet during a call."""
    form = NewShopForm(request.POST or None, portal=request.desk.portal)
    if request.method == "POST" and form.is_valid():
        try:
            applied = apply_facts(
                None,
                form.facts(),
                source=request.desk.source(),
                by=request.desk.actor,
                at=timezone.now(),
            )
        except BadFactError as error:
            name = error.field if error.field in form.fields else None
            form.add_error(name, refusal(error.reason))
        else:
            messages.success(request, _("The sheet is there. Go on with hours and services."))
            return redirect("console:establishment", pk=applied.establishment.pk)
    context = {
        "title": _("Register a shop"),
        "back_url": reverse("console:establishments"),
        "back_label": _("Shops"),
        "form": form,
        "button": _("Make the sheet"),
    }
    return form_page(request, "console/form.html", context)
