"""What the desk types of a shop: who, where, when and how."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.listings.category_field import CategoryField
from chalandise.console.listings.spoken_hours import say_hours
from chalandise.directory.cleaning.phones import clean_phones
from chalandise.directory.cleaning.websites import clean_website
from chalandise.directory.models import Category, Establishment
from chalandise.directory.queries.disguises import find_imitated
from chalandise.directory.states import HoursPurpose, Service
from chalandise.directory.values import PostalAddress
from chalandise.kernel.text import fold
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys
from chalandise.territories.models import Territory


def find_commune(portal: Portal, name: str, postal_code: str) -> Territory | None:
    """Return the commune of a portal by its name; two of one name are told apart by postal code."""
    found = list(
        Territory.objects.communes().within(scope_keys(portal)).filter(search_key=fold(name))[:9]
    )
    if len(found) > 1:
        found = [one for one in found if postal_code in one.postal_codes]
    return found[0] if len(found) == 1 else None


def undisguised_name(portal: Portal, name: str, *, but_for: int | None = None) -> str:
    """Return a name that is not the disguise of another shop's.

    Raises:
        ValidationError: letters of another alphabet make it look like a shop that is there.
    """
    imitated = find_imitated(portal, name, but_for=but_for)
    if imitated is not None:
        raise forms.ValidationError(
            _(
                "This name mixes letters of several alphabets and looks like “%(name)s”, in "
                "%(town)s. Type it again in Latin letters."
            )
            % {"name": imitated.name, "town": imitated.commune.name}
        )
    return name


class DeskForm(forms.Form):
    """Facts of a shop; only what was changed is brought."""

    spoken_by_merchant = forms.BooleanField(
        label=gettext_lazy("The merchant tells me so, on the telephone or at the counter"),
        help_text=gettext_lazy(
            "What the merchant says weighs more than what we know, and only the merchant changes it."
        ),
        required=False,
    )

    def __init__(self, data: Any, *, shop: Establishment, portal: Portal) -> None:
        self.shop, self.portal = shop, portal
        super().__init__(data, initial=self.present())
        self.order_fields([name for name in self.fields if name != "spoken_by_merchant"])

    def present(self) -> dict[str, Any]:
        """Return what is known now."""
        raise NotImplementedError

    def facts(self) -> dict[str, Any]:
        """Return the facts to bring."""
        raise NotImplementedError


class ContactForm(DeskForm):
    """Who they are and how to reach them."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    category = CategoryField(label=gettext_lazy("Category"))
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=40)
    email = forms.EmailField(label=gettext_lazy("E-mail, never shown"), required=False)
    website = forms.CharField(label=gettext_lazy("Website"), required=False, max_length=500)
    order_url = forms.CharField(
        label=gettext_lazy("Where to order"), required=False, max_length=500
    )

    def __init__(self, data: Any, *, shop: Establishment, portal: Portal) -> None:
        super().__init__(data, shop=shop, portal=portal)
        choosable = Category.objects.choosable(kept=shop.category_id)
        self.fields["category"].queryset = choosable  # type: ignore[attr-defined]

    def present(self) -> dict[str, Any]:
        """Return what is known now."""
        shop = self.shop
        return {
            "name": shop.name,
            "category": shop.category_id,
            "phone": shop.phone,
            "email": shop.email,
            "website": shop.website,
            "order_url": shop.order_url,
        }

    def clean_name(self) -> str:
        """Refuse a name that passes for another shop's."""
        return undisguised_name(self.portal, self.cleaned_data["name"], but_for=self.shop.pk)

    def clean_phone(self) -> str:
        """Read a number as people write it."""
        text = self.cleaned_data["phone"]
        phones = clean_phones(text).value if text else None
        read = phones.primary if phones else ""
        if text and not read:
            raise forms.ValidationError(_("This is not a telephone number that can be dialled."))
        return read

    def clean_website(self) -> str:
        """Complete the address."""
        return self._address("website")

    def clean_order_url(self) -> str:
        """Complete the address."""
        return self._address("order_url")

    def _address(self, name: str) -> str:
        text = self.cleaned_data[name]
        read = clean_website(text).value if text else ""
        if text and not read:
            raise forms.ValidationError(_("This is not a web address."))
        return read or ""

    def facts(self) -> dict[str, Any]:
        """Return the facts to bring."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in _CONTACT}


_CONTACT = frozenset({"name", "category", "phone", "email", "website", "order_url"})


class AddressForm(DeskForm):
    """Where they are."""

    street = forms.CharField(label=gettext_lazy("Street"), required=False, max_length=200)
    complement = forms.CharField(
        label=gettext_lazy("Address complement"), required=False, max_length=200
    )
    postal_code = forms.RegexField(
        r"^\d{5}$",
        label=gettext_lazy("Postal code"),
        error_messages={"invalid": gettext_lazy("A postal code has five digits.")},
    )
    commune = forms.CharField(label=gettext_lazy("Commune"), max_length=120)

    def present(self) -> dict[str, Any]:
        """Return what is known now."""
        shop = self.shop
        return {
            "street": shop.street,
            "complement": shop.complement,
            "postal_code": shop.postal_code,
            "commune": shop.commune.name,
        }

    def clean(self) -> dict[str, Any]:
        """Find the commune in the portal; two of one name are told apart by the postal code."""
        cleaned = super().clean() or {}
        name = cleaned.get("commune")
        if not name:
            return cleaned
        here = self.shop.commune
        if fold(name) == fold(here.name):
            cleaned["territory"] = here
            return cleaned
        found = find_commune(self.portal, name, cleaned.get("postal_code", ""))
        if found is None:
            self.add_error("commune", _("No commune of this portal has this name."))
        else:
            cleaned["territory"] = found
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Return the facts to bring."""
        if not set(self.changed_data) - {"spoken_by_merchant"}:
            return {}
        cleaned = self.cleaned_data
        address = PostalAddress(
            street=cleaned["street"],
            complement=cleaned["complement"],
            postal_code=cleaned["postal_code"],
            commune=cleaned["territory"],
        )
        return {"address": address}


