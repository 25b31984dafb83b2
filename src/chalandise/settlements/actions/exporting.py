"""Leaving a trace of what was taken out of the house."""

from __future__ import annotations

from datetime import datetime

from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation


def note_export(
    organisation: Organisation, name: str, rows: int, *, by: Actor, at: datetime
) -> None:
    """Note that a table with a merchant's data, personal data maybe, was downloaded.

    Args:
        organisation: whose data.
        name: the name of the file.
        rows: how many rows it has.
        by: who took it.
        at: now.
    """
    record(organisation, "exported", by=by, at=at, detail={"file": name, "rows": rows})
