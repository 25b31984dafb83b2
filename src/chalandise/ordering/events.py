"""Facts that ordering announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("ordering.reservation_moved")
@dataclass(frozen=True)
class ReservationMoved:
    """A reservation request took a step; ``state`` is where it now stands."""

    reservation_id: int
    state: str
