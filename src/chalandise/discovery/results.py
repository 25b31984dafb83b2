"""What the index answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value that narrows the question, and how many results it would leave."""

    key: str
    count: int


@dataclass(frozen=True)
class Facets:
    """Values that narrow the question, most frequent first.

    Each facet is counted without its own criterion, so that a visitor sees where else to go:
    with the category « boulangerie » chosen, ``categories`` still counts the other categories.
    """

    categories: tuple[FacetValue, ...] = ()
    communes: tuple[FacetValue, ...] = ()
    services: tuple[FacetValue, ...] = ()
    labels: tuple[FacetValue, ...] = ()


@dataclass(frozen=True)
class ProductFacets(Facets):
    """What narrows a question about products.

    ``services`` are those of the shops, ``labels`` those of the products, ``traits`` are
    ``made_here`` and ``in_stock``, ``free_of`` are allergens known to be absent.
    """

    traits: tuple[FacetValue, ...] = ()
    free_of: tuple[FacetValue, ...] = ()


@dataclass(frozen=True)
class Results:
    """A page of results.

    Attributes:
        ids: primary keys of establishments, or of products, in order.
        count: how many match in all.
        next_cursor: where the next page begins, blank at the end.
        distances_m: metres from ``Search.near``, by id, where a position is known.
        is_corrected: no word was found as typed, so a close spelling was taken.
        is_relaxed: not all the words were found together, so some may be missing.
        is_degraded: the index is away; PostgreSQL looked at names only, and filters on hours,
            distance and place on the map were not applied.
    """

    ids: tuple[int, ...]
    count: int
    next_cursor: str = ""
    distances_m: dict[int, int] = field(default_factory=dict)
    is_corrected: bool = False
    is_relaxed: bool = False
    is_degraded: bool = False


@dataclass(frozen=True)
class Suggestion:
    """One line under the search field.

    Attributes:
        kind: ``establishment``, ``category``, ``commune`` or ``product``.
        key: slug of the establishment or product, key of the category or of the territory.
        label: what to show.
        detail: the commune of an establishment, the shop of a product, blank otherwise.
        count: how many establishments, 0 for an establishment or a product.
    """

    kind: str
    key: str
    label: str
    detail: str = ""
    count: int = 0


class MapCluster(NamedTuple):
    """So many establishments, too close together to show apart at this zoom."""

    latitude: float
    longitude: float
    held: int


@dataclass(frozen=True)
class MapView:
    """What a map shows: together the clusters and points count every result with a position.

    Attributes:
        clusters: establishments that are counted together.
        points: primary keys of establishments that stand alone; where, their own rows say.
        count: how many are shown in all.
        is_degraded: the index is away, and nothing is shown.
    """

    clusters: tuple[MapCluster, ...]
    points: tuple[int, ...]
    count: int
    is_degraded: bool = False
