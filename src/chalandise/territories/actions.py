"""Writes of the room: loading the official geography."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from chalandise.journal import actions as journal
from chalandise.journal.states import Actor
from chalandise.kernel.sorting import french_sort_key
from chalandise.territories import reading
from chalandise.territories.copying import Twin
from chalandise.territories.models import FormerCommune, Territory, TerritoryContour
from chalandise.territories.naming import search_key, short_name, slug_of
from chalandise.territories.reading import Outline, Place

Progress = Callable[[str, int, int], None]
"""Told the step (``territories``, ``former_communes``, ``contours``), what is done and the whole."""

_TERRITORY_COLUMNS = (
    *("key", "kind", "code", "name", "sort_key", "search_key", "slug", "siren", "population"),
    *("postal_codes", "latitude", "longitude"),
    *("region_id", "departement_id", "epci_id", "commune_id"),
)
_CONTOUR_COLUMNS = ("territory_id", "geometry", "west", "south", "east", "north")
_FORMER_COLUMNS = ("code", "name", "search_key", "nature", "commune_id")


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    Attributes:
        edition: the official edition that was loaded.
        counts: territories by kind.
        created: territories that were not there.
        updated: territories of which something had changed.
        contours: outlines in place.
        former_communes: former codes and names in place.
        withdrawn: keys in the database that the edition no longer has; kept, because sheets and
            portals may stand on them.
    """

    edition: str
    counts: dict[str, int]
    created: int
    updated: int
    contours: int
    former_communes: int
    withdrawn: tuple[str, ...]

    @property
    def total(self) -> int:
        """Number of territories of the edition."""
        return sum(self.counts.values())


@transaction.atomic
def load_territories(
    *, by: Actor, at: datetime, progress: Progress | None = None, contours: bool = True
) -> LoadReport:
    """Bring the tables to the edition that the package carries.

    Loading again changes nothing and touches no row that is already right. Two loads at once wait
    for each other.

    Args:
        by: who loads.
        at: when.
        progress: told how far the load is.
        contours: whether to load outlines too; tests that draw nothing save some seconds.
    """
    tell = progress or _nobody
    source = reading.read_source()
    places = reading.read_places()
    with connection.cursor() as cursor:
        lock_load()
        tell("territories", 0, len(places))
        twin = Twin(cursor, Territory._meta.db_table, _TERRITORY_COLUMNS)
        twin.pour(map(_territory_row, places))
        created, updated = twin.merge()
        withdrawn = twin.keys_of_others()
        twin.analyse()
        tell("territories", len(places), len(places))
        former_count = _load_former_communes(cursor)
        tell("former_communes", former_count, former_count)
        contour_count = _load_contours(cursor, tell) if contours else 0
    counts = {kind: 0 for kind in source["counts"] if kind not in {"contour", "former_commune"}}
    for place in places:
        counts[place.kind.value] += 1
    report = LoadReport(
        source["edition"], counts, created, updated, contour_count, former_count, withdrawn
    )
    if created or updated:
        detail = {"edition": report.edition, "created": created, "updated": updated, **counts}
        journal.record("territories", "loaded", by=by, at=at, detail=detail)
    return report


def lock_load() -> None:
    """Let one load at a time write, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('territories.load'))")


def _load_former_communes(cursor: Any) -> int:
    """Replace the former communes that changed, and return how many there are."""
    rows = [
        (code, name, search_key(name), nature, commune)
        for code, name, nature, commune in reading.read_former_communes()
    ]
    twin = Twin(cursor, FormerCommune._meta.db_table, _FORMER_COLUMNS)
    twin.pour(rows)
    twin.drop_others(on=_FORMER_COLUMNS)
    twin.add_missing()
    twin.analyse()
    return len(rows)


def _load_contours(cursor: Any, tell: Progress) -> int:
    """Bring the outlines to those of the files, and return how many there are."""
    files, count = reading.contour_files(), 0
    twin = Twin(cursor, TerritoryContour._meta.db_table, _CONTOUR_COLUMNS)
    for position, path in enumerate(files):
        tell("contours", position, len(files))
        outlines = list(reading.read_outlines(path))
        twin.pour(map(_contour_row, outlines))
        count += len(outlines)
    twin.merge()
    twin.drop_others(on=("territory_id",))
    twin.analyse()
    tell("contours", len(files), len(files))
    return count


def _territory_row(place: Place) -> tuple[Any, ...]:
    """Return the columns of a territory."""
    return (
        *(place.key, place.kind.value, place.code, place.name),
        *(
            french_sort_key(place.name),
            search_key(place.name),
            slug_of(short_name(place.name))[:120],
        ),
        *(place.siren, place.population, list(place.postal_codes)),
        *(place.latitude, place.longitude),
        *(place.region, place.departement, place.epci, place.commune),
    )


def _contour_row(outline: Outline) -> tuple[Any, ...]:
    """Return the columns of a contour."""
    return (outline.key, json.dumps(outline.geometry, separators=(",", ":")), *outline.box)


def _nobody(step: str, done: int, whole: int) -> None:
    """Tell nobody."""
