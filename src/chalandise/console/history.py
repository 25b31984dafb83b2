"""What happened to something, in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalandise.journal.models import Entry

MOST = 25


@dataclass(frozen=True)
class PastAct:
    """One line of history."""

    at: datetime
    what: str
    who: str
    behalf_of: str
    reason: str


def history_of(subject: str, verbs: Mapping[str, object]) -> list[PastAct]:
    """Return the last acts on an object, the latest first; one query."""
    return [
        PastAct(
            at=entry.happened_at,
            what=str(verbs.get(entry.verb, entry.verb.replace("_", " "))),
            who=entry.actor_label,
            behalf_of=entry.behalf_of,
            reason=str(entry.detail.get("reason", "") or entry.detail.get("source", "")),
        )
        for entry in Entry.objects.filter(subject=subject).order_by("-pk")[:MOST]
    ]
