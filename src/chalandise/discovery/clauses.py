"""A question cut into conditions, so that each facet can be counted without its own."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from tantivy import FieldType, Occur, Query

from chalandise.discovery.criteria import Box, Search
from chalandise.discovery.discs import disc_query, squares_around, squares_query
from chalandise.discovery.documents import HORIZON_DAYS
from chalandise.discovery.errors import OutOfBoundsError
from chalandise.discovery.matching import WordsPlan, filter_by, keys_query, plan_words, within
from chalandise.discovery.memory import QUARTER_SECONDS
from chalandise.discovery.reader import Snapshot
from chalandise.discovery.schema import schema


@dataclass(frozen=True)
class Clauses:
    """The conditions of a question, by dimension; the scope and the words are never left out."""

    always: tuple[tuple[Occur, Query], ...]
    by_dimension: dict[str, tuple[Occur, Query]]
    plan: WordsPlan | None

    def is_only(self, *dimensions: str) -> bool:
        """Tell whether nothing is asked but the scope and some dimensions."""
        return self.plan is None and self.by_dimension.keys() <= set(dimensions)

    def query(self, *more: tuple[Occur, Query], without: Container[str] = ()) -> Query:
        """Return the whole question, some dimensions left out, some conditions added."""
        kept = [clause for name, clause in self.by_dimension.items() if name not in without]
        parts = [*self.always, *kept, *more]
        return Query.boolean_query(parts) if parts else Query.all_query()


def clauses_of(snapshot: Snapshot, search: Search) -> Clauses:
    """Cut a question into conditions.

    Raises:
        OutOfBoundsError: ``open_at`` lies beyond what the index knows.
    """
    plan = plan_words(snapshot, search.scope, search.words)
    always = within(snapshot, search.scope)
    if plan is not None:
        always.append((Occur.Must, plan.query))
    return Clauses(tuple(always), _dimensions(snapshot, search), plan)


def _dimensions(snapshot: Snapshot, search: Search) -> dict[str, tuple[Occur, Query]]:
    found: dict[str, Query] = {}
    if search.category:
        found["categories"] = keys_query("categories", [search.category])
    if search.territory:
        found["communes"] = keys_query("territories", [search.territory])
    for field, keys in (("services", search.services), ("labels", search.labels)):
        if keys:
            found[field] = Query.boolean_query([filter_by(keys_query(field, [k])) for k in keys])
    if search.open_at is not None:
        found["open"] = open_query(search.open_at)
    if search.bbox is not None:
        found["bbox"] = box_query(search.bbox)
    if search.near is not None and search.radius_km is not None:
        found["radius"] = disc_query(snapshot, search.near, search.radius_km * 1000)
    return {name: filter_by(query) for name, query in found.items()}


def open_query(moment: datetime) -> Query:
    """Return what is open at a moment and for the rest of its quarter of an hour.

    Raises:
        OutOfBoundsError: the moment lies before yesterday or beyond the horizon.
    """
    now = timezone.now()
    if not now - timedelta(days=1) <= moment <= now + timedelta(days=HORIZON_DAYS - 1):
        raise OutOfBoundsError("open_at", f"between yesterday and {HORIZON_DAYS - 1} days ahead")
    quarter = int(moment.timestamp()) // QUARTER_SECONDS
    return Query.term_query(schema(), "open", str(quarter), "basic")


def box_query(box: Box) -> Query:
    """Return what lies inside a box, edges included; squares around it narrow it down first."""
    return Query.boolean_query(
        [
            filter_by(squares_query(squares_around(box))),
            filter_by(_between("latitude", box.south, box.north)),
            filter_by(_between("longitude", box.west, box.east)),
        ]
    )


def _between(field: str, least: float, most: float) -> Query:
    return Query.range_query(schema(), field, FieldType.Float, least, most)
