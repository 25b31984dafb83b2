"""Named places where a test may stop, break or kill the program; elsewhere they do nothing.

A place is marked with ``failpoint("payments.call.answered")``. Tests arm it with something to do,
or trace a whole run to learn which places it passes, so that a new place is tested without being
listed anywhere. Nothing in the environment arms anything: production cannot be tripped.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

_armed: dict[str, Callable[[], object]] = {}
_traces: list[list[str]] = []


def failpoint(name: str) -> None:
    """Do what a test has armed here, if one has."""
    if not _armed and not _traces:
        return
    for trace in _traces:
        trace.append(name)
    if (act := _armed.get(name)) is not None:
        act()


@contextmanager
def armed(name: str, act: Callable[[], object]) -> Iterator[None]:
    """Do ``act`` whenever the place ``name`` is passed, until the block ends."""
    was = _armed.get(name)
    _armed[name] = act
    try:
        yield
    finally:
        if was is None:
            del _armed[name]
        else:
            _armed[name] = was


@contextmanager
def traced() -> Iterator[list[str]]:
    """Collect the names of the places that are passed, in order."""
    trace: list[str] = []
    _traces.append(trace)
    try:
        yield trace
    finally:
        _traces[:] = [one for one in _traces if one is not trace]


def kill_this_process() -> NoReturn:
    """End at once as ``kill -9`` does: nothing is flushed, nothing rolled back by us."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")
