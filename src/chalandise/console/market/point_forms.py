"""What the desk types of a shared pickup point."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.console.listings.establishment_forms import find_commune
from chalandise.console.listings.spoken_hours import say_hours
from chalandise.console.wording import REFUSED_VALUES
from chalandise.logistics.errors import BadSettingError
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.states import SLOT_MINUTES, PointKind
from chalandise.logistics.values import PickupSettings, PointDraft
from chalandise.portals.models import Portal

KINDS = [(one.value, one.label) for one in PointKind if one is not PointKind.SHOP]


class PointForm(forms.Form):
    """Where it stands, when it is open, how many come at once."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of place"), choices=KINDS)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300)
    commune = forms.CharField(label=gettext_lazy("Commune"), max_length=120)
    postal_code = forms.RegexField(
        r"^\d{5}$",
        label=gettext_lazy("Postal code"),
        error_messages={"invalid": gettext_lazy("A postal code has five digits.")},
    )
    latitude = forms.FloatField(
        label=gettext_lazy("Latitude in degrees"),
        help_text=gettext_lazy("Left blank, the point stands at the centre of its commune."),
        required=False,
        min_value=-90,
        max_value=90,
    )
    longitude = forms.FloatField(
        label=gettext_lazy("Longitude in degrees"), required=False, min_value=-180, max_value=180
    )
    hours = forms.CharField(
        label=gettext_lazy("When customers may collect there"),
        help_text=gettext_lazy("Write them like: lundi fermé, mardi au samedi 9h-12h et 14h-19h"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    slot_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Length of a slot, in minutes"),
        choices=[(n, str(n)) for n in SLOT_MINUTES],
        coerce=int,
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Most orders in a slot"),
        help_text=gettext_lazy("What is booked stays booked, even above this."),
        min_value=0,
        max_value=1000,
    )
    lead_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes between the bringing and the collecting"),
        min_value=0,
        max_value=86_400,
    )
    cutoff = forms.TimeField(
        label=gettext_lazy("Ordered from this time on: from the next day"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    horizon_days = forms.IntegerField(
        label=gettext_lazy("Days ahead that are proposed"), min_value=1, max_value=90
    )

    def __init__(self, data: Any, *, portal: Portal, point: PickupPoint | None = None) -> None:
        self.portal = portal
        super().__init__(data, initial=_present(point))

    @override
    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "commune" in given and "postal_code" in given:
            place = find_commune(self.portal, given["commune"], given["postal_code"])
            if place is None:
                self.add_error("commune", _("No commune of this portal has this name."))
            given["territory"] = place
        return given

    def draft(self) -> PointDraft:
        """Return the point as it was described."""
        said, place = self.cleaned_data, self.cleaned_data["territory"]
        has_moved = "commune" in self.changed_data and not {"latitude", "longitude"} & set(
            self.changed_data
        )
        is_blank = said["latitude"] is None and said["longitude"] is None
        centred = has_moved or is_blank
        return PointDraft(
            kind=said["kind"],
            name=said["name"],
            address=said["address"],
            commune=place,
            hours=said["hours"],
            latitude=place.latitude if centred else said["latitude"],
            longitude=place.longitude if centred else said["longitude"],
        )

    def settings(self) -> PickupSettings:
        """Return how it is run."""
        said = self.cleaned_data
        return PickupSettings(
            slot_minutes=said["slot_minutes"],
            capacity=said["capacity"],
            lead_minutes=said["lead_minutes"],
            cutoff=said["cutoff"],
            horizon_days=said["horizon_days"],
        )

    def refuse(self, error: BadSettingError) -> None:
        """Put a refusal of the room next to its field."""
        key = "bad_hours" if error.field == "hours" else "unknown_value"
        words = REFUSED_VALUES.get(error.code, REFUSED_VALUES[key])
        self.add_error(error.field if error.field in self.fields else None, str(words))


class KeeperForm(forms.Form):
    """Whom to invite to a point."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("Their e-mail address"))


def _present(point: PickupPoint | None) -> dict[str, Any]:
    usual = PickupSettings()
    run = point or usual
    known: dict[str, Any] = {
        name: getattr(run, name)
        for name in ("slot_minutes", "capacity", "lead_minutes", "cutoff", "horizon_days")
    }
    if point is None or point.commune is None:
        return known
    codes = point.commune.postal_codes
    return known | {
        "kind": point.kind,
        "name": point.name,
        "address": point.address,
        "commune": point.commune.name,
        "postal_code": next((one for one in codes if one in point.address), codes[0])
        if codes
        else "",
        "latitude": point.latitude,
        "longitude": point.longitude,
        "hours": say_hours(point.hours),
    }
