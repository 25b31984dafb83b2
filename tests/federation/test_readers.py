"""Readers of registers: the official layouts, small and exact."""

import csv
import gzip
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chalandise.directory.classification import load_activities
from chalandise.directory.cleaning import Remark
from chalandise.federation.errors import (
    ArchiveRefusedError,
    BrokenFileError,
    EmptyFileError,
    MissingColumnsError,
)
from chalandise.federation.readers.files import FileLimits
from chalandise.federation.readers.osm import read_osm
from chalandise.federation.readers.positions import from_lambert93, read_pair, sane_position
from chalandise.federation.readers.records import RawRecord, RecordKind, Refusal
from chalandise.federation.readers.sirene import (
    REQUIRED_COLUMNS,
    read_legal_unit_names,
    read_sirene,
)

ACTIVITIES = load_activities().codes
EXTRA = (
    "nomenclatureActivitePrincipaleEtablissement", "indiceRepetitionEtablissement",
    "complementAdresseEtablissement", "dateDernierTraitementEtablissement", "latitude",
    "longitude", "geo_score", "geo_type", "coordonneeLambertAbscisseEtablissement",
    "coordonneeLambertOrdonneeEtablissement",
)  # fmt: skip


def sirene_row(**values: str) -> dict[str, str]:
    row = dict.fromkeys((*REQUIRED_COLUMNS, *EXTRA), "")
    row.update(
        siren="732829320",
        nic="00074",
        siret="73282932000074",
        statutDiffusionEtablissement="O",
        codePostalEtablissement="46000",
        libelleCommuneEtablissement="CAHORS",
        codeCommuneEtablissement="46042",
        numeroVoieEtablissement="12",
        indiceRepetitionEtablissement="B",
        typeVoieEtablissement="RUE",
        libelleVoieEtablissement="DU PORT",
        etatAdministratifEtablissement="A",
        enseigne1Etablissement="AU FOURNIL DE L'ÎLE",
        activitePrincipaleEtablissement="10.71C",
        nomenclatureActivitePrincipaleEtablissement="NAFRev2",
    )
    row.update(values)
    return row


