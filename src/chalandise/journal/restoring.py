"""Letting readers of the outbox go on in a database that was restored on another server.

Events and places are ordered by transaction numbers, and a new server counts its own from the start:
what it emits would come before every place, and what the backup holds after every snapshot.
"""

from __future__ import annotations

from django.db import connection, transaction

from chalandise.journal.queries import is_from_another_server

# The order is kept, in numbers below all that a server can give: the newest transaction becomes -1.
_RANKS = """
    CREATE TEMPORARY TABLE journal_ranks ON COMMIT DROP AS
    SELECT xid, -dense_rank() OVER (ORDER BY xid DESC) AS rank
    FROM (SELECT DISTINCT xid FROM journal_outboxevent) event
"""
_PLACES = """
    UPDATE journal_readerplace place SET
        xid = coalesce(before.rank, (SELECT min(rank) - 1 FROM journal_ranks), -1),
        event_id = CASE WHEN before.xid = place.xid THEN place.event_id ELSE 9223372036854775807 END
    FROM journal_readerplace self LEFT JOIN LATERAL (
        SELECT xid, rank FROM journal_ranks WHERE xid <= self.xid ORDER BY xid DESC LIMIT 1
    ) before ON true
    WHERE place.name = self.name
"""
_EVENTS = """
    UPDATE journal_outboxevent event SET xid = ranks.rank
    FROM journal_ranks ranks WHERE ranks.xid = event.xid
"""


@transaction.atomic
def follow_restoring() -> bool:
    """Number events and places anew where another server numbered them; tell whether it was so.

    To be called before anything is emitted there: `chalandise migrate` does.
    """
    if not is_from_another_server():
        return False
    with connection.cursor() as cursor:
        for statement in (_RANKS, _PLACES, _EVENTS):
            cursor.execute(statement)
    return True
