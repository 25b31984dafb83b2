"""Errors of the room.

ChalandiseError
├── ReservationsNotTakenError   this establishment does not put things aside
├── OutsideHoursError           nobody is there at the wished time; carries times that work
└── WrongCodeError              the pickup code opens nothing here
"""

from __future__ import annotations

from datetime import datetime

from chalandise.kernel.errors import ChalandiseError


class ReservationsNotTakenError(ChalandiseError):
    """This establishment does not put things aside."""


class OutsideHoursError(ChalandiseError):
    """Nobody is there at the wished time.

    Attributes:
        wanted_at: what was wished.
        proposals: the nearest times that work.
    """

    def __init__(self, wanted_at: datetime, proposals: list[datetime]) -> None:
        super().__init__(wanted_at.isoformat())
        self.wanted_at = wanted_at
        self.proposals = proposals


class WrongCodeError(ChalandiseError):
    """The pickup code opens nothing here."""
