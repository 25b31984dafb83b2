"""The worker process: events to subscribers, events to the index, jobs.

Three loops in one process: the outbox is read as soon as PostgreSQL says that something was
written (and every half second in any case), and procrastinate runs the jobs.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import cast

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.django_connector import DjangoConnector
from psycopg import Connection, OperationalError
from typing_extensions import override

from chalandise.discovery.feeder import Feeder
from chalandise.journal.actions import OUTBOX_CHANNEL
from chalandise.journal.outbox import Reader, dispatch, try_again

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
AFTER_ERROR_SECONDS = 2.0


class Loop(threading.Thread):
    """Calls ``step`` whenever it is woken and at least every half second, until told to stop."""

    def __init__(self, name: str, step: Callable[[], int]) -> None:
        super().__init__(name=name, daemon=True)
        self._step = step
        self._woken = threading.Event()
        self._stopping = threading.Event()

    def wake(self) -> None:
        """Let the next step start at once."""
        self._woken.set()

    def stop(self) -> None:
        """End after the step that is running."""
        self._stopping.set()
        self._woken.set()

    @override
    def run(self) -> None:
        """Step until told to stop; an error waits a little and is tried again."""
        while not self._stopping.is_set():
            try:
                close_old_connections()
                if self._step():
                    continue
                pause = PAUSE_SECONDS
            except Exception:
                logger.exception("%s: will try again", self.name)
                pause = AFTER_ERROR_SECONDS
            self._woken.wait(pause)
            self._woken.clear()
        connections.close_all()


def run_worker() -> None:
    """Run until SIGINT or SIGTERM."""
    loops = [
        Loop("outbox", lambda: Reader("subscribers").read(dispatch)),
        Loop("dead letters", lambda: try_again(at=timezone.now())),
        Loop("search", Feeder().step),
    ]
    for loop in loops:
        loop.start()
    listener = threading.Thread(target=_listen, args=(loops,), daemon=True)
    listener.start()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for loop in loops:
            loop.stop()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    # Django's connection cannot listen; procrastinate makes one of its own that can.
    worker_jobs = jobs.with_connector(cast(DjangoConnector, jobs.connector).get_worker_connector())
    try:
        worker_jobs.run_worker(concurrency=2, install_signal_handlers=True, listen_notify=True)
    except KeyboardInterrupt:
        pass
    finally:
        for loop in loops:
            loop.stop()
        for loop in loops:
            loop.join(timeout=10)


def _listen(loops: list[Loop]) -> None:
    """Wake the loops whenever a transaction that wrote events commits."""
    while True:
        try:
            with Connection.connect(settings.DATABASE_URL, autocommit=True) as connection:
                connection.execute(f"LISTEN {OUTBOX_CHANNEL}")
                for _notice in connection.notifies():
                    for loop in loops:
                        loop.wake()
        except (OperationalError, DatabaseError):
            threading.Event().wait(AFTER_ERROR_SECONDS)
