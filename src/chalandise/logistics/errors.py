"""Errors of the room.

ChalandiseError
├── SlotGoneError          the slot is no longer proposed: closed, past, too soon, or no such way
├── SlotFullError          somebody else took the last place
├── HoldIsFirmError        the holder has a booked slot; it is moved, not held again
├── SlotsBusyError         other customers are at the same slots; trying again is safe
├── BadSettingError        a setting of a point, a zone or a rate makes no sense
└── NotYetDescribedError   the shop lacks what a way needs: hours, a position
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chalandise.kernel.errors import ChalandiseError
from chalandise.logistics.values import Slot, SlotChoice


class SlotGoneError(ChalandiseError):
    """The slot is no longer proposed.

    Attributes:
        holder: whose wish it was.
        choice: what was wished.
        next_slots: the nearest slots that can be had.
    """

    def __init__(self, holder: UUID, choice: SlotChoice, next_slots: Sequence[Slot] = ()) -> None:
        super().__init__(f"{choice.way_key} at {choice.starts_at}")
        self.holder = holder
        self.choice = choice
        self.next_slots = tuple(next_slots)


class SlotFullError(ChalandiseError):
    """Somebody else took the last place of the slot.

    Attributes:
        holder: whose wish it was.
        choice: what was wished.
        slot: the slot, with nothing left.
        next_slots: the nearest slots with a place.
    """

    def __init__(
        self, holder: UUID, choice: SlotChoice, slot: Slot, next_slots: Sequence[Slot] = ()
    ) -> None:
        super().__init__(f"{choice.way_key} at {choice.starts_at}")
        self.holder = holder
        self.choice = choice
        self.slot = slot
        self.next_slots = tuple(next_slots)


class HoldIsFirmError(ChalandiseError):
    """The holder has a booked slot already; a person moves it, a cart does not.

    Attributes:
        holders: who holds them.
    """

    def __init__(self, holders: Sequence[UUID]) -> None:
        super().__init__(", ".join(map(str, holders)))
        self.holders = tuple(holders)


class SlotsBusyError(ChalandiseError):
    """Other customers are at the same slots at this moment; nothing changed, try again."""


class BadSettingError(ChalandiseError):
    """A setting makes no sense.

    Attributes:
        field: the field concerned.
        code: a stable word for the reason.
        said: the piece of what was typed that is meant, where there is one.
    """

    def __init__(self, field: str, code: str, said: str = "") -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.said = said


class NotYetDescribedError(ChalandiseError):
    """The shop lacks what a way needs.

    Attributes:
        missing: ``hours`` or ``position``.
    """

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing
