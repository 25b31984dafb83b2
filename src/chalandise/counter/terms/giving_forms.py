"""The forms of « Retrait et livraison »: slots, zones with their rounds, parcels, pooled points."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.counter.goods.price_field import PriceField
from chalandise.counter.lead_field import LeadField
from chalandise.logistics.models import PickupPoint, PointService, ShippingRate
from chalandise.logistics.states import SLOT_MINUTES
from chalandise.logistics.values import (
    BringingDraft,
    PickupSettings,
    ShippingDraft,
)

BLANK_STEPS = 3


def wall_time(label: Any, *, help_text: Any = "", required: bool = False) -> forms.TimeField:
    """Return a field for a time of the day."""
    return forms.TimeField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


def _number(label: Any, most: int, *, least: int = 0, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class WithLead(forms.Form):
    """A form that has a time to prepare."""

    lead_minutes = LeadField(
        label=gettext_lazy("Time you need to prepare"),
        none=gettext_lazy("at once"),
        least=30,
        most=4320,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lead_minutes"]
        if isinstance(field, LeadField):
            field.keep(int(self.initial.get("lead_minutes") or 0))


class PickupForm(WithLead):
    """How the shop's own counter is run."""

    slot_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Length of a slot (minutes)"),
        choices=[(one, str(one)) for one in SLOT_MINUTES],
        coerce=int,
    )
    capacity = _number(gettext_lazy("Orders in a slot, at most"), 1000)
    cutoff = wall_time(
        gettext_lazy("Last orders for the same day"),
        help_text=gettext_lazy("What is ordered later counts from the next day. Blank: no limit."),
    )
    horizon_days = _number(gettext_lazy("Days ahead that are offered"), 90, least=1)

    def settings(self) -> PickupSettings:
        """Return the settings typed."""
        return PickupSettings(**self.cleaned_data)


def pickup_of(point: PickupPoint | None) -> dict[str, Any]:
    """Return how a counter is run, or how one usually is."""
    source: Any = point or PickupSettings()
    names = ("slot_minutes", "capacity", "lead_minutes", "cutoff", "horizon_days")
    return {name: getattr(source, name) for name in names}


class ShippingForm(forms.Form):
    """What a parcel costs: one price, or by weight."""

    name = forms.CharField(
        label=gettext_lazy("Name of this delivery"),
        help_text=gettext_lazy("What customers read: “Parcel, 3 days”."),
        max_length=80,
    )
    fee = PriceField(
        label=gettext_lazy("One price for all parcels (€)"),
        help_text=gettext_lazy("Or leave it blank and write prices by weight below."),
        required=False,
    )
    free_from = PriceField(label=gettext_lazy("Free from (€ of order)"), required=False)
    is_mainland_only = forms.BooleanField(
        label=gettext_lazy("Mainland France only"), required=False
    )

    def __init__(self, data: Any, *, rate: ShippingRate | None) -> None:
        super().__init__(data, initial=_parcel_of(rate))
        steps = rate.rate.get("steps", []) if rate else []
        for number in range(max(BLANK_STEPS, len(steps) + 1)):
            step = steps[number] if number < len(steps) else None
            self.fields[f"up_to_{number}"] = forms.IntegerField(
                label=_("Up to (g)"),
                required=False,
                min_value=1,
                max_value=100_000,
                initial=step[0] if step else None,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            self.fields[f"costs_{number}"] = PriceField(
                label=_("costs (€)"), required=False, initial=typed_price(step[1]) if step else ""
            )
        self.step_count = max(BLANK_STEPS, len(steps) + 1)

    @property
    def steps(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows of prices by weight."""
        return [(self[f"up_to_{n}"], self[f"costs_{n}"]) for n in range(self.step_count)]

    @override
    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        pairs = [(said.get(f"up_to_{n}"), said.get(f"costs_{n}")) for n in range(self.step_count)]
        said["steps"] = [[weight, cents or 0] for weight, cents in pairs if weight]
        if any(cents and not weight for weight, cents in pairs):
            self.add_error(None, _("A price by weight lacks its weight."))
        if not said["steps"] and said.get("fee") is None and "fee" not in self.errors:
            self.add_error("fee", _("Write one price, or prices by weight."))
        return said

    def draft(self) -> ShippingDraft:
        """Return the rate typed."""
        said = self.cleaned_data
        free_from = said["free_from"]
        rate: dict[str, Any]
        if said["steps"]:
            rate = {"kind": "weight", "steps": sorted(said["steps"])}
            if free_from:
                rate["free_from_cents"] = free_from
        elif free_from:
            rate = {"kind": "free_from", "cents": said["fee"], "from_cents": free_from}
        else:
            rate = {"kind": "flat", "cents": said["fee"]}
        return ShippingDraft(said["name"], rate, is_mainland_only=said["is_mainland_only"])


class BringingForm(WithLead):
    """How a shop brings to a pooled point."""

    bring_by = wall_time(gettext_lazy("I bring before"), required=True)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On these days"),
        help_text=gettext_lazy("None ticked: every day."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    fee = PriceField(label=gettext_lazy("Asked of the customer (€)"), required=False)

    def __init__(self, data: Any, *, service: PointService | None) -> None:
        initial: dict[str, Any] = {"lead_minutes": 60, "bring_by": time(12)}
        if service is not None:
            initial = {
                "lead_minutes": service.lead_minutes,
                "bring_by": service.bring_by,
                "weekdays": service.weekdays,
                "fee": typed_price(service.fee_cents) if service.fee_cents else "",
            }
        super().__init__(data, initial=initial)
        weekdays = self.fields["weekdays"]
        assert isinstance(weekdays, forms.TypedMultipleChoiceField)  # noqa: S101 - declared above
        weekdays.choices = [(n, str(day).capitalize()) for n, day in dates.WEEKDAYS.items()]

    def draft(self) -> BringingDraft:
        """Return what was typed."""
        said = self.cleaned_data
        return BringingDraft(
            bring_by=said["bring_by"],
            weekdays=tuple(said["weekdays"]),
            lead_minutes=said["lead_minutes"],
            fee_cents=said["fee"] or 0,
        )


def _parcel_of(rate: ShippingRate | None) -> dict[str, Any]:
    if rate is None:
        return {"is_mainland_only": True}
    said = rate.rate
    free_from = said.get("from_cents", said.get("free_from_cents"))
    return {
        "name": rate.name,
        "fee": typed_price(said["cents"]) if "cents" in said else "",
        "free_from": typed_price(free_from) if free_from else "",
        "is_mainland_only": rate.is_mainland_only,
    }


def typed_price(cents: int) -> str:
    """Write an amount as a price field shows it: « 12,50 »."""
    return f"{cents // 100},{cents % 100:02d}"
