"""Killing a process of our own with ``kill -9`` at a failpoint, and the list of all failpoints."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db import connections

from chalandise.kernel.failpoints import armed, kill_this_process

SOURCE = Path(__file__).resolve().parents[1] / "src" / "chalandise"
KILLED_ALONE = {"messaging"}  # no step of the market: tests/messaging/test_killed_while_sending.py
FAILPOINT = re.compile(r"\bfailpoint\(\s*\"([^\"]+)\"")


def failpoints() -> set[str]:
    """Every place of the market that the product marks."""
    return {one for one in _marked() if one.partition(".")[0] not in KILLED_ALONE}


def failpoints_of(room: str) -> set[str]:
    """Every place that one room marks."""
    return {one for one in _marked() if one.partition(".")[0] == room}


def _marked() -> set[str]:
    return {
        name
        for path in SOURCE.rglob("*.py")
        if path.name != "failpoints.py"  # its docstring gives an example
        for name in FAILPOINT.findall(path.read_text("utf-8"))
    }


@contextmanager
def killed_at(step: int, places: Collection[str]) -> Iterator[None]:
    """End this process at the step-th of the places it passes, counted from 0."""
    passed = 0

    def tick() -> None:
        nonlocal passed
        passed += 1
        if passed > step:
            kill_this_process()

    with ExitStack() as stack:
        for place in set(places):
            stack.enter_context(armed(place, tick))
        yield


def run_and_be_killed(act: Callable[[], object], step: int, places: list[str]) -> None:
    """Act in a child of this process that is killed at the step-th place."""
    connections.close_all()
    child = os.fork()
    if child == 0:  # nothing of the test itself may run on in here
        # A socket shared with the parent would keep the killed child's transaction open for good.
        for shared in connections.all(initialized_only=True):
            shared.connection = None
        try:
            with killed_at(step, places):
                act()
        finally:
            os._exit(3)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"step {step} was not reached: {places[step]}"
    assert os.WTERMSIG(status) == signal.SIGKILL
