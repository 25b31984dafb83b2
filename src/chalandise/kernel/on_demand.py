"""Libraries that few requests need, loaded by the first that does.

A server's worker would otherwise keep typesetting, spreadsheets and calendars in memory all its
life, and wait for them before it answers at all. Type checkers are shown the plain import::

    if TYPE_CHECKING:
        import typst
    else:
        typst = OnDemand("typst")
"""

from __future__ import annotations

from importlib import import_module


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
