"""Reads about delivery: how far each reader of the outbox is, and what nobody could take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Min, Q

from chalandise.journal.models import DeadLetter, OutboxEvent

SUBSCRIBERS = "subscribers"

# One past every transaction whose rows a statement can see: those that ended, and its own.
_COMING = """greatest(
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    pg_current_xact_id_if_assigned()::text::bigint + 1
)"""
_DELIVERIES = """
    SELECT place.name,
        (SELECT event.emitted_at FROM journal_outboxevent event
            WHERE (event.xid, event.id) > (place.xid, place.event_id)
            ORDER BY event.xid, event.id LIMIT 1),
        place.xid >= {coming}
    FROM journal_readerplace place ORDER BY place.name
"""
_IS_FOREIGN = """
    SELECT EXISTS (SELECT FROM journal_readerplace WHERE xid >= {coming})
        OR EXISTS (SELECT FROM journal_outboxevent WHERE xid >= {coming})
"""


@dataclass(frozen=True)
class Delivery:
    """What one reader of the outbox has before it.

    Attributes:
        reader: its name.
        oldest_at: when the first event was emitted that it has not handled; None when there is none.
        is_foreign: its place was noted by another server: the database was restored from a backup.
    """

    reader: str
    oldest_at: datetime | None
    is_foreign: bool


@dataclass(frozen=True)
class Undelivered:
    """Events that a subscriber could not take.

    Attributes:
        trying: how many are tried again by themselves.
        given_up: how many wait for a person.
        first_at: when the first of those failed last.
    """

    trying: int
    given_up: int
    first_at: datetime | None


def list_deliveries() -> list[Delivery]:
    """Return how far each reader is; one statement, and another before the first event was read."""
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERIES.format(coming=_COMING))
        found = [Delivery(*row) for row in cursor.fetchall()]
    if any(one.reader == SUBSCRIBERS for one in found):
        return found
    oldest = OutboxEvent.objects.aggregate(at=Min("emitted_at"))["at"]
    return [*found, Delivery(SUBSCRIBERS, oldest, is_foreign=False)]


def is_from_another_server() -> bool:
    """Tell whether places or events bear transaction numbers that this server has not reached."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_FOREIGN.format(coming=_COMING))
        return bool(cursor.fetchone()[0])


def count_undelivered() -> Undelivered:
    """Return what subscribers could not take. One statement."""
    waits = Q(next_try_at=None)
    found = DeadLetter.objects.aggregate(
        trying=Count("pk", filter=~waits),
        given_up=Count("pk", filter=waits),
        first_at=Min("failed_at", filter=waits),
    )
    return Undelivered(found["trying"], found["given_up"], found["first_at"])
