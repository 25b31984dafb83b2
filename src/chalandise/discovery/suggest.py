"""Suggestions while a visitor types."""

from __future__ import annotations

from collections.abc import Sequence

from chalandise.discovery.results import Suggestion

MOST = 8


def suggest(typed: str, *, scope: Sequence[str], limit: int = MOST) -> list[Suggestion]:
    """Return categories, communes and establishments that begin like what was typed."""
    return []
