"""Facts that logistics announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("logistics.ways_changed")
@dataclass(frozen=True)
class WaysChanged:
    """A shop can be reached, or reaches its customers, in other ways than before."""

    establishment_id: int


@event("logistics.keeper_invited")
@dataclass(frozen=True)
class KeeperInvited:
    """Somebody may receive and hand over at a pooled point; the link leaves by e-mail."""

    keeper_id: int
    invited_at: str


@event("logistics.point_shut")
@dataclass(frozen=True)
class PointShut:
    """A pooled point is closed for some hours; who comes then has to come at another time."""

    closing_id: int


@event("logistics.slot_over_booked")
@dataclass(frozen=True)
class SlotOverBooked:
    """A person lowered a capacity below what is booked: all bookings stand, somebody arranges."""

    way_key: str
    starts_at: str
    booked: int
    capacity: int
