"""Small values that other rooms pass in and get back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from chalandise.logistics.places import Place
from chalandise.territories.models import Territory


@dataclass(frozen=True)
class Destination:
    """Where a customer lives, as far as they said.

    Attributes:
        commune_key: key of the commune, ``commune-46042``; empty when unknown.
        latitude: degrees, with ``longitude``, or None.
        longitude: degrees.
    """

    commune_key: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Slot:
    """A half-open window ``[starts_at, ends_at)`` with what is left, in local time of its place."""

    starts_at: datetime
    ends_at: datetime
    left: int


@dataclass(frozen=True)
class SlotDay:
    """The slots of one local day."""

    on: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class OpenDay:
    """The slots of one local day that have a place left: starts and ends in seconds since the epoch."""

    on: date
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SlotChoice:
    """What a customer wishes of one merchant.

    Attributes:
        way_key: ``pickup:<point>`` or ``delivery:<zone>``.
        establishment_id: the merchant's shop.
        starts_at: the start of the wished slot.
        lead_minutes: the time the goods need to be ready.
        there_by: when they are known to be there all the same, whatever they would need from now.
        place: where the slot is, if it was read in this very transaction; it is looked up otherwise.
    """

    way_key: str
    establishment_id: int
    starts_at: datetime
    lead_minutes: int = 0
    there_by: datetime | None = None
    place: Place | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Way:
    """One road from a merchant to a customer.

    Attributes:
        key: ``pickup:<point>``, ``delivery:<zone>`` or ``shipping:<rate>``.
        kind: ``pickup``, ``point``, ``delivery`` or ``shipping``.
        label: the name of the place, of the zone, of the carrier.
        address: where to collect, on one line; empty for what is brought.
        fee_cents: what it costs, all taxes included.
        needs_slot: whether a slot is to be chosen.
        first_slot: the first one with a place, None when there is none within the horizon; what is
            left in it is told by `slots_of`, here stands its capacity.
        timezone: where its wall clock hangs.
        minimum_cents: from which sum on it is offered, told only where that is not reached.
        missing_cents: how much more must be ordered; 0 where it may be chosen.
        is_by_bicycle: the shop brings it by bicycle or on foot.
        place: what proposes its slots, as it was read with it.
    """

    key: str
    kind: str
    label: str
    address: str
    fee_cents: int
    needs_slot: bool
    timezone: str
    point_id: int | None = None
    zone_id: int | None = None
    rate_id: int | None = None
    first_slot: Slot | None = None
    latitude: float | None = None
    longitude: float | None = None
    minimum_cents: int = 0
    missing_cents: int = 0
    is_by_bicycle: bool = False
    place: Place | None = field(default=None, repr=False, compare=False)

    def shown(self) -> dict[str, Any]:
        """Return what an order keeps of it: all but its slots."""
        kept = dict(vars(self))
        for name in ("needs_slot", "first_slot", "place"):
            del kept[name]
        return kept


@dataclass(frozen=True)
class PickupSettings:
    """How a pickup point is run.

    Attributes:
        slot_minutes: length of a slot, one of `states.SLOT_MINUTES`.
        capacity: orders a slot.
        lead_minutes: time from the order to the earliest slot.
        cutoff: what is ordered at this wall time or after counts from the next day.
        horizon_days: how many days ahead slots are proposed.
    """

    slot_minutes: int = 30
    capacity: int = 4
    lead_minutes: int = 60
    cutoff: time | None = None
    horizon_days: int = 14


@dataclass(frozen=True)
class RoundDraft:
    """A weekly delivery round as a merchant describes it; Monday is weekday 0."""

    weekday: int
    starts: time
    ends: time
    capacity: int


@dataclass(frozen=True)
class ZoneDraft:
    """A delivery zone as a merchant describes it; see `models.DeliveryZone` for the words."""

    name: str
    kind: str
    rate: Mapping[str, Any]
    commune_keys: tuple[str, ...] = ()
    radius_metres: int | None = None
    polygon: Mapping[str, Any] | None = None
    minimum_order_cents: int = 0
    lead_minutes: int = 120
    cutoff: time | None = None
    horizon_days: int = 14
    works_on_holidays: bool = False
    is_by_bicycle: bool = False
    rounds: tuple[RoundDraft, ...] = ()


@dataclass(frozen=True)
class ShippingDraft:
    """A shipping rate as a merchant describes it."""

    name: str
    rate: Mapping[str, Any]
    is_mainland_only: bool = True


@dataclass(frozen=True)
class PointDraft:
    """A pooled point as an operator describes it; ``hours`` in OSM syntax or in French."""

    kind: str
    name: str
    address: str
    commune: Territory
    hours: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class BringingDraft:
    """How a merchant brings to a pooled point: by when, on which weekdays (none: all), how soon."""

    bring_by: time
    weekdays: tuple[int, ...] = ()
    lead_minutes: int = 60
    fee_cents: int = 0
