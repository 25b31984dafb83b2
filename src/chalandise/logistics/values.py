"""Small values that other rooms pass in and get back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


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
class SlotChoice:
    """What a customer wishes of one merchant.

    Attributes:
        way_key: ``pickup:<point>`` or ``delivery:<zone>``.
        establishment_id: the merchant's shop.
        starts_at: the start of the wished slot.
        lead_minutes: the time the goods need to be ready.
    """

    way_key: str
    establishment_id: int
    starts_at: datetime
    lead_minutes: int = 0


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
        first_slot: the first one with a place, None when there is none within the horizon.
        timezone: where its wall clock hangs.
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
