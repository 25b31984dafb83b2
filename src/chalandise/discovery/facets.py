"""Counting the values that narrow a question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tantivy import Searcher

from chalandise.discovery.clauses import Clauses
from chalandise.discovery.results import FacetValue

MOST_VALUES = 500


def count_values(
    searcher: Searcher, clauses: Clauses, facets: Mapping[str, str], *, most: int = MOST_VALUES
) -> dict[str, tuple[FacetValue, ...]]:
    """Count facets, each without its own dimension, most frequent values first, ``most`` at most.

    Those that leave the question whole are counted together, the others one by one.
    """
    whole = [field for field, dimension in facets.items() if dimension not in clauses.by_dimension]
    found: dict[str, tuple[FacetValue, ...]] = {}
    if whole:
        answer = searcher.aggregate(
            clauses.query(), {field: _terms(field, most) for field in whole}
        )
        found |= {field: _values(answer[field]) for field in whole}
    for field, dimension in facets.items():
        if field not in found:
            query = clauses.query(without=(dimension,))
            found[field] = _values(searcher.aggregate(query, {field: _terms(field, most)})[field])
    return found


def _terms(field: str, most: int) -> dict[str, Any]:
    return {"terms": {"field": field, "size": most}}


def _values(answer: dict[str, Any]) -> tuple[FacetValue, ...]:
    """Return the values of a facet; equal counts stand in the order of their keys."""
    pairs = sorted([(-int(one["doc_count"]), one["key"]) for one in answer["buckets"]])
    return tuple([_value(key, -count) for count, key in pairs])


@lru_cache(maxsize=16_384)
def _value(key: str, count: int) -> FacetValue:
    """Return one value: answers are kept by the hundred, and many hold the same."""
    return FacetValue(key, count)
