"""Facts that portals announce."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("portals.portal_changed")
@dataclass(frozen=True)
class PortalChanged:
    """A portal was opened, closed or changed."""

    portal_id: int
