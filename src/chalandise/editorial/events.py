"""Facts that the room announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("editorial.selection_changed")
@dataclass(frozen=True)
class SelectionChanged:
    """A selection was made, changed or taken away: pages that show it are built anew."""

    selection_id: int