class HoursForm(DeskForm):
    """When they are open; saving confirms what was not changed."""

    visit = forms.CharField(
        label=gettext_lazy("Opening hours"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "As one says them: lundi fermé, mardi au samedi 9h-12h et 14h-19h, dimanche 8h-12h30"
        ),
    )
    collect = forms.CharField(
        label=gettext_lazy("Hours for collecting, if they differ"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    deliver = forms.CharField(
        label=gettext_lazy("Hours for delivering, if they differ"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def present(self) -> dict[str, Any]:
        """Return what is known now."""
        known = {one.purpose: one.value for one in self.shop.hours.all()}
        return {purpose.value: say_hours(known.get(purpose, "")) for purpose in HoursPurpose}

    def facts(self) -> dict[str, Any]:
        """Return the facts to bring: the visiting hours always, they are confirmed by saving."""
        known = {one.purpose: one.value for one in self.shop.hours.all()}
        is_changed = "visit" in self.changed_data
        visit = self.cleaned_data["visit"] if is_changed else known.get(HoursPurpose.VISIT, "")
        facts = {f"hours:{HoursPurpose.VISIT}": visit}
        for purpose in (HoursPurpose.COLLECT, HoursPurpose.DELIVER):
            if purpose in self.changed_data:
                facts[f"hours:{purpose}"] = self.cleaned_data[purpose]
        return facts


class ServicesForm(DeskForm):
    """What they offer; saving confirms it."""

    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"),
        choices=Service.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def present(self) -> dict[str, Any]:
        """Return what is known now."""
        return {"services": list(self.shop.services)}

    def facts(self) -> dict[str, Any]:
        """Return the facts to bring."""
        return {"services": self.cleaned_data["services"]}
