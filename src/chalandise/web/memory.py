"""What pages read again and again, kept in the memory of the process while nothing changes.

Everything is kept under the version of the data (`web.freshness`), like the pages themselves: an
event anywhere, and it is read anew. What is kept is shared between threads: nobody writes into it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import wraps
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

from chalandise.web.freshness import version

P = ParamSpec("P")
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values asked for last, forgotten together when the data change."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._version: object = None
        self._lock = Lock()

    def get_many(
        self, keys: Iterable[Key], load: Callable[[list[Key]], Mapping[Key, Value]]
    ) -> dict[Key, Value]:
        """Return the values of ``keys``, those not kept being loaded together.

        A key that ``load`` leaves out is left out, and asked for again the next time.
        """
        now = version()
        with self._lock:
            if self._version != now:
                self._values.clear()
                self._version = now
            found: dict[Key, Value] = {}
            missing = []
            for key in keys:
                if key in self._values:
                    self._values.move_to_end(key)
                    found[key] = self._values[key]
                else:
                    missing.append(key)
        if missing:
            loaded = load(missing)
            found.update(loaded)
            with self._lock:
                if self._version == now:
                    self._values.update(loaded)
                    while len(self._values) > self._most:
                        self._values.popitem(last=False)
        return found


def while_unchanged(most: int) -> Callable[[Callable[P, Value]], Callable[P, Value]]:
    """Remember the last ``most`` answers of a function of hashable arguments."""

    def remember(function: Callable[P, Value]) -> Callable[P, Value]:
        recent: Recent[Hashable, Value] = Recent(most)

        @wraps(function)
        def remembered(*args: P.args, **kwargs: P.kwargs) -> Value:
            key = (args, tuple(sorted(kwargs.items())))
            return recent.get_many([key], lambda _keys: {key: function(*args, **kwargs)})[key]

        return remembered

    return remember
