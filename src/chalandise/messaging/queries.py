"""Reads about e-mails: what waits, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from chalandise.messaging.models import Message
from chalandise.messaging.states import MessageState


@dataclass(frozen=True)
class Outgoing:
    """What has not left.

    Attributes:
        waiting: how many e-mails are to be sent.
        oldest_at: since when the first of them waits.
        given_up: how many were given up.
    """

    waiting: int
    oldest_at: datetime | None
    given_up: int


def count_outgoing(*, since: datetime) -> Outgoing:
    """Return what waits, and what was given up of what was written after ``since``. One statement."""
    waits, lost = Q(state=MessageState.QUEUED), Q(state=MessageState.FAILED, created_at__gte=since)
    found = Message.objects.filter(waits | lost).aggregate(
        waiting=Count("pk", filter=waits),
        oldest_at=Min("created_at", filter=waits),
        given_up=Count("pk", filter=lost),
    )
    return Outgoing(found["waiting"], found["oldest_at"], found["given_up"])
