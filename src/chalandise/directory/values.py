"""Values that travel into the directory: a source, an address, a position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalandise.directory.states import SourceKind
from chalandise.territories.models import Territory


@dataclass(frozen=True)
class SourceRef:
    """Who says so.

    Attributes:
        kind: how much the source weighs (see `chalandise.directory.strength`).
        label: the source's name as a visitor may read it: « registre Sirene », « le commerce ».
        licence: under which licence it may be shown again.
        dated_on: the day for which the source speaks, when it says so.
    """

    kind: SourceKind
    label: str
    licence: str = ""
    dated_on: date | None = None


@dataclass(frozen=True)
class PostalAddress:
    """Where a letter arrives; the commune says in which portals the establishment stands."""

    street: str
    postal_code: str
    commune: Territory
    complement: str = ""


@dataclass(frozen=True)
class Position:
    """A place on earth, in WGS84 degrees.

    Attributes:
        is_by_commune: nothing better is known than the centre of the commune; such a position
            never replaces a real one.
    """

    latitude: float
    longitude: float
    is_by_commune: bool = False
