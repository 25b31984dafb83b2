"""Errors of the room.

ChalandiseError
├── OutOfStockError    not enough is left; carries each shortage
├── HoldLostError      a hold had ended and what it kept is gone; carries whose and what
├── BelowBookedError   the new count would be below what is promised; carries both
├── StockBusyError     too many people at once; trying again is safe
└── HolderSpentError   the holder was promised or handed over already: its goods do not change
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chalandise.kernel.errors import ChalandiseError


@dataclass(frozen=True)
class Shortage:
    """What lacks of one offer.

    Attributes:
        offer_id: the offer as it was asked for: the basket, where a part of it lacks.
        asked: how many were wanted.
        left: how many could be had.
    """

    offer_id: int
    asked: int
    left: int


class OutOfStockError(ChalandiseError):
    """Not enough is left; nothing was changed.

    Attributes:
        shortages: what lacks, by offer.
    """

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(", ".join(f"{s.offer_id}: {s.left}/{s.asked}" for s in shortages))
        self.shortages = tuple(shortages)


class HoldLostError(ChalandiseError):
    """A hold had ended and what it kept is gone; nothing was changed.

    Attributes:
        holder: whose.
        shortages: what lacks.
    """

    def __init__(self, holder: UUID, shortages: Sequence[Shortage]) -> None:
        super().__init__(str(holder))
        self.holder = holder
        self.shortages = tuple(shortages)


class BelowBookedError(ChalandiseError):
    """The new count would be below what is promised to customers; nothing was changed.

    Attributes:
        offer_id: the offer.
        booked: what is reserved and allocated.
        wanted: what would have been on hand.
    """

    def __init__(self, offer_id: int, *, booked: int, wanted: int) -> None:
        super().__init__(f"{offer_id}: {wanted} < {booked}")
        self.offer_id = offer_id
        self.booked = booked
        self.wanted = wanted


class StockBusyError(ChalandiseError):
    """Somebody else held the levels for three seconds; the transaction is lost, try it again."""


class HolderSpentError(ChalandiseError):
    """What the holder holds is promised or handed over already and cannot be held otherwise.

    Attributes:
        holder: whose.
    """

    def __init__(self, holder: UUID) -> None:
        super().__init__(str(holder))
        self.holder = holder
