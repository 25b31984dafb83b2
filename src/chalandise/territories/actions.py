"""Writes of the room: loading the official geography."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.text import slugify

from chalandise.journal import actions as journal
from chalandise.journal.states import Actor
from chalandise.kernel.sorting import french_sort_key
from chalandise.territories import reading
from chalandise.territories.naming import search_key
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
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('territories.load'))")
        tell("territories", 0, len(places))
        _copy(cursor, "territories_territory", _TERRITORY_COLUMNS, map(_territory_row, places))
        created, updated = _merge(cursor, "territories_territory", _TERRITORY_COLUMNS)
        withdrawn = _withdrawn(cursor)
        tell("territories", len(places), len(places))
        former_count = _load_former_communes(cursor)
        tell("former_communes", former_count, former_count)
        contour_count = _load_contours(cursor, tell) if contours else 0
        for table in ("territory", "territorycontour", "formercommune"):
            cursor.execute(f"ANALYZE territories_{table}")
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


def _load_former_communes(cursor: Any) -> int:
    """Replace the former communes that changed, and return how many there are."""
    rows = [
        (code, name, search_key(name), nature, commune)
        for code, name, nature, commune in reading.read_former_communes()
    ]
    _copy(cursor, "territories_formercommune", _FORMER_COLUMNS, rows)
    same = " AND ".join(f"old.{column} = new.{column}" for column in _FORMER_COLUMNS)
    columns = ", ".join(_FORMER_COLUMNS)
    cursor.execute(
        "DELETE FROM territories_formercommune old WHERE NOT EXISTS "
        f"(SELECT 1 FROM loading_territories_formercommune new WHERE {same})"
    )
    cursor.execute(
        f"INSERT INTO territories_formercommune ({columns}) "
        f"SELECT {columns} FROM loading_territories_formercommune "
        "ON CONFLICT (code, nature, commune_id) DO NOTHING"
    )
    return len(rows)


def _load_contours(cursor: Any, tell: Progress) -> int:
    """Bring the outlines to those of the files, and return how many there are."""
    table, files, count = "territories_territorycontour", reading.contour_files(), 0
    _prepare(cursor, table, _CONTOUR_COLUMNS)
    for position, path in enumerate(files):
        tell("contours", position, len(files))
        outlines = list(reading.read_outlines(path))
        _stream(cursor, table, _CONTOUR_COLUMNS, map(_contour_row, outlines))
        count += len(outlines)
    _merge(cursor, table, _CONTOUR_COLUMNS)
    cursor.execute(
        f"DELETE FROM {table} old WHERE NOT EXISTS "
        f"(SELECT 1 FROM loading_{table} new WHERE new.territory_id = old.territory_id)"
    )
    tell("contours", len(files), len(files))
    return count


def _withdrawn(cursor: Any) -> tuple[str, ...]:
    """Return the keys that the edition being loaded does not have."""
    cursor.execute(
        "SELECT key FROM territories_territory old WHERE NOT EXISTS "
        "(SELECT 1 FROM loading_territories_territory new WHERE new.key = old.key) ORDER BY key"
    )
    return tuple(key for (key,) in cursor.fetchall())


def _territory_row(place: Place) -> tuple[Any, ...]:
    """Return the columns of a territory."""
    return (
        *(place.key, place.kind.value, place.code, place.name),
        *(french_sort_key(place.name), search_key(place.name), slugify(place.name)[:120]),
        *(place.siren, place.population, list(place.postal_codes)),
        *(place.latitude, place.longitude),
        *(place.region, place.departement, place.epci, place.commune),
    )


def _contour_row(outline: Outline) -> tuple[Any, ...]:
    """Return the columns of a contour."""
    return (outline.key, json.dumps(outline.geometry, separators=(",", ":")), *outline.box)


def _prepare(cursor: Any, table: str, columns: tuple[str, ...]) -> None:
    """Make an empty copy of ``table`` that vanishes at commit."""
    cursor.execute(f"DROP TABLE IF EXISTS loading_{table}")
    cursor.execute(
        f"CREATE TEMPORARY TABLE loading_{table} ON COMMIT DROP AS "
        f"SELECT {', '.join(columns)} FROM {table} WITH NO DATA"
    )


def _stream(
    cursor: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Pour ``rows`` into the copy of ``table``."""
    with cursor.copy(f"COPY loading_{table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy(
    cursor: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Make the copy of ``table`` and fill it."""
    _prepare(cursor, table, columns)
    _stream(cursor, table, columns, rows)


def _merge(cursor: Any, table: str, columns: tuple[str, ...]) -> tuple[int, int]:
    """Insert or update ``table`` from its copy; return how many rows were new, and how many differed."""
    key, *others = columns
    names = ", ".join(columns)
    old = ", ".join(f"{table}.{column}" for column in others)
    new = ", ".join(f"EXCLUDED.{column}" for column in others)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM loading_{table} "
        f"ON CONFLICT ({key}) DO UPDATE SET ({', '.join(others)}) = ROW({new}) "
        f"WHERE ({old}) IS DISTINCT FROM ({new}) RETURNING xmax = 0"
    )
    fresh = [is_new for (is_new,) in cursor.fetchall()]
    return sum(fresh), len(fresh) - sum(fresh)


def _nobody(step: str, done: int, whole: int) -> None:
    """Tell nobody."""
