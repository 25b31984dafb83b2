"""Whom the shipped territories are owed to, as every place that shows them says it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from chalandise.territories.reading import read_source


@dataclass(frozen=True)
class Credit:
    """What `source.json` asks to be named.

    Attributes:
        edition: which year's territories they are.
        attribution: who gathered what, under which licence; the same words in every language.
    """

    edition: str
    attribution: str


@cache
def territory_credit() -> Credit:
    """Return whom to name wherever territories are drawn or given; read once a process."""
    source = read_source()
    return Credit(source["edition"], source["attribution"])
