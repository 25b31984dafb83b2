"""What a database says of the demonstration: nothing yet, begun, whole, or somebody else's data.

The demonstration leaves two entries in the journal of the database that it fills: one before its first
row, one after its last. The rows between are committed piece by piece, so only the second tells a
whole demonstration from one that was interrupted.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from django.db import connection

from chalandise.journal.actions import record, subject_of
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.kernel.errors import ChalandiseError
from chalandise.portals.models import Portal

BY = Actor.system("demo")
SUBJECT = "demonstration"
BEGUN, FINISHED = "begun", "finished"


class Found(Enum):
    """What there is where the demonstration would open."""

    NOTHING = auto()
    HALF = auto()
    WHOLE = auto()
    SOMETHING_ELSE = auto()


class NoPlaceForDemoError(ChalandiseError):
    """The demonstration would write among data that are not a demonstration of its own.

    Attributes:
        found: what is there: something else, or half a demonstration.
    """

    def __init__(self, found: Found) -> None:
        super().__init__(f"the database holds {found.name.lower()}")
        self.found = found


def find_out() -> Found:
    """Look at the database, which may have no table yet; nothing is written."""
    if not {"journal_entry", "portals_portal"} <= set(connection.introspection.table_names()):
        return Found.NOTHING
    marks = set(Entry.objects.filter(subject=SUBJECT).values_list("verb", flat=True))
    if FINISHED in marks:
        return Found.WHOLE
    if BEGUN in marks:
        return Found.SOMETHING_ELSE if _has_portals_of_others() else Found.HALF
    # territories and registers come in before a portal opens, and leave their trace
    is_in_use = Portal.objects.exists() or Entry.objects.exists()
    return Found.SOMETHING_ELSE if is_in_use else Found.NOTHING


def begin(*, at: datetime) -> None:
    """Leave the first mark: from here on the database is the demonstration's."""
    record(SUBJECT, BEGUN, by=BY, at=at)


def finish(*, at: datetime) -> None:
    """Leave the last mark: nothing is missing."""
    record(SUBJECT, FINISHED, by=BY, at=at)


def _has_portals_of_others() -> bool:
    ours = set(
        Entry.objects.filter(
            verb="opened", actor_kind=BY.kind, actor_reference=BY.reference
        ).values_list("subject", flat=True)
    )
    return any(subject_of(portal) not in ours for portal in Portal.objects.only("pk"))
