"""Waiting for what another transaction may hold up.

The outbox is read below the oldest transaction that runs anywhere on the server, and test workers
share one: a reader may have to wait for a neighbour's transaction to end.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic

from chalandise.journal.outbox import Handler, Reader

LONGEST_SECONDS = 60.0


def eventually(is_so: Callable[[], bool], *, seconds: float = LONGEST_SECONDS) -> bool:
    """Ask again, with short pauses, until it is so or the time is over."""
    ends = monotonic() + seconds
    while not is_so():
        if monotonic() > ends:
            return False
        Event().wait(0.02)
    return True


def read_events(reader: Reader, handle: Handler, count: int) -> None:
    """Read until ``count`` events have been handled."""
    done = 0

    def read() -> bool:
        nonlocal done
        done += reader.read(handle)
        return done >= count

    assert eventually(read), f"{done} of {count} events could be read"
    assert done == count
