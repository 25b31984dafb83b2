"""Counting the values that narrow a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from tantivy import Query, Searcher

from chalandise.discovery.clauses import Clauses
from chalandise.discovery.results import FacetValue

MOST_VALUES = 500
"""As many values of a facet are counted, unless more or fewer are asked for."""
_BEYOND = 10
"""Values counted beyond the few asked for: they tell whether equals reach across the end."""
_ALL_VALUES = 5_000


def count_values(
    searcher: Searcher,
    clauses: Clauses,
    facets: Mapping[str, str],
    few: Mapping[str, int] = MappingProxyType({}),
    *,
    most: int = MOST_VALUES,
) -> dict[str, tuple[FacetValue, ...]]:
    """Count facets, each without its own dimension, most frequent values first, ``most`` at most.

    Those that leave the question whole are counted together, the others one by one.

    Args:
        searcher: reads the index.
        clauses: the question.
        facets: the fields to count, each with its dimension.
        few: of how many values of a field to tell; reading hundreds takes longer than counting them.
        most: of how many values of the other fields to tell.
    """
    sizes = {f: min(few[f] + _BEYOND, most) if f in few else most for f in facets}
    whole = [field for field, dimension in facets.items() if dimension not in clauses.by_dimension]
    found: dict[str, tuple[FacetValue, ...]] = {}

    def count(fields: Iterable[str], query: Query) -> None:
        asked = {field: _terms(searcher, field, sizes[field]) for field in fields}
        for field, one in searcher.aggregate(query, asked).items():
            found[field] = _values(one)

    if whole:
        count(whole, clauses.query())
    for field, dimension in facets.items():
        if field not in found:
            count([field], clauses.query(without=(dimension,)))
    for field, wanted in few.items():
        values = found[field]
        is_cut = len(values) == sizes[field] < most
        if is_cut and values[wanted - 1].count == values[-1].count:
            sizes[field] = most  # which of the equals come first, only all of them tell
            count([field], clauses.query(without=(facets[field],)))
        found[field] = found[field][:wanted]
    return found


def _terms(searcher: Searcher, field: str, size: int) -> dict[str, Any]:
    """Ask for the values of a field; counts are exact whatever the number of files."""
    each = size if searcher.num_segments == 1 else max(size, _ALL_VALUES)
    return {"terms": {"field": field, "size": size, "segment_size": each}}


def _values(answer: dict[str, Any]) -> tuple[FacetValue, ...]:
    """Return the values of a facet; equal counts stand in the order of their keys."""
    pairs = sorted([(-int(one["doc_count"]), one["key"]) for one in answer["buckets"]])
    return tuple([_value(key, -count) for count, key in pairs])


@lru_cache(maxsize=16_384)
def _value(key: str, count: int) -> FacetValue:
    """Return one value: answers are kept by the hundred, and many hold the same."""
    return FacetValue(key, count)
