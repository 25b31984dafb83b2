"""Where to bring something: an address as people write it, its commune found by postal code and name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override

from chalandise.kernel.text import fold
from chalandise.territories.models import Territory
from chalandise.territories.states import Kind
from chalandise.web.line_field import LineField

NAMED = 8
"""So many communes of one postal code are named."""
POSTAL_CODE = r"^\s*\d{5}\s*$"


class AddressForm(forms.Form):
    """The four fields of an address, all blank where nothing is brought; to be inherited from."""

    street = LineField(
        label=gettext_lazy("Number and street"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    complement = LineField(
        label=gettext_lazy("Floor, door code, place"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    postal_code = forms.RegexField(
        POSTAL_CODE,
        label=gettext_lazy("Postal code"),
        required=False,
        error_messages={"invalid": gettext_lazy("A postal code has five digits.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    city = LineField(
        label=gettext_lazy("Commune"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )

    @property
    def address_fields(self) -> list[forms.BoundField]:
        """The fields that only a delivery needs."""
        return [self[one] for one in ("street", "complement", "postal_code", "city")]

    @property
    def has_address_errors(self) -> bool:
        """Whether something of the address is to be corrected."""
        return any(one.errors for one in self.address_fields)

    @override
    def clean(self) -> dict[str, Any]:
        """Find the commune that a postal code and a name mean, and refuse half an address."""
        said = super().clean() or self.cleaned_data
        parts = [said.get(one, "") for one in ("street", "postal_code", "city")]
        self.commune: Territory | None = None
        if not any(parts) or self.has_address_errors:
            return said
        if not said.get("street"):
            self.add_error("street", _("Give the street too, or empty the whole address."))
        self.commune = self._find_commune(said.get("postal_code", ""), said.get("city", ""))
        return said

    def _find_commune(self, postal_code: str, city: str) -> Territory | None:
        if not postal_code.strip():
            self.add_error("postal_code", _("Give the postal code, so that we know who delivers."))
            return None
        named = list(
            Territory.objects.filter(
                kind=Kind.COMMUNE, postal_codes__contains=[postal_code.strip()]
            ).order_by(F("population").desc(nulls_last=True), "sort_key")[:50]
        )
        wanted = fold(city)
        same = [one for one in named if fold(one.name) == wanted] if wanted else named
        if len(same) == 1:
            return same[0]
        if not named:
            self.add_error("postal_code", _("No commune of France has this postal code."))
        else:
            self.add_error("city", _which(named))
        return None

    def address(self) -> dict[str, Any]:
        """Return the address as an order keeps it; empty where none was given."""
        said = self.cleaned_data
        if self.commune is None:
            return {}
        return {
            "street": said["street"],
            "complement": said["complement"],
            "postal_code": said["postal_code"].strip(),
            "commune_key": self.commune.pk,
            "commune_name": self.commune.name,
            "latitude": self.commune.latitude,
            "longitude": self.commune.longitude,
        }


def address_lines(address: Mapping[str, Any]) -> list[str]:
    """Return the lines of an address as `AddressForm.address` keeps it, as an envelope bears them."""
    town = f"{address.get('postal_code', '')} {address.get('commune_name', '')}".strip()
    return [str(one) for one in (address.get("street"), address.get("complement"), town) if one]


def _which(named: list[Territory]) -> str:
    """Ask which of the communes of a postal code is meant, naming the largest."""
    some = ", ".join(one.name for one in named[:NAMED])
    more = len(named) - NAMED
    if more <= 0:
        return _("Which commune is it? This postal code covers %(some)s.") % {"some": some}
    return ngettext(
        "Which commune is it? This postal code covers %(some)s and %(count)d more.",
        "Which commune is it? This postal code covers %(some)s and %(count)d more.",
        more,
    ) % {"some": some, "count": more}
