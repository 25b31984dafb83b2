"""Counting the values that narrow a question."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any

from tantivy import Searcher

from chalandise.discovery.clauses import Clauses
from chalandise.discovery.results import FacetValue

MOST_VALUES = 500


def count_values(
    searcher: Searcher, clauses: Clauses, facets: Mapping[str, str]
) -> dict[str, tuple[FacetValue, ...]]:
    """Count facets, each without its own dimension, most frequent values first.

    Those that leave the question whole are counted together, the others one by one.
    """
    whole = [field for field, dimension in facets.items() if dimension not in clauses.by_dimension]
    found: dict[str, tuple[FacetValue, ...]] = {}
    if whole:
        answer = searcher.aggregate(clauses.query(), {field: _terms(field) for field in whole})
        found |= {field: _values(answer[field]) for field in whole}
    for field, dimension in facets.items():
        if field not in found:
            query = clauses.query(without=(dimension,))
            found[field] = _values(searcher.aggregate(query, {field: _terms(field)})[field])
    return found


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": MOST_VALUES}}


def _values(answer: dict[str, Any]) -> tuple[FacetValue, ...]:
    # Answers are kept by the hundred and name the same few hundred keys: one text of each will do.
    values = [FacetValue(intern(one["key"]), int(one["doc_count"])) for one in answer["buckets"]]
    return tuple(sorted(values, key=lambda value: (-value.count, value.key)))
