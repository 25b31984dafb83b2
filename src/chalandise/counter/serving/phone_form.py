"""The form of an order by telephone: who, where to, when, by the ways the checkout offers too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.directory.cleaning.phones import clean_phones
from chalandise.directory.models import Establishment
from chalandise.logistics.models import DeliveryZone, ShippingRate
from chalandise.logistics.queries.ways import slots_of
from chalandise.logistics.values import Destination, Slot, Way
from chalandise.ordering.actions.phoning import pays_by_phone
from chalandise.ordering.books import Books
from chalandise.ordering.queries.checkouts import ways_with
from chalandise.ordering.states import Pays, WayKind
from chalandise.territories.models import Territory
from chalandise.web.address_form import AddressForm, address_lines
from chalandise.web.business_form import BusinessForm
from chalandise.web.formatting import clock, near_day
from chalandise.web.line_field import LineField

DAYS = 7
Slots = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class Wanted:
    """What is ordered, as far as ways ask: its sum, its new books, its weight, its time."""

    cents: int
    books: Books
    grams: int
    lead_minutes: int


class Offered:
    """The ways of a shop, as the checkout offers them.

    Its counter and its rounds are paid where the goods change hands; parcels and pooled points are
    paid online, so they are offered where the shop can be.
    """

    def __init__(
        self, shop: Establishment, wanted: Wanted, *, is_online: bool, at: datetime
    ) -> None:
        self._shop, self._wanted, self._at = shop, wanted, at
        found = self._ways(None)
        self.counter = _cheapest(found, WayKind.PICKUP)
        self.points = [one for one in found if is_online and one.kind == WayKind.POINT]
        self.delivers = DeliveryZone.objects.filter(establishment=shop, is_active=True).exists()
        self.sends = (
            is_online and ShippingRate.objects.filter(establishment=shop, is_active=True).exists()
        )

    @property
    def travels(self) -> bool:
        """Whether an address is asked for."""
        return self.delivers or self.sends

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The ways as a form offers them: the kind, or the key of a pooled point."""
        found = []
        if self.counter is not None:
            found.append((WayKind.PICKUP.value, _("They come and collect it")))
        found += [(one.key, _("At %(place)s") % {"place": one.label}) for one in self.points]
        if self.delivers:
            found.append((WayKind.DELIVERY.value, _("We bring it")))
        if self.sends:
            found.append((WayKind.SHIPPING.value, _("We send it")))
        return found

    def reaching(self, kind: str, commune: Territory) -> Way | None:
        """Return how the shop brings or sends to a commune; the way that asks least."""
        where = Destination(commune.pk, commune.latitude, commune.longitude)
        return _cheapest(self._ways(where), kind)

    def slots(self, way: Way | None) -> Slots:
        """Return the slots of a way by day, as a form offers them."""
        if way is None or not way.needs_slot:
            return []
        lead = self._wanted.lead_minutes
        today = self._at.astimezone(ZoneInfo(self._shop.timezone)).date()
        found = slots_of(way.key, self._shop, lead_minutes=lead, at=self._at, days=DAYS)
        return [
            (near_day(day.on, today, "dated"), [_said(one, day.on, today) for one in day.slots])
            for day in found
        ]

    def _ways(self, where: Destination | None) -> list[Way]:
        pk, wanted = self._shop.pk, self._wanted
        return ways_with(
            {pk: wanted.books},
            establishments=[self._shop],
            destination=where,
            subtotals={pk: wanted.cents},
            weights={pk: wanted.grams},
            lead_minutes={pk: wanted.lead_minutes},
            at=self._at,
        )[pk]


def _cheapest(ways: Iterable[Way], kind: str) -> Way | None:
    some = (one for one in ways if one.kind == kind)
    return min(some, key=lambda one: one.fee_cents, default=None)


class CallerForm(BusinessForm, AddressForm):
    """Who is on the telephone, whether they come, have it brought or sent, when, and for which firm."""

    name = LineField(label=gettext_lazy("Name"), max_length=80)
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
        required=False,
        widget=forms.RadioSelect,
    )
    slot = forms.ChoiceField(label=gettext_lazy("When?"), required=False)
    note = forms.CharField(label=gettext_lazy("A note"), required=False, max_length=300)

    way: Way | None = None

    def __init__(self, offer: Offered, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer = offer
        self.fields["is_business"].label = _("It is for a firm")
        means, slots = self.fields["means"], self.fields["slot"]
        assert isinstance(means, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(slots, forms.ChoiceField)  # noqa: S101 - declared above
        means.choices = offer.choices
        self._first = offer.choices[0][0] if offer.choices else ""
        means.initial = self._first
        slots.choices = offer.slots(offer.counter) if self._first == WayKind.PICKUP else []
        if len(offer.choices) < 2 and self._first in {"", WayKind.PICKUP}:
            del self.fields["means"]
        if not offer.travels:
            for name in ("street", "complement", "postal_code", "city"):
                del self.fields[name]

    @property
    def _means(self) -> str:
        chosen = str(self["means"].value() or "") if "means" in self.fields else ""
        return chosen or self._first

    @property
    def is_brought(self) -> bool:
        """Whether the customer has it brought or sent."""
        return self._means in {WayKind.DELIVERY, WayKind.SHIPPING}

    @property
    def is_paid_online(self) -> bool:
        """Whether it is paid by a link, because nobody of the shop is there to take money."""
        return self.way is not None and pays_by_phone([self.way.kind]) == Pays.ONLINE

    @override
    def clean(self) -> dict[str, Any]:
        """Find the way and its slots; the slots of a round are known once the address is."""
        said = super().clean()
        self.way = self._chosen()
        if self.way is None:
            return said
        if self.is_paid_online and not said.get("email") and "email" not in self.errors:
            self.add_error(
                "email", _("It is paid online: the link to pay leaves for this address.")
            )
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
        elif self.way.kind == WayKind.POINT and not typed:
            self.add_error("slot", _("Choose one of the times at this point."))
        else:
            self.add_error(
                "slot", _("This time is no longer among the choices. Choose another one.")
            )
        return said

    def _chosen(self) -> Way | None:
        if self.is_brought:
            return None if self.has_address_errors else self._reaching()
        point = next((one for one in self._offer.points if one.key == self._means), None)
        return point or self._offer.counter

    def _reaching(self) -> Way | None:
        if self.commune is None:
            self.add_error("street", _("Write where to bring it."))
            return None
        found = self._offer.reaching(self._means, self.commune)
        if found is None and self._means == WayKind.SHIPPING:
            self.add_error("means", _("You send no parcel there, or none so heavy."))
        elif found is None:
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
        (
            f"{day}, {words.rpartition(', ')[2]}"
            for day, slots in groups
            for value, words in slots
            if value == chosen
        ),
        "",
    )


def address_said(address: Mapping[str, Any]) -> str:
    """Return an address on one line."""
    return ", ".join(address_lines(address))


def _said(slot: Slot, on: date, today: date) -> tuple[str, str]:
    """Return a slot as a form sends it, and as it is said; a closed list shows the day as well."""
    begins, ends = clock(slot.starts_at.time()), clock(slot.ends_at.time())
    return slot.starts_at.isoformat(), f"{near_day(on, today)}, {begins} – {ends}"
