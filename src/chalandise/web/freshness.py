"""A number that moves whenever something that pages show may have changed.

It is read from the outbox at most twice a second by each process. Adding up the numbers of the last
events as well as naming the newest notices a transaction that commits late under an early number:
how many they are would not tell, for they are always as many as are looked at.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic

from django.db import connection

from chalandise.journal.models import OF_SALES

INTERVAL_SECONDS = 0.5
_SQL = f"""
SELECT max(id), sum(id) FROM (
    SELECT id FROM journal_outboxevent
    WHERE NOT (kind::text ~ '{OF_SALES}')
    ORDER BY id DESC LIMIT 500
) newest
"""  # noqa: S608 - a constant of ours: the condition of the index that answers

Version = tuple[int, int, int]
_lock = Lock()
_epoch = 0
_known: tuple[float, Version] = (float("-inf"), (0, 0, 0))


def version() -> Version:
    """Return the version of the data, at most `INTERVAL_SECONDS` old; at most one query."""
    global _known
    if monotonic() - _known[0] < INTERVAL_SECONDS:
        return _known[1]
    with _lock:
        if monotonic() - _known[0] >= INTERVAL_SECONDS:
            _known = (monotonic(), _read())
    return _known[1]


def forget() -> None:
    """Count everything as changed in this process: for tests and for the process that wrote."""
    global _known, _epoch
    _epoch += 1
    _known = (float("-inf"), (-1, -1, _epoch))


def _read() -> Version:
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        newest, total = cursor.fetchone()
    return (newest or 0, int(total or 0), _epoch)
