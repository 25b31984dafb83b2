"""What may be asked: a `Search` holds only values that have been checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Self

from chalandise.discovery.errors import OutOfBoundsError
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys

PAGE = 24
LARGEST_PAGE = 100
LARGEST_RADIUS_KM = 100.0
LONGEST_WORDS = 120
"""Longer questions are cut without a word of reproach."""


class Sort(StrEnum):
    """In which order results come.

    ``BEST`` is relevance when there are words, nearness when there is a position, else the
    liveliest sheets first.
    """

    BEST = "best"
    NAME = "name"
    NEAREST = "nearest"


@dataclass(frozen=True)
class Point:
    """A position in degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuse what is not on Earth."""
        if not (isfinite(self.latitude) and -90 <= self.latitude <= 90):
            raise OutOfBoundsError("near", "a latitude between -90 and 90")
        if not (isfinite(self.longitude) and -180 <= self.longitude <= 180):
            raise OutOfBoundsError("near", "a longitude between -180 and 180")


@dataclass(frozen=True)
class Box:
    """What a map shows: west, south, east, north in degrees; never across the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse an inside-out box."""
        if not all(isfinite(side) for side in (self.west, self.south, self.east, self.north)):
            raise OutOfBoundsError("bbox", "four finite numbers")
        if not (-180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90):
            raise OutOfBoundsError("bbox", "west < east in ±180, south < north in ±90")


@dataclass(frozen=True, kw_only=True)
class Search:
    """One question to the index.

    Attributes:
        scope: keys of the portal's territories; an empty scope finds nothing.
        words: what was typed, in any spelling; cut at `LONGEST_WORDS`.
        category: key of a category, those below it included.
        territory: key of a territory of any kind.
        services: all of these.
        labels: all of these.
        open_at: an aware instant, at most `HORIZON_DAYS` ahead; open now is now.
        near: a position, for nearness and distances.
        radius_km: with ``near``, how far.
        bbox: only inside this box.
        sort: the order.
        limit: how many results a page holds.
        cursor: where the page before ended, as `Results.next_cursor` gave it.
    """

    scope: tuple[str, ...]
    words: str = ""
    category: str = ""
    territory: str = ""
    services: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    open_at: datetime | None = None
    near: Point | None = None
    radius_km: float | None = None
    bbox: Box | None = None
    sort: Sort = Sort.BEST
    limit: int = PAGE
    cursor: str = ""

    def __post_init__(self) -> None:
        """Cut what is long, refuse what is out of bounds."""
        words = self.words[:LONGEST_WORDS].replace("\x00", " ")
        object.__setattr__(self, "words", " ".join(words.split()))
        if not 1 <= self.limit <= LARGEST_PAGE:
            raise OutOfBoundsError("limit", f"between 1 and {LARGEST_PAGE}")
        if self.radius_km is not None:
            if self.near is None:
                raise OutOfBoundsError("radius", "only together with near")
            if not (isfinite(self.radius_km) and 0 < self.radius_km <= LARGEST_RADIUS_KM):
                raise OutOfBoundsError("radius", f"more than 0, at most {LARGEST_RADIUS_KM:g} km")
        if self.sort is Sort.NEAREST and self.near is None:
            raise OutOfBoundsError("sort", "nearest only together with near")
        if self.open_at is not None and self.open_at.tzinfo is None:
            raise OutOfBoundsError("open_at", "an instant with its time zone")

    @classmethod
    def on(cls, portal: Portal, **criteria: Any) -> Self:
        """Ask on one portal: its scope is always part of the question."""
        return cls(scope=tuple(scope_keys(portal)), **criteria)

    def but(self, **criteria: Any) -> Self:
        """Return the same question with some criteria changed."""
        return replace(self, **criteria)


def checked_services(values: Sequence[str], known: Sequence[str], field: str) -> tuple[str, ...]:
    """Return ``values`` once each, in a fixed order; refuse one that is not ``known``."""
    for value in values:
        if value not in known:
            raise OutOfBoundsError(field, f"one of {', '.join(known)}")
    return tuple(sorted(set(values)))
