"""Libraries that few requests need, loaded by the first that does.

A server's worker would otherwise keep typesetting, spreadsheets and calendars in memory all its
life, and wait for them before it answers at all. Type checkers are shown the plain import::

    if TYPE_CHECKING:
        import typst
    else:
        typst = OnDemand("typst")
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


class OnDemand:
    """Stands for a module until one of its names is asked for.

    Args:
        name: the module, dotted.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, asked: str) -> object:
        """Load the module if need be, and keep what it gives for the next time."""
        found: object = getattr(import_module(self._name), asked)
        setattr(self, asked, found)
        return found


def called_on_demand(name: str) -> Callable[..., Any]:
    """Return a function that stands for another until it is called.

    Args:
        name: module and function, dotted.
    """
    module, _dot, function = name.rpartition(".")

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(import_module(module), function)(*args, **kwargs)

    return call
