"""Why one result comes before another: every number the ranking uses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RankingRule:
    """One line of the public explanation.

    Attributes:
        key: a stable name.
        points: what it weighs.
        sentence: what it means, in the reader's language.
    """

    key: str
    points: float
    sentence: str


def explain_ranking() -> list[RankingRule]:
    """Return the rules of relevance, heaviest first, from the constants that searches use."""
    return []