def write_sirene(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def sirene(path: Path, **options: Any) -> tuple[list[RawRecord], Counter[str]]:
    tally: Counter[str] = Counter()
    return list(read_sirene(path, activities=ACTIVITIES, tally=tally, **options)), tally


def test_an_active_shop_of_the_register_is_understood(tmp_path: Path) -> None:
    path = write_sirene(tmp_path / "stock.csv", sirene_row())
    [record], _ = sirene(path)
    assert record.kind is RecordKind.PRESENT
    assert record.line == 2
    facts = record.facts
    assert facts.name == "Au Fournil de l’Île"
    assert (facts.siret, facts.siren) == ("73282932000074", "732829320")
    assert (facts.street, facts.postal_code, facts.city) == (
        "12 bis rue du Port",
        "46000",
        "Cahors",
    )
    assert (facts.commune_code, facts.category_key) == ("46042", "boulangerie")
    assert facts.latitude is None


@pytest.mark.parametrize("suffix", [".csv.gz", ".zip"])
def test_a_compressed_register_is_read_without_unpacking(tmp_path: Path, suffix: str) -> None:
    plain = write_sirene(tmp_path / "StockEtablissement_utf8.csv", sirene_row())
    packed = tmp_path / f"stock{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(plain, plain.name)
    else:
        packed.write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    [record], _ = sirene(packed)
    assert record.facts.name == "Au Fournil de l’Île"
    assert [p.name for p in tmp_path.iterdir()] == [packed.name]


def test_the_geolocated_register_gives_positions_unless_only_the_town_was_found(
    tmp_path: Path,
) -> None:
    exact = sirene_row(
        latitude="44.4475", longitude="1.441", geo_score="0.9", geo_type="housenumber"
    )
    town = sirene_row(
        latitude="44.4475", longitude="1.441", geo_score="0.9", geo_type="municipality"
    )
    poor = sirene_row(latitude="44.4475", longitude="1.441", geo_score="0.2", geo_type="street")
    records, _ = sirene(write_sirene(tmp_path / "geo.csv", exact, town, poor))
    assert [r.facts.latitude for r in records] == [44.4475, None, None]


def test_lambert_93_metres_become_degrees(tmp_path: Path) -> None:
    # the point IGN publishes for its own check: E 700 000, N 6 600 000 is 3° E, 46.5° N
    assert from_lambert93(700_000, 6_600_000) == (46.5, 3.0)
    paris = from_lambert93(652_469, 6_862_035)
    assert paris == pytest.approx((48.8566, 2.3522), abs=0.0005)
    row = sirene_row(
        coordonneeLambertAbscisseEtablissement="700000.0",
        coordonneeLambertOrdonneeEtablissement="6600000.0",
    )
    [record], _ = sirene(write_sirene(tmp_path / "stock.csv", row))
    assert (record.facts.latitude, record.facts.longitude) == (46.5, 3.0)


@pytest.mark.parametrize("status", ["N", "P"])
def test_a_person_who_opposes_publication_leaves_nothing_but_a_number(
    tmp_path: Path, status: str
) -> None:
    row = sirene_row(statutDiffusionEtablissement=status, enseigne1Etablissement="CHEZ NADIA")
    [record], _ = sirene(write_sirene(tmp_path / "stock.csv", row))
    assert record.kind is RecordKind.WITHDRAWN
    assert record.raw == {}
    assert record.facts.siret == "73282932000074"
    assert "NADIA" not in repr(record).upper()
    assert "port" not in repr(record)


def test_a_closed_shop_is_yielded_bare_so_that_its_sheet_can_close(tmp_path: Path) -> None:
    row = sirene_row(etatAdministratifEtablissement="F")
    [record], tally = sirene(write_sirene(tmp_path / "stock.csv", row))
    assert record.kind is RecordKind.CLOSED
    assert record.facts.name == ""
    assert tally["closed_long_ago"] == 1


def test_other_trades_and_other_communes_are_counted_and_passed_over(tmp_path: Path) -> None:
    notary = sirene_row(activitePrincipaleEtablissement="69.10Z")
    elsewhere = sirene_row(codeCommuneEtablissement="75104")
    path = write_sirene(tmp_path / "stock.csv", notary, elsewhere, sirene_row())
    records, tally = sirene(path, wants_commune=lambda code: code.startswith("46"))
    assert len(records) == 1
    assert tally == {"other_activity": 1, "elsewhere": 1}


def test_a_shop_without_a_sign_takes_the_name_of_its_legal_unit_or_of_its_trade(
    tmp_path: Path,
) -> None:
    path = write_sirene(tmp_path / "stock.csv", sirene_row(enseigne1Etablissement="[ND]"))
    [record], _ = sirene(path)
    assert (record.facts.name, record.facts.is_name_provisional) == ("Boulangerie", True)
    [record], _ = sirene(path, names=lambda _sirens: {"732829320": "LE BON PAIN SARL"})
    assert (record.facts.name, record.facts.is_name_provisional) == ("Le Bon Pain SARL", False)


def test_names_of_legal_units_leave_out_those_who_oppose(tmp_path: Path) -> None:
    path = tmp_path / "ul.csv"
    path.write_text(
        "siren,statutDiffusionUniteLegale,denominationUniteLegale,prenomUsuelUniteLegale,nomUniteLegale\n"
        "732829320,O,LE BON PAIN,,\n005880034,P,,NADIA,BENALI\n411195159,O,,IDRIS,LEROY\n",
        encoding="utf-8",
    )
    wanted = {"732829320", "005880034", "411195159"}
    assert dict(read_legal_unit_names(path, wanted)) == {
        "732829320": "LE BON PAIN",
        "411195159": "IDRIS LEROY",
    }


def test_a_register_without_its_columns_is_refused_by_name(tmp_path: Path) -> None:
    row = sirene_row()
    del row["nic"]
    with pytest.raises(MissingColumnsError) as caught:
        sirene(write_sirene(tmp_path / "stock.csv", row))
    assert caught.value.missing == ("nic",)


def test_a_row_cut_short_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    path = write_sirene(tmp_path / "stock.csv", sirene_row())
    with path.open("a", encoding="utf-8") as file:
        file.write("411195159,00032\n")
    records, _ = sirene(path)
    assert [r.kind for r in records] == [RecordKind.PRESENT, RecordKind.REFUSED]
    assert records[1].refusal is Refusal.MALFORMED


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with pytest.raises(EmptyFileError):
        sirene(path)


# OpenStreetMap


def overpass(path: Path, *elements: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")
    return path


def osm(path: Path) -> tuple[list[RawRecord], Counter[str]]:
    tally: Counter[str] = Counter()
    return list(read_osm(path, tally=tally)), tally


NODE = {
    "type": "node",
    "id": 7,
    "lat": 44.4475,
    "lon": 1.441,
    "tags": {
        "shop": "bakery",
        "name": "Au Fournil",
        "addr:housenumber": "12",
        "addr:street": "Rue du Port",
        "addr:postcode": "46000",
        "addr:city": "Cahors",
        "contact:phone": "+33 5 36 49 00 12",
        "contact:website": "www.exemple.fr",
        "opening_hours": "Tu-Sa 07:00-19:30",
        "ref:FR:SIRET": "732 829 320 00074",
        "delivery": "yes",
        "takeaway": "only",
        "wheelchair": "yes",
    },
}


def test_a_node_of_openstreetmap_is_understood(tmp_path: Path) -> None:
    [record], _ = osm(overpass(tmp_path / "o.json", NODE))
    facts = record.facts
    assert record.source_id == "node/7"
    assert (facts.name, facts.street, facts.city) == ("Au Fournil", "12 Rue du Port", "Cahors")
    assert (facts.phone, facts.website) == ("+33536490012", "https://www.exemple.fr/")
    assert facts.siret == "73282932000074"
    assert facts.services == ("delivery", "takeaway", "wheelchair")
    assert facts.hours == (("visit", "Tu-Sa 07:00-19:30"),)
    assert (facts.latitude, facts.longitude) == (44.4475, 1.441)
    assert facts.category_key == "boulangerie"


@pytest.mark.parametrize(
    "place",
    [
        {"center": {"lat": 44.4475, "lon": 1.441}},
        {"bounds": {"minlat": 44.447, "maxlat": 44.448, "minlon": 1.44, "maxlon": 1.442}},
        {"geometry": [{"lat": 44.447, "lon": 1.44}, {"lat": 44.448, "lon": 1.442}]},
    ],
)
def test_ways_and_relations_have_a_middle(tmp_path: Path, place: dict[str, Any]) -> None:
    for kind in ("way", "relation"):
        element = {"type": kind, "id": 9, "tags": NODE["tags"], **place}
        [record], _ = osm(overpass(tmp_path / "o.json", element))
        assert record.source_id == f"{kind}/9"
        assert record.facts.latitude == pytest.approx(44.4475)


def test_geojson_of_overpass_turbo_is_read_even_saved_as_javascript(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "id": "way/9",
        "properties": {"@id": "way/9", **NODE["tags"]},  # type: ignore[dict-item]
        "geometry": {"type": "Polygon", "coordinates": [[[1.44, 44.447], [1.442, 44.448]]]},
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    for name, text in (
        ("a.geojson", json.dumps(collection)),
        ("b.js", f"const boutiques = {json.dumps(collection)};\n"),
        ("c.geojson", "\ufeff" + json.dumps(collection)),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        [record], _ = osm(tmp_path / name)
        assert record.source_id == "way/9"
        assert record.facts.longitude == pytest.approx(1.441)


def test_what_is_no_shop_is_passed_over_and_a_nameless_shop_is_refused(tmp_path: Path) -> None:
    bench = {"type": "node", "id": 1, "lat": 44, "lon": 1, "tags": {"amenity": "bench"}}
    bare = {"type": "node", "id": 2, "lat": 44, "lon": 1}
    vacant = {"type": "node", "id": 3, "lat": 44, "lon": 1, "tags": {"shop": "vacant", "name": "x"}}
    nameless = {"type": "node", "id": 4, "lat": 44, "lon": 1, "tags": {"shop": "bakery"}}
    branded = {"type": "node", "id": 5, "lat": 44, "lon": 1,
               "tags": {"shop": "bakery", "brand": "Le Bon Pain"}}  # fmt: skip
    records, tally = osm(overpass(tmp_path / "o.json", bench, bare, vacant, nameless, branded))
    assert [(r.source_id, r.kind) for r in records] == [
        ("node/4", RecordKind.REFUSED),
        ("node/5", RecordKind.PRESENT),
    ]
    assert records[0].refusal is Refusal.NO_NAME
    assert tally == {"other_activity": 2, "no_tags": 1}


def test_a_file_cut_in_the_middle_is_said_to_be_broken_after_what_was_whole(tmp_path: Path) -> None:
    path = overpass(tmp_path / "o.json", NODE, {**NODE, "id": 8})
    path.write_bytes(path.read_bytes()[:-40])
    tally: Counter[str] = Counter()
    seen = []
    with pytest.raises(BrokenFileError) as caught:
        seen.extend(record.source_id for record in read_osm(path, tally=tally))
    assert seen == ["node/7"]
    assert caught.value.file_name == "o.json"


def test_a_spreadsheet_or_a_picture_is_not_taken_for_data(tmp_path: Path) -> None:
    for name, head in (
        ("a.pdf", b"%PDF-1.7"),
        ("b.xls", b"\xd0\xcf\x11\xe0\xa1\xb1"),
        ("c.txt", b"bonjour"),
    ):
        path = tmp_path / name
        path.write_bytes(head + b" " * 100)
        with pytest.raises(BrokenFileError):
            osm(path)


def test_a_siren_in_the_siret_tag_keeps_the_organisation(tmp_path: Path) -> None:
    tags = {**NODE["tags"], "ref:FR:SIRET": "732829320"}  # type: ignore[dict-item]
    [record], _ = osm(overpass(tmp_path / "o.json", {**NODE, "tags": tags}))
    assert (record.facts.siret, record.facts.siren) == ("", "732829320")
    assert [p.note.remark for p in record.problems if p.field == "siret"] == [Remark.SIREN_AS_SIRET]


# positions and archives


def test_positions_outside_france_are_no_positions() -> None:
    assert sane_position(44.4, 1.4) == (44.4, 1.4)
    assert sane_position(1.4, 44.4) == (44.4, 1.4)  # swapped
    assert sane_position(0, 0) is None
    assert sane_position(40.7, -74.0) is None
    assert sane_position(-21.1, 55.5) == (-21.1, 55.5)
    assert read_pair("48.8350, 2.3058") == (48.835, 2.3058)
    assert read_pair("quelque part") is None


def _zip(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def test_a_zip_bomb_is_stopped_while_it_swells(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w", force_zip64=True) as entry,
    ):
        entry.write(b",".join(name.encode() for name in REQUIRED_COLUMNS) + b"\n")
        for _ in range(64):
            entry.write(b"," * 1024**2 + b"\n")
    assert bomb.stat().st_size < 200_000
    with pytest.raises(ArchiveRefusedError) as caught:
        sirene(bomb, limits=FileLimits(ratio_floor=4 * 1024**2))
    assert caught.value.reason == "bomb"


def test_a_gzip_bomb_is_stopped_too(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(b"siren\n" + b"\n" * (64 * 1024**2), 9))
    with pytest.raises((ArchiveRefusedError, MissingColumnsError)):
        sirene(bomb)


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"inner__zip": b"PK"}, "nested"),
        ({"a__csv": b"PK\x03\x04aaaa"}, "nested"),
        ({"readme__md": b"x"}, "nothing_readable"),
        ({"a__csv": b"x", "b__csv": b"y"}, "several_files"),
    ],
)
def test_an_archive_must_hold_one_readable_file(
    tmp_path: Path, entries: dict[str, bytes], reason: str
) -> None:
    with pytest.raises(ArchiveRefusedError) as caught:
        sirene(_zip(tmp_path / "a.zip", **entries))
    assert caught.value.reason == reason


def test_a_path_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    plain = write_sirene(tmp_path / "s.csv", sirene_row())
    archive = tmp_path / "slip.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../evil.csv", plain.read_bytes())
    [record], _ = sirene(archive)
    assert record.kind is RecordKind.PRESENT
    assert not (tmp_path.parent.parent / "evil.csv").exists()


def test_a_broken_archive_is_said_to_be_broken(tmp_path: Path) -> None:
    plain = write_sirene(tmp_path / "s.csv", *[sirene_row() for _ in range(200)])
    for name, content in (
        ("a.zip", b"PK\x03\x04" + b"x" * 50),
        ("b.gz", gzip.compress(plain.read_bytes())[:-20]),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ArchiveRefusedError) as caught:
            sirene(path)
        assert caught.value.reason == "broken"


@pytest.mark.parametrize(("entry", "detail"), [("xl/workbook.xml", "xlsx"), ("content.xml", "ods")])
def test_a_workbook_is_told_from_an_archive(tmp_path: Path, entry: str, detail: str) -> None:
    path = tmp_path / "classeur.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "x")
        archive.writestr(entry, "<x/>")
    with pytest.raises(BrokenFileError) as caught:
        sirene(path)
    assert caught.value.detail == detail


def test_an_answer_that_overpass_cut_short_is_not_taken_for_whole(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    document = {"elements": [NODE], "remark": "runtime error: Query timed out"}
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BrokenFileError) as caught:
        osm(path)
    assert caught.value.detail == "overpass"
