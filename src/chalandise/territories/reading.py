"""Reads the data files of the room: what they hold, ready to be copied into the tables."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chalandise.territories.packing import PackedRings, box_of, unpack_geometry
from chalandise.territories.states import Kind

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Place:
    """One territory as the files tell it; parents are keys, or ``None``."""

    key: str
    kind: Kind
    code: str
    name: str
    siren: str = ""
    population: int | None = None
    postal_codes: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    region: str | None = None
    departement: str | None = None
    epci: str | None = None
    commune: str | None = None


@dataclass(frozen=True)
class Outline:
    """One contour as GeoJSON, with its box."""

    key: str
    geometry: dict[str, Any]
    box: tuple[float, float, float, float]


@dataclass
class _Sum:
    """What the communes of a wider territory have in common, and their people."""

    population: int = 0
    departements: set[str | None] = field(default_factory=set)
    regions: set[str | None] = field(default_factory=set)

    def add(self, commune: Place) -> None:
        """Count one commune."""
        self.population += commune.population or 0
        self.departements.add(commune.departement)
        self.regions.add(commune.region)


def read_source() -> dict[str, Any]:
    """Return where the data come from: edition, date, licence, packages, counts."""
    source: dict[str, Any] = json.loads((DATA / "source.json").read_text(encoding="utf-8"))
    return source


def read_places() -> list[Place]:
    """Return every territory, the wide ones first.

    Wide territories have the population of their communes. An intercommunality gets a département
    or a region only where all its communes agree on it.
    """
    communes = {row["code"]: _commune(row) for row in _rows("communes")}
    sums: dict[str, _Sum] = defaultdict(_Sum)
    for commune in communes.values():
        for parent in (commune.region, commune.departement, commune.epci):
            if parent:
                sums[parent].add(commune)
    wide = [*_regions(), *_departements(), *_intercommunalities(sums)]
    return [
        *(replace(place, population=sums[place.key].population) for place in wide),
        *communes.values(),
        *(_arrondissement(row, communes) for row in _rows("arrondissements")),
    ]


def read_former_communes() -> Iterator[tuple[str, str, str, str]]:
    """Yield the code, name (maybe empty), nature and commune key of each commune that was."""
    for row in _rows("former_communes"):
        yield row["code"], row["name"], row["nature"], Kind.COMMUNE.key(row["commune"])


def contour_files() -> list[Path]:
    """Return the files of contours, the wide levels first."""
    files = (DATA / "contours").glob("*.json.gz")
    return sorted(files, key=lambda path: (path.name.startswith("communes-"), path.name))


def read_outlines(path: Path) -> Iterator[Outline]:
    """Yield the contours of one file."""
    content: dict[str, dict[str, PackedRings]] = json.loads(gzip.decompress(path.read_bytes()))
    for kind, shapes in content.items():
        for code, packed in shapes.items():
            geometry = unpack_geometry(packed)
            yield Outline(Kind(kind).key(code), geometry, box_of(geometry))


def _rows(name: str) -> Iterable[dict[str, str]]:
    """Return the rows of one table, names with the apostrophe that is printed: « L’Isle-d’Abeau ».

    The register types them straight, and every page, e-mail and paper shows them.
    """
    text = gzip.decompress((DATA / f"{name}.csv.gz").read_bytes()).decode("utf-8")
    return csv.DictReader(io.StringIO(text.replace("'", "’")))


def _commune(row: dict[str, str]) -> Place:
    return Place(
        key=Kind.COMMUNE.key(row["code"]),
        kind=Kind.COMMUNE,
        code=row["code"],
        name=row["name"],
        siren=row["siren"],
        region=_key(Kind.REGION, row["region"]),
        departement=_key(Kind.DEPARTEMENT, row["departement"]),
        epci=_key(Kind.EPCI, row["epci"]),
        **_measures(row),
    )


def _arrondissement(row: dict[str, str], communes: dict[str, Place]) -> Place:
    city = communes[row["commune"]]
    return Place(
        key=Kind.ARRONDISSEMENT.key(row["code"]),
        kind=Kind.ARRONDISSEMENT,
        code=row["code"],
        name=row["name"],
        region=city.region,
        departement=city.departement,
        epci=city.epci,
        commune=city.key,
        **_measures(row),
    )


def _intercommunalities(sums: dict[str, _Sum]) -> Iterator[Place]:
    for row in _rows("epci"):
        key = Kind.EPCI.key(row["code"])
        known = sums[key]
        yield Place(
            key=key,
            kind=Kind.EPCI,
            code=row["code"],
            name=row["name"],
            siren=row["code"],
            departement=_only(known.departements),
            region=_only(known.regions),
            **_point(row),
        )


def _departements() -> Iterator[Place]:
    for row in _rows("departements"):
        yield Place(
            key=Kind.DEPARTEMENT.key(row["code"]),
            kind=Kind.DEPARTEMENT,
            code=row["code"],
            name=row["name"],
            region=_key(Kind.REGION, row["region"]),
            **_point(row),
        )


def _regions() -> Iterator[Place]:
    for row in _rows("regions"):
        yield Place(
            key=Kind.REGION.key(row["code"]),
            kind=Kind.REGION,
            code=row["code"],
            name=row["name"],
            **_point(row),
        )


def _measures(row: dict[str, str]) -> dict[str, Any]:
    population = int(row["population"]) if row["population"] else None
    postal_codes = tuple(row["postal_codes"].split())
    return {"population": population, "postal_codes": postal_codes, **_point(row)}


def _point(row: dict[str, str]) -> dict[str, Any]:
    return {name: float(row[name]) if row[name] else None for name in ("latitude", "longitude")}


def _key(kind: Kind, code: str) -> str | None:
    return kind.key(code) if code else None


def _only(keys: set[str | None]) -> str | None:
    return next(iter(keys)) if len(keys) == 1 else None
