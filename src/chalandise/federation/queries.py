"""Reads of the federation: where a record lies, what is known of a source, what waits."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from chalandise.directory.models import Establishment, Fact
from chalandise.federation.likeness import Place
from chalandise.federation.models import ImportRun, Match, Source, SourceRecord
from chalandise.federation.readers.records import Facts
from chalandise.federation.states import MatchState, RunState, SourceFormat
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter, scope_keys
from chalandise.territories.models import Territory, TerritoryContour
from chalandise.territories.queries import load_gazetteer
from chalandise.territories.shapes import holds
from chalandise.territories.states import Kind

_CELL = 0.05
_DIGITS = re.compile(r"\d+")
_OUTLINES_KEPT = 4000
"""A region's worth, some sixteen megabytes; the whole country's would be ten times as much."""

_CLOSE = (Kind.COMMUNE, Kind.ARRONDISSEMENT)


class CommuneFinder:
    """Finds the commune of a record without asking the database for each.

    Codes and names are asked first; a bare position is looked up in the outlines of the portal's
    communes, loaded when they are first needed.
    """

    def __init__(self, portal: Portal) -> None:
        self._gazetteer = load_gazetteer()
        self._portal = portal
        communes = Territory.objects.of_kind(*_CLOSE).within(scope_keys(portal))
        self.in_scope: dict[str, Territory] = {one.key: one for one in communes}
        self._cells: dict[tuple[int, int], list[str]] | None = None
        self._outlines: dict[str, dict[str, Any]] = {}

    def covers_code(self, code: str) -> bool:
        """Tell whether an INSEE code, former ones included, lies in the portal."""
        key = self._gazetteer.by_code.get(code.strip().upper())
        return key in self.in_scope

    def find(self, facts: Facts) -> tuple[Territory | None, bool]:
        """Return the commune if it lies in the portal, and whether the place was understood."""
        key = self._gazetteer.find(
            insee_code=facts.commune_code, postal_code=facts.postal_code, name=facts.city
        )
        if key is None and facts.latitude is not None and facts.longitude is not None:
            key = self._at(facts.latitude, facts.longitude)
            if key is None:
                return None, not facts.postal_code and not facts.city
        if key is None:
            return None, False
        return self.in_scope.get(key), True

    def _at(self, latitude: float, longitude: float) -> str | None:
        if self._cells is None:
            self._cells = self._load_cells()
        near = self._cells.get((math.floor(latitude / _CELL), math.floor(longitude / _CELL)), [])
        missing = [key for key in near if key not in self._outlines]
        if missing:
            self._outlines.update(
                TerritoryContour.objects.filter(territory__in=missing).values_list(
                    "territory", "geometry"
                )
            )
        holding = [key for key in near if holds(self._outlines[key], latitude, longitude)]
        while len(self._outlines) > _OUTLINES_KEPT:
            del self._outlines[next(iter(self._outlines))]  # the one loaded first
        # an arrondissement lies in its city: the narrower says more
        return min(holding, key=lambda key: (not key.startswith("arr"), key)) if holding else None

    def _load_cells(self) -> dict[tuple[int, int], list[str]]:
        cells: dict[tuple[int, int], list[str]] = defaultdict(list)
        boxes = TerritoryContour.objects.filter(territory__in=self.in_scope).values_list(
            "territory", "west", "south", "east", "north"
        )
        for key, west, south, east, north in boxes.iterator():
            for row in range(math.floor(south / _CELL), math.floor(north / _CELL) + 1):
                for column in range(math.floor(west / _CELL), math.floor(east / _CELL) + 1):
                    cells[row, column].append(key)
        return cells


_PLACE_COLUMNS = (
    "pk", "name", "siret", "commune_id", "street", "phone", "latitude", "longitude",
    "category_id", "is_located_by_commune", "organisation__siren",
)  # fmt: skip


def places_on(portal: Portal, *, without_siret: bool = False) -> Iterator[Place]:
    """Yield the establishments of a portal as matching compares them, few columns at a time.

    Args:
        portal: whose establishments.
        without_siret: leave out those that a register already names: two SIRETs never match.
    """
    rows = Establishment.objects.on(portal)
    if without_siret:
        rows = rows.filter(siret=None)
    is_stand_in = Exists(
        Fact.objects.filter(
            establishment=OuterRef("pk"), field="name", dated_on=None, source_kind="register"
        )
    )
    for row in rows.values_list(*_PLACE_COLUMNS, is_stand_in).iterator(chunk_size=500):
        pk, name, siret, commune, street, phone, lat, lon, category, is_vague, siren, is_ours = row
        yield Place(
            key=pk,
            name=name,
            siret=siret or "",
            siren=siren or (siret or "")[:9],
            commune=commune,
            street=street,
            phone=phone,
            latitude=None if is_vague else lat,
            longitude=None if is_vague else lon,
            category=category,
            is_name_provisional=is_ours,
        )


def find_namesake(portal: Portal, key: str) -> Source | None:
    """Return the latest table of a portal whose name differs from this one in digits only."""
    tables = Source.objects.filter(portal=portal, format=SourceFormat.CSV).exclude(key=key)
    shape = _DIGITS.sub("0", key)
    return next((one for one in tables.order_by("-pk") if _DIGITS.sub("0", one.key) == shape), None)


def linked_among(source: Source, establishment_ids: Collection[int]) -> set[int]:
    """Return which of some establishments a source already speaks of. At most one statement."""
    if not establishment_ids:
        return set()
    rows = SourceRecord.objects.filter(
        source=source, is_gone=False, establishment__in=establishment_ids
    )
    return set(rows.values_list("establishment_id", flat=True))


def withdrawn_among(sirets: Collection[str]) -> set[str]:
    """Return which of some SIRETs belong to persons who oppose publication. Two statements at most.

    The last word of a register counts, whichever portal read it. Who looks after a sheet chose to be
    shown, and is not among them.
    """
    asked = {siret for siret in sirets if siret}
    if not asked:
        return set()
    last_words = (
        SourceRecord.objects.filter(source__format=SourceFormat.SIRENE, external_id__in=asked)
        .order_by("external_id", "-seen_at", "-pk")
        .distinct("external_id")
        .values_list("external_id", "is_gone", "content_digest")
    )
    found = {siret for siret, is_gone, digest in last_words if is_gone and not digest}
    if not found:
        return found
    kept = Establishment.objects.filter(siret__in=found).exclude(claimed_at=None)
    return found - {str(siret) for siret in kept.values_list("siret", flat=True)}


def is_latest_run(run: ImportRun) -> bool:
    """Tell whether no later run of the source has begun: what one did not meet, the next may."""
    return not ImportRun.objects.filter(source=run.source_id, pk__gt=run.pk).exists()


def find_unfinished_run(source: Source, digest: str) -> ImportRun | None:
    """Return the run that stopped in the middle of this very file, to go on from its mark.

    Once a later run of the source has begun, it is read anew from the start.
    """
    found = (
        ImportRun.objects.filter(
            source=source,
            file_digest=digest,
            state__in=[RunState.RUNNING, RunState.FAILED, RunState.WAITING],
        )
        .order_by("-started_at")
        .first()
    )
    return found if found is not None and is_latest_run(found) else None


def missing_records(run: ImportRun) -> QuerySet[SourceRecord]:
    """Return the records of the source that this run did not meet."""
    return SourceRecord.objects.filter(source=run.source, is_gone=False).exclude(run=run)


def list_doubtful_matches(portal: Portal) -> QuerySet[Match]:
    """Return the pairs that wait for a person in a portal, the likeliest first."""
    return (
        Match.objects.filter(
            scope_filter(portal, prefix="establishment__commune"), state=MatchState.DOUBTFUL
        )
        .select_related("record__source", "establishment__commune", "establishment__category")
        .order_by("-score", "pk")
    )


def get_match_on(portal: Portal, match_id: int) -> Match:
    """Return a match of a portal, decided or not.

    Raises:
        NotFoundError: there is none, or it belongs to another portal.
    """
    found = (
        Match.objects.filter(scope_filter(portal, prefix="establishment__commune"), Q(pk=match_id))
        .select_related("record__source", "establishment__commune", "establishment__category")
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def list_runs(portal: Portal) -> QuerySet[ImportRun]:
    """Return the imports of a portal, the latest first."""
    return ImportRun.objects.filter(source__portal=portal).select_related("source")
