"""The real files of the town go through the readers, and what they hold is counted."""

from collections import Counter

import pytest
from tests.shared_data import SHARED, shared_data

from chalandise.directory.classification import load_activities
from chalandise.federation.errors import MissingColumnsError
from chalandise.federation.readers.osm import read_osm
from chalandise.federation.readers.records import RecordKind
from chalandise.federation.readers.sirene import read_sirene
from chalandise.federation.readers.tabular import inspect_table, read_table

pytestmark = pytest.mark.shared_data


@shared_data("commerces")
@pytest.mark.parametrize(
    "name", ["paris_click_and_collect_2020.ods-layout.csv", "paris_click_and_collect_2020.geojson"]
)
def test_the_paris_file_of_november_2020_goes_through_in_both_layouts(name: str) -> None:
    path = SHARED / "commerces" / name
    layout = inspect_table(path)
    mapping = layout.mapping({})
    assert mapping["name"] == "nom_du_commerce"
    assert mapping["category"] == "type_de_commerce"
    tally: Counter[str] = Counter()
    records = list(read_table(path, mapping=mapping, tally=tally, columns=layout.columns))
    assert len(records) == 1256
    refused = Counter(record.refusal for record in records if record.refusal)
    assert refused == {"duplicate": 37}
    present = [record for record in records if record.kind is RecordKind.PRESENT]
    assert all(record.facts.name and record.facts.category_key for record in present)
    assert all(record.facts.postal_code.startswith("75") for record in present)
    assert sum(record.facts.latitude is not None for record in present) == len(present)
    services = Counter(service for record in present for service in record.facts.services)
    assert services["pickup"] > 700
    assert services["delivery"] > 900
    phones = sum(bool(record.facts.phone) for record in present)
    assert phones > 900
    lost = [problem for record in present for problem in record.problems if problem.note.is_problem]
    assert len(lost) <= 6


@shared_data("commerces")
def test_the_openstreetmap_shops_of_france_go_through() -> None:
    tally: Counter[str] = Counter()
    records = list(read_osm(SHARED / "commerces" / "osm_vrac_france.overpass.json", tally=tally))
    assert len(records) + sum(tally.values()) == 1321
    assert sum(record.kind is RecordKind.PRESENT for record in records) >= 1309
    assert sum(bool(record.facts.hours) for record in records) > 540
    assert sum(record.facts.latitude is not None for record in records) >= len(records) - 1


@shared_data("commerces")
def test_pharmacies_saved_as_javascript_go_through() -> None:
    path = SHARED / "commerces" / "osm_pharmacies_niort.overpass-turbo.js"
    records = list(read_osm(path, tally=Counter()))
    assert len(records) == 33
    assert {record.facts.category_key for record in records} == {"pharmacie"}


@shared_data("horaires")
def test_the_town_halls_go_through_with_their_hours() -> None:
    path = SHARED / "horaires" / "mairies_horaires.csv"
    mapping = inspect_table(path).mapping({"name": "commune", "city": "commune"})
    records = list(read_table(path, mapping=mapping, tally=Counter()))
    assert len(records) == 3892
    assert all(record.kind is RecordKind.PRESENT for record in records)
    assert sum(bool(record.facts.hours) for record in records) > 3800
    assert all(len(record.facts.commune_code) == 5 for record in records)


@shared_data("sirene")
def test_the_samples_of_the_register_are_read_or_refused_by_name() -> None:
    kept = load_activities().codes | {"57.10"}
    folder = SHARED / "sirene"
    [closed] = read_sirene(
        folder / "sample_etablissements_OK.csv", activities=kept, tally=Counter()
    )
    assert closed.kind is RecordKind.CLOSED
    with pytest.raises(MissingColumnsError) as caught:
        list(
            read_sirene(
                folder / "sample_etablissements_KO_missing_header.csv",
                activities=kept,
                tally=Counter(),
            )
        )
    assert caught.value.missing == ("nic",)
    [withdrawn] = read_sirene(
        folder / "etablissement_non_diffusable.json", activities=kept, tally=Counter()
    )
    assert withdrawn.kind is RecordKind.WITHDRAWN
    assert withdrawn.raw == {}
