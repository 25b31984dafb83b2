"""What fictional shops are made of, as `shops.toml` says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("shops.toml")


@dataclass(frozen=True)
class Kind:
    """A kind of shop.

    Attributes:
        category: key of its category.
        weight: how many there are for 10,000 inhabitants.
        least: population of the smallest commune that has one.
        hours: family of opening hours.
        names: patterns of names.
        services: share that offers each service.
        labels: share that bears each label.
        rural: whether it stands in the country, whatever the population.
    """

    category: str
    weight: float
    least: int
    hours: str
    names: tuple[str, ...]
    services: dict[str, float] = field(default_factory=dict)
    labels: dict[str, float] = field(default_factory=dict)
    rural: bool = False


@dataclass(frozen=True)
class Recipes:
    """Everything the file holds."""

    kinds: tuple[Kind, ...]
    hours: dict[str, list[str]]
    words: dict[str, list[str]]


@cache
def recipes() -> Recipes:
    """Return the recipes; read once."""
    document = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    kinds = tuple(Kind(**{**kind, "names": tuple(kind["names"])}) for kind in document["kind"])
    return Recipes(kinds=kinds, hours=document["hours"], words=document["words"])
