"""Waiting for what another transaction may hold up.

The outbox is read below the oldest transaction that runs anywhere on the server, and test workers
share one: a reader may have to wait for a neighbour's transaction to end.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

from chalandise.discovery import store
from chalandise.discovery.feeder import Feeder
from chalandise.discovery.rebuild import outbox_reader
from chalandise.journal.models import OutboxEvent, ReaderPlace
from chalandise.journal.outbox import Handler, Reader

LONGEST_SECONDS = 90.0
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
_TURNS = Path(tempfile.gettempdir()) / f"chalandise-turns-{_RUN}"
_mine: list[str] = []  # the turn that this process holds


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn between the workers of a run, by a lock on a file.

    For who holds a transaction for long, and for who reads the outbox below the oldest one. (The
    groups of pytest-xdist 3.8 would do, had pytest 9 not dropped the attribute they rest on.)
    """
    if _mine:  # inside a turn of our own
        yield
        return
    with _TURNS.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _mine.append(file.name)
        try:
            yield
        finally:
            _mine.clear()


def eventually(is_so: Callable[[], bool], *, seconds: float = LONGEST_SECONDS) -> bool:
    """Ask again, with short pauses, until it is so or the time is over.

    The time begins when nobody holds a transaction for long.
    """
    with turn():
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


def take_all(feeder: Feeder) -> None:
    """Step until the index has taken everything told so far.

    One step that did something is not enough: of two transactions the second may have to wait for a
    neighbour's, and would be taken in the place of what a test tells next.
    """
    newest = OutboxEvent.objects.order_by("-xid", "-id").values_list("xid", "id").first()

    def took() -> bool:
        feeder.step()
        name = outbox_reader(store.live_build()).name
        place = ReaderPlace.objects.filter(name=name).values_list("xid", "event_id").first()
        return newest is None or (place is not None and place >= newest)

    assert eventually(took), "the newest event could not be read"
