"""Facts that stock announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("stock.level_changed")
@dataclass(frozen=True)
class LevelChanged:
    """An offer ran out, came back, or crossed « only three left »."""

    offer_id: int
    left: int
