"""Two people at one moment, on connections of their own, and one lock taken out.

The first does all that they have to do and stands before the end of their transaction; the second
comes, until they are through or wait for the first; then the first goes on. Nobody sleeps: whether
somebody waits, PostgreSQL tells. With a lock off, the statements run inside it lose their locking
words, and everything else stays as it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from types import FrameType
from typing import Any

from django.db import connection, transaction
from tests.cast import Cast

Act = Callable[[], object]

PACKAGE = "chalandise."
PATIENCE = 30.0
WORDS = re.compile(
    r"\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b"
    r'(?: OF "?\w+"?(?:, "?\w+"?)*)?(?: SKIP LOCKED| NOWAIT)?'
)
ADVISORY = re.compile(r"\bpg_(?:try_)?advisory_(?:xact_)?lock\(")


@dataclass(frozen=True)
class Meeting:
    """Who meets, and what there is to see afterwards.

    Attributes:
        first: does everything and stands before the end of the transaction.
        second: comes meanwhile.
        told: what is there when both have gone.
    """

    first: Act
    second: Act
    told: Act = lambda: None


@dataclass(frozen=True)
class Race:
    """What two people at once come to, with a lock and without it.

    Attributes:
        meeting: makes what they meet over, anew at each call.
        right: what the first, the second and the rows say.
        wrong: the same with the lock off.
        stands_in_lock: the first stands still where the lock was taken, not at the end.
    """

    meeting: Callable[[Cast], Meeting]
    right: tuple[object, object, object]
    wrong: tuple[object, object, object]
    stands_in_lock: bool = False


def bare(statement: str) -> str:
    """Return a statement without its locking words."""
    return ADVISORY.sub("coalesce(", WORDS.sub("", statement))


def is_inside(lock: str) -> bool:
    """Tell whether the caller was called, however indirectly, by the function of this name."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname
        if f"{module}.{name}" == PACKAGE + lock:
            return True
        frame = frame.f_back
    return False


def run(race: Race, cast: Cast, lock: str, *, is_off: bool) -> tuple[object, object, object]:
    """Let two people meet; return what each was told, and what there is to see."""
    meeting = race.meeting(cast)
    one, other, _has_waited = meet(
        meeting.first, meeting.second, lock, is_off=is_off, stands_in_lock=race.stands_in_lock
    )
    return one, other, meeting.told()


def keeps_out(take: Act, lock: str, *, is_off: bool) -> bool:
    """Tell whether somebody who takes a lock waits, or goes away with nothing, while we hold it."""

    def alone() -> object:
        with transaction.atomic():
            return take()

    alone()  # what is made on first use is there for both
    one, other, has_waited = meet(alone, alone, lock, is_off=is_off)
    return has_waited or (isinstance(one, list) and other == [] != one)


def meet(
    first: Act, second: Act, lock: str = "", *, is_off: bool = False, stands_in_lock: bool = False
) -> tuple[object, object, bool]:
    """Return what two are told who come at once, and whether the second waited for the first."""
    stands, goes = Event(), Event()

    def stand() -> None:
        if not stands.is_set():
            stands.set()
            assert goes.wait(PATIENCE), "nobody said that it goes on"

    def and_stand() -> object:
        if stands_in_lock:
            return first()
        stage = transaction.atomic()
        stage._from_testcase = True  # type: ignore[attr-defined]  # what commits by itself may
        with stage:
            answer = first()
            stand()
        return answer

    with ThreadPoolExecutor(2) as pool:
        one = _apart(
            pool, and_stand, _Lock(lock, is_off=is_off, then=stand if stands_in_lock else None)
        )
        assert _either(stands, one), f"the first never came to {lock}: {one.done.result()}"
        other = _apart(pool, second, _Lock(lock, is_off=is_off))
        has_waited = False
        while not other.done.done() and not has_waited:
            has_waited = _waits_for(other.pid(), one.pid())
            Event().wait(0.002)
        goes.set()
        return one.done.result(PATIENCE), other.done.result(PATIENCE), has_waited


@dataclass
class _Lock:
    """A lock seen from one connection: switched off or not, with something to do once it is had."""

    name: str
    is_off: bool
    then: Callable[[], None] | None = None

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if bare(sql) == sql or not is_inside(self.name):
            return execute(sql, *rest)
        answer = execute(bare(sql) if self.is_off else sql, *rest)
        if self.then is not None:
            self.then()
        return answer


@dataclass
class _Apart:
    """Somebody on a connection of their own."""

    done: Future[object]
    began: Future[int]

    def pid(self) -> int:
        return self.began.result(PATIENCE)


def _apart(pool: ThreadPoolExecutor, act: Act, lock: _Lock) -> _Apart:
    """Have somebody act on a connection of their own; they are told an answer or an error's name."""
    began: Future[int] = Future()

    def work() -> object:
        try:
            connection.ensure_connection()
            began.set_result(connection.connection.info.backend_pid)
            with connection.execute_wrapper(lock):
                return act()
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001 - handed to the test
            return type(error).__name__
        finally:
            connection.close()

    return _Apart(pool.submit(work), began)


def _either(stands: Event, one: _Apart) -> bool:
    while not stands.wait(0.01):
        if one.done.done():
            return False
    return True


def _waits_for(waiting: int, holding: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s = ANY(pg_blocking_pids(%s))", [holding, waiting])
        return bool(cursor.fetchone()[0])
