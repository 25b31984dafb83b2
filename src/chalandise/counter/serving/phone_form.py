"""The form of an order by telephone: who, where to, when, by the ways the checkout offers too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.directory.cleaning.phones import clean_phones
from chalandise.directory.models import Establishment
from chalandise.logistics.models import DeliveryZone
from chalandise.logistics.queries.ways import slots_of, ways_of
from chalandise.logistics.values import Destination, Slot, Way
from chalandise.ordering.states import WayKind
from chalandise.territories.models import Territory
from chalandise.web.address_form import AddressForm
from chalandise.web.formatting import calendar_day, clock

DAYS = 7
Slots = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class Wanted:
    """What is ordered, as far as ways ask: its sum, its weight, the time it needs."""

    cents: int
    grams: int
    lead_minutes: int


class Offered:
    """The ways of a shop that are paid where the goods change hands: its counter and its rounds."""

    def __init__(self, shop: Establishment, wanted: Wanted, *, at: datetime) -> None:
        self._shop, self._wanted, self._at = shop, wanted, at
        self.counter = self._first(WayKind.PICKUP, None)
        self.delivers = DeliveryZone.objects.filter(establishment=shop, is_active=True).exists()

    def brought_to(self, commune: Territory) -> Way | None:
        """Return how the shop brings to a commune; the way that asks least."""
        where = Destination(commune.pk, commune.latitude, commune.longitude)
        return self._first(WayKind.DELIVERY, where)

    def slots(self, way: Way | None) -> Slots:
        """Return the slots of a way by day, as a form offers them."""
        if way is None or not way.needs_slot:
            return []
        lead = self._wanted.lead_minutes
        found = slots_of(way.key, self._shop, lead_minutes=lead, at=self._at, days=DAYS)
        return [
            (calendar_day(day.on, "weekday"), [_said(one) for one in day.slots]) for day in found
        ]

    def _first(self, kind: str, where: Destination | None) -> Way | None:
        pk, wanted = self._shop.pk, self._wanted
        ways = ways_of(
            [self._shop],
            destination=where,
            subtotals={pk: wanted.cents},
            weights={pk: wanted.grams},
            lead_minutes={pk: wanted.lead_minutes},
            at=self._at,
        )[pk]
        return min(
            (one for one in ways if one.kind == kind), key=lambda one: one.fee_cents, default=None
        )


class CallerForm(AddressForm):
    """Who is on the telephone, whether they come or have it brought, and when."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("The confirmation goes there, if they have one."),
    )
    means = forms.ChoiceField(
        label=gettext_lazy("How do they get it?"),
        choices=[
            (WayKind.PICKUP, gettext_lazy("They come and collect it")),
            (WayKind.DELIVERY, gettext_lazy("We bring it")),
        ],
        initial=WayKind.PICKUP,
        required=False,
        widget=forms.RadioSelect,
    )
    slot = forms.ChoiceField(label=gettext_lazy("When?"), required=False)
    note = forms.CharField(label=gettext_lazy("A note"), required=False, max_length=300)

    way: Way | None = None

    def __init__(self, offer: Offered, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer = offer
        if not offer.delivers:
            del self.fields["means"]
            for name in ("street", "complement", "postal_code", "city"):
                del self.fields[name]
        slots = self.fields["slot"]
        assert isinstance(slots, forms.ChoiceField)  # noqa: S101 - declared above
        slots.choices = offer.slots(offer.counter)

    @property
    def is_brought(self) -> bool:
        """Whether the customer has it brought."""
        return "means" in self.fields and str(self["means"].value()) == WayKind.DELIVERY

    @override
    def clean(self) -> dict[str, Any]:
        """Find the way and its slots; the slots of a round are known once the address is."""
        if not self._offer.delivers:
            said = self.cleaned_data
            self.commune = None
        else:
            said = super().clean()
        self.way = self._offer.counter
        if self.is_brought:
            self.way = None if self.has_address_errors else self._brought()
        if self.way is None:
            return said
        slots = self.fields["slot"]
        assert isinstance(slots, forms.ChoiceField)  # noqa: S101 - declared above
        slots.choices = self._offer.slots(self.way)
        typed = str(self.data.get("slot", ""))
        known = {value for _day, some in slots.choices for value, _words in some}
        self.errors.pop("slot", None)
        if not self.way.needs_slot:
            said["slot"] = ""
        elif typed in known:
            said["slot"] = typed
        elif self.is_brought:
            self.add_error("slot", _("Choose one of the rounds that reach this address."))
        else:
            self.add_error(
                "slot", _("This time is no longer among the choices. Choose another one.")
            )
        return said

    def _brought(self) -> Way | None:
        if self.commune is None:
            self.add_error("street", _("Write where to bring it."))
            return None
        found = self._offer.brought_to(self.commune)
        if found is None:
            self.add_error(
                "city", _("You do not deliver there, or not for so little: look at your zones.")
            )
        return found

    def clean_phone(self) -> str:
        """Read a number as it is dialled in France."""
        number = clean_phones(self.cleaned_data["phone"]).value.primary
        if not number:
            raise forms.ValidationError(_("This number cannot be read."))
        return str(number)


def when_said(form: CallerForm) -> str:
    """Say the day and time that were chosen; blank where they are agreed upon by telephone."""
    chosen, field = form.cleaned_data.get("slot", ""), form.fields["slot"]
    groups: Any = getattr(field, "choices", [])
    return next(
        (f"{day}, {words}" for day, slots in groups for value, words in slots if value == chosen),
        "",
    )


def address_said(address: Mapping[str, Any]) -> str:
    """Return an address on one line."""
    town = f"{address.get('postal_code', '')} {address.get('commune_name', '')}".strip()
    parts = (address.get("street"), address.get("complement"), town)
    return ", ".join(str(one) for one in parts if one)


def _said(slot: Slot) -> tuple[str, str]:
    """Return a slot as a form sends it, and as it is said."""
    begins, ends = clock(slot.starts_at.time()), clock(slot.ends_at.time())
    return slot.starts_at.isoformat(), f"{begins} – {ends}"
