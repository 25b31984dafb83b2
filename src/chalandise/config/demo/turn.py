"""One demonstration at a time in a folder: a lock that all its processes hold.

The lock is taken by the demo and inherited by its children, so that it is free when the last of
them has ended, however they ended. The file beside says who holds it.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from chalandise.kernel.errors import ChalandiseError

WAIT_SECONDS = 30.0
PAUSE_SECONDS = 0.2


class DemoRunsAlreadyError(ChalandiseError):
    """Another demonstration of this folder runs.

    Attributes:
        pid: its process, 0 when unknown.
        port: where it listens, 0 when unknown.
    """

    def __init__(self, pid: int, port: int) -> None:
        super().__init__(f"another demonstration of this folder runs (process {pid})")
        self.pid = pid
        self.port = port


@dataclass(frozen=True)
class Turn:
    """Our turn: the lock's open file, for the children to hold too."""

    file: TextIO
    port: int

    @property
    def descriptor(self) -> int:
        """The open file that keeps the lock."""
        return self.file.fileno()

    def is_ending(self) -> None:
        """Tell whoever comes next that waiting is worth while."""
        self._note("stopping")

    def _note(self, state: str) -> None:
        self.file.seek(0)
        self.file.truncate()
        json.dump({"pid": os.getpid(), "port": self.port, "state": state}, self.file)
        self.file.flush()


@contextmanager
def take_turn(
    folder: Path,
    port: int,
    *,
    tell: Callable[[], object] = lambda: None,
    patience_seconds: float = WAIT_SECONDS,
) -> Iterator[Turn]:
    """Hold the folder's only turn; one that is ending is waited for.

    Args:
        folder: the demo's data.
        port: where it will listen.
        tell: called once when there is somebody to wait for.
        patience_seconds: the longest wait.

    Raises:
        DemoRunsAlreadyError: another demonstration runs and means to go on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("a+") as file:
        _wait(file, tell, patience_seconds)
        turn = Turn(file, port)
        turn._note("running")
        yield turn


def _wait(file: TextIO, tell: Callable[[], object], patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    is_told = False
    while not _lock(file):
        pid, port, is_ending = _holder(file)
        if not is_ending or time.monotonic() > deadline:
            raise DemoRunsAlreadyError(pid, port)
        if not is_told:
            tell()
            is_told = True
        time.sleep(PAUSE_SECONDS)


def _lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: TextIO) -> tuple[int, int, bool]:
    """Who holds the lock, where it listens, and whether it is about to let go."""
    file.seek(0)
    try:
        noted = json.load(file)
        pid, port, state = int(noted["pid"]), int(noted["port"]), noted["state"]
    except (ValueError, KeyError, TypeError):  # being written just now
        return 0, 0, True
    return pid, port, state == "stopping" or not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
