"""Reads about the index itself."""

from __future__ import annotations

from chalandise.discovery import store
from chalandise.discovery.reader import find_snapshot


def generation() -> int:
    """Return a number that moves whenever the index shows something new; 0 without an index.

    No query; the disk is looked at twice a second at most.
    """
    snapshot = find_snapshot()
    if snapshot is None:
        return 0
    products = snapshot.products.generation if snapshot.products is not None else 0
    return snapshot.generation << 32 | products


def index_health() -> str:
    """Return ``ok``, ``rebuilding`` or ``missing``; an index being replaced still is ``ok``."""
    if find_snapshot() is not None:
        return "ok"
    return "rebuilding" if store.is_rebuilding() else "missing"
