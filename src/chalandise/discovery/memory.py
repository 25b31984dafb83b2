"""Answers of the index kept in memory while the index stands still.

Keys hold the generation of the index, so an answer is never older than what the index shows; what
is asked most stays, what was asked longest ago leaves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from chalandise.discovery.criteria import Search

QUARTER_SECONDS = 900
Answer = TypeVar("Answer")


class Memory(Generic[Answer]):
    """The last answers to one kind of question."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer kept under ``key``, else make it and keep it."""
        with self._lock:
            known = self._answers.get(key)
            if known is not None:
                self._answers.move_to_end(key)
                return known
        answer = make()
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._answers.clear()


def key_of(search: Search) -> Hashable:
    """Return what decides the answer: a moment counts by its quarter of an hour."""
    if search.open_at is None:
        return search
    return (search.but(open_at=None), int(search.open_at.timestamp()) // QUARTER_SECONDS)
