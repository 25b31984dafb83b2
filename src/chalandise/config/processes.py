"""Child processes that never outlive the one that started them.

A child leads a process group of its own, so that a Ctrl-C in the terminal reaches its parent alone
and the parent ends its children in order. It is told whose child it is and asks the kernel to be
ended with that parent (`PR_SET_PDEATHSIG`): neither a `kill -9` nor an interruption between two
starts leaves one behind.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

PARENT = "CHALANDISE_PARENT"
STOP_SECONDS = 10
PAUSE_SECONDS = 0.2

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

Child = subprocess.Popen[bytes]


def start(*command: str, keep: Sequence[int] = ()) -> Child:
    """Start a child that ends with us.

    Args:
        command: a program that calls `follow_parent` when it starts.
        keep: open files that the child holds too, such as a lock.
    """
    return subprocess.Popen(  # noqa: S603 - our own programs
        command,
        env={**os.environ, PARENT: str(os.getpid())},
        process_group=0,
        pass_fds=keep,
        stdin=subprocess.DEVNULL,
    )


def run(*command: str, keep: Sequence[int] = ()) -> None:
    """Run a child to its end.

    Raises:
        CalledProcessError: it failed.
    """
    child = start(*command, keep=keep)
    try:
        code = child.wait()
    finally:
        stop([child])
    if code:
        raise subprocess.CalledProcessError(code, command)


def stop(children: Sequence[Child]) -> None:
    """Ask the children to end, wait a little, and leave nothing of their groups."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def watch(children: Sequence[Child]) -> int:
    """Wait until one of the children ends; return its exit code."""
    while True:
        for child in children:
            if (code := child.poll()) is not None:
                return code
        time.sleep(PAUSE_SECONDS)


@contextmanager
def interruptible() -> Iterator[None]:
    """Take SIGTERM for a Ctrl-C, and once interrupted let nothing disturb the tidying up."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for impatience in (signal.SIGINT, signal.SIGTERM):
            signal.signal(impatience, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {one: signal.signal(one, interrupt) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def follow_parent() -> None:
    """End with the process that started us, when it said that it is our parent."""
    parent = os.environ.pop(PARENT, None)  # our own children have us for a parent
    if parent is not None:
        _end_with(int(parent), signal.SIGTERM)


def follow_server() -> None:
    """End with the server process that forked us, when we are one of its workers.

    A worker that is still starting has its server's signal handlers, which would ignore SIGTERM.
    """
    server = multiprocessing.parent_process()
    if server is not None and server.pid is not None:
        _end_with(server.pid, signal.SIGKILL)


def _end_with(parent: int, how: signal.Signals) -> None:
    if sys.platform != "linux":  # elsewhere only an orderly end of the parent ends us
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, how, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew
        sys.exit(1)
