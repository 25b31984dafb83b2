"""What happened to something, in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from chalandise.journal.actions import LEFT
from chalandise.journal.models import Entry

MOST = 25
SYSTEM = "system"
PARTS_OF_THE_SYSTEM = {
    "attempts": _("after too many attempts"),
    "bank": _("the bank"),
    "delay": _("for want of an answer in time"),
    "demo": _("the demonstration"),
    "expiry": _("the delay had passed"),
    "ordering": _("by itself"),
    "patience": _("the delay had passed"),
    "payment": _("by itself, after the payment"),
    "payments": _("by itself, as the bank says"),
    "refund": _("by itself, after the refund"),
    "withdrawal": _("by itself, after the withdrawal"),
}
NAMELESS = {"customer": _("the customer"), LEFT: _("somebody who closed their account")}


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
            who=who_acted(entry),
            behalf_of=_named(entry.behalf_of),
            reason=str(entry.detail.get("reason", "") or entry.detail.get("source", "")),
        )
        for entry in Entry.objects.filter(subject=subject).order_by("-pk")[:MOST]
    ]


def who_acted(entry: Entry) -> str:
    """Return who acted, in the words of the desk: a name, or which part of the system."""
    if entry.actor_kind == SYSTEM:
        return str(PARTS_OF_THE_SYSTEM.get(entry.actor_label, entry.actor_label))
    return _named(entry.actor_label)


def _named(label: str) -> str:
    return str(NAMELESS.get(label, label))
