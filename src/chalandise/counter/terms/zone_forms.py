"""The form of a delivery zone: by distance, by communes or by an outline, its price, its rounds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.counter.goods.price_field import PriceField
from chalandise.counter.terms.giving_forms import WithLead, typed_price, wall_time
from chalandise.counter.terms.rounds import RoundRows
from chalandise.directory.models import Establishment
from chalandise.logistics.checking import check_polygon
from chalandise.logistics.errors import BadSettingError
from chalandise.logistics.models import DeliveryZone
from chalandise.logistics.outlines import LONGEST_TEXT, read_outline, write_outline
from chalandise.logistics.states import ZoneKind
from chalandise.logistics.values import ZoneDraft
from chalandise.territories.models import Territory


class ZoneForm(WithLead):
    """Where the shop brings, for how much, on which rounds."""

    name = forms.CharField(
        label=gettext_lazy("Name of this zone"),
        help_text=gettext_lazy("What customers read: “Cahors and around”."),
        max_length=80,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Where to?"),
        choices=[
            (ZoneKind.RADIUS, gettext_lazy("as far as a distance from the shop")),
            (ZoneKind.COMMUNES, gettext_lazy("to the communes ticked below")),
            (ZoneKind.POLYGON, gettext_lazy("inside the outline drawn on the map")),
        ],
        widget=forms.RadioSelect,
    )
    radius_km = forms.DecimalField(
        label=gettext_lazy("Distance (km)"),
        required=False,
        min_value=0,
        max_value=100,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    communes = forms.MultipleChoiceField(
        label=gettext_lazy("Communes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    outline = forms.CharField(
        label=gettext_lazy("Corners of the outline"),
        help_text=gettext_lazy(
            "One a line, latitude then longitude: 44.4475, 1.4412. Drawing on the map writes them;"
            " changing them here redraws it."
        ),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(
            attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false", "inputmode": "text"}
        ),
    )
    outline_file = forms.FileField(
        label=gettext_lazy("Or bring a GeoJSON file"),
        help_text=gettext_lazy(
            "One polygon, as a mapping tool writes it. It replaces the corners."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )
    fee = PriceField(label=gettext_lazy("Delivery fee (€)"), required=False)
    free_from = PriceField(label=gettext_lazy("Free from (€ of order)"), required=False)
    minimum = PriceField(label=gettext_lazy("Least order (€)"), required=False)
    cutoff = wall_time(gettext_lazy("Last orders for the same day"))
    is_by_bicycle = forms.BooleanField(
        label=gettext_lazy("I bring it by bicycle or on foot"),
        help_text=gettext_lazy("Customers read it where they choose, and on their order."),
        required=False,
    )

    def __init__(
        self, data: Any, files: Any = None, *, shop: Establishment, zone: DeliveryZone | None
    ) -> None:
        super().__init__(data, files, initial=_zone_of(zone))
        self.zone = zone
        communes = self.fields["communes"]
        assert isinstance(communes, forms.MultipleChoiceField)  # noqa: S101 - declared above
        communes.choices = _near(shop, zone)
        self.rounds = RoundRows(data, zone)

    @override
    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        said["polygon"] = None
        try:
            polygon = read_outline(self._outline_text(said))
            if polygon is not None and said.get("kind") != ZoneKind.POLYGON:
                check_polygon(polygon)  # kept for later: it has to make sense all the same
            said["polygon"] = polygon
        except BadSettingError as refused:
            if said.get("kind") == ZoneKind.POLYGON:
                brought = "outline_file" if said.get("outline_file") else "outline"
                self.add_error(brought, say_bad_outline(refused))
        return said

    def _outline_text(self, said: dict[str, Any]) -> str:
        file = said.get("outline_file")
        if not file:
            return str(said.get("outline") or "")
        if file.size > LONGEST_TEXT:
            raise BadSettingError("polygon", "too_many")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise BadSettingError("polygon", "bad_file") from None

    @override
    def is_valid(self) -> bool:
        return super().is_valid() and not self.rounds.error

    def draft(self) -> ZoneDraft:
        """Return the zone typed."""
        said, zone = self.cleaned_data, self.zone
        radius = said["radius_km"]
        fee, free_from = said["fee"] or 0, said["free_from"]
        if (
            zone is not None
            and zone.rate["kind"] == "steps"
            and not {"fee", "free_from"} & set(self.changed_data)
        ):
            rate = zone.rate
        elif free_from:
            rate = {"kind": "free_from", "cents": fee, "from_cents": free_from}
        else:
            rate = {"kind": "flat", "cents": fee}
        return ZoneDraft(
            name=said["name"],
            kind=said["kind"],
            rate=rate,
            commune_keys=tuple(said["communes"]),
            radius_metres=None if radius is None else int(radius * 1000),
            polygon=said["polygon"],
            minimum_order_cents=said["minimum"] or 0,
            lead_minutes=said["lead_minutes"],
            cutoff=said["cutoff"],
            horizon_days=zone.horizon_days if zone else 14,
            works_on_holidays=zone.works_on_holidays if zone else False,
            is_by_bicycle=said["is_by_bicycle"],
            rounds=tuple(self.rounds.typed),
        )


def say_bad_outline(refused: BadSettingError) -> str:
    """Say in words why an outline cannot be kept."""
    if refused.code == "unreadable":
        text = _("This line is no latitude and longitude: “%(line)s”.")
        return text % {"line": refused.said}
    return {
        "missing": _("Draw the outline first: tap at least three corners on the map."),
        "bad_corners": _("An outline has three corners at least, at different places."),
        "crossing": _("The outline crosses itself: move a corner so that its sides do not meet."),
        "too_large": _("This outline is more than 200 km across: draw where you really go."),
        "too_small": _("This outline holds almost nothing: draw it wider."),
        "too_many": _("This outline has too many corners: 500 are enough."),
        "bad_file": _("This is no GeoJSON of a single polygon without holes."),
    }.get(refused.code, _("This cannot be kept as it is. Nothing else is lost."))


def _near(shop: Establishment, zone: DeliveryZone | None) -> list[tuple[str, str]]:
    """Return the communes of the shop's intercommunality, and those already chosen."""
    kept = zone.commune_keys if zone else []
    communes = Territory.objects.communes()
    around = communes.filter(epci=shop.commune.epci_id) if shop.commune.epci_id else communes.none()
    found = (around | communes.filter(key__in=[*kept, shop.commune_id])).order_by("sort_key")
    return [(one.key, one.name) for one in found]


def _zone_of(zone: DeliveryZone | None) -> dict[str, Any]:
    if zone is None:
        return {"kind": ZoneKind.RADIUS, "lead_minutes": 120, "fee": "5,00"}
    rate = zone.rate
    return {
        "name": zone.name,
        "kind": zone.kind,
        "radius_km": "" if zone.radius_metres is None else f"{zone.radius_metres / 1000:g}",
        "communes": zone.commune_keys,
        "outline": write_outline(zone.polygon),
        "fee": typed_price(rate["cents"]) if "cents" in rate else "",
        "free_from": typed_price(rate["from_cents"]) if "from_cents" in rate else "",
        "minimum": typed_price(zone.minimum_order_cents) if zone.minimum_order_cents else "",
        "lead_minutes": zone.lead_minutes,
        "cutoff": zone.cutoff,
        "is_by_bicycle": zone.is_by_bicycle,
    }
