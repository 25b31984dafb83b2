"""Whole runs on a real database: made, matched, updated, removed, resumed, and what is believed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory as shops
from tests.factories import portals, territories
from tests.federation.test_readers import NODE, overpass, sirene_row, write_sirene

from chalandise.directory.actions.categories import (
    CategoryEdit,
    edit_category,
    load_categories,
)
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.classification import category_for_naf, load_activities
from chalandise.directory.models import Category, Establishment, Fact
from chalandise.directory.states import ListingState, SourceKind
from chalandise.directory.values import SourceRef
from chalandise.federation.actions.decisions import (
    accept_removals,
    drop_removals,
    finish_removals,
)
from chalandise.federation.actions.imports import ImportOrder, import_file
from chalandise.federation.actions.matches import merge_match, reject_match
from chalandise.federation.actions.runs import LOCK_SPACE, Summary
from chalandise.federation.errors import (
    BrokenFileError,
    ImportBusyError,
    MatchDecidedError,
    RunOvertakenError,
    RunWaitsError,
)
from chalandise.federation.models import ImportRun, Match, Source, SourceRecord
from chalandise.federation.queries import CommuneFinder, get_match_on, list_doubtful_matches
from chalandise.federation.readers import osm as osm_reader
from chalandise.federation.readers import sirene as sirene_reader
from chalandise.federation.readers.records import RawRecord, Tally
from chalandise.federation.readers.tabular import inspect_table, read_table
from chalandise.federation.states import MatchState, RunState, SourceFormat
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError

pytestmark = pytest.mark.django_db

AT = moment("2026-11-18 10:30")
BY = Actor.system("test")


def run_sirene(cast: Cast | SimpleNamespace, path: Path, **options: Any) -> Summary:
    def read(finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
        return sirene_reader.read_sirene(
            path,
            activities=load_activities().codes,
            tally=tally,
            wants_commune=finder.covers_code,
        )

    at = options.pop("at", AT)
    options.setdefault("dated_on", at.date())
    order = ImportOrder(
        cast.lot,
        path,
        SourceFormat.SIRENE,
        read,
        sirene_reader.LABEL,
        sirene_reader.LICENCE,
        **options,
    )
    return import_file(order, by=BY, at=at)


def run_osm(cast: Cast, path: Path, **options: Any) -> Summary:
    def read(_finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
        return osm_reader.read_osm(path, tally=tally)

    at = options.pop("at", AT)
    options.setdefault("dated_on", at.date())
    order = ImportOrder(
        cast.lot, path, SourceFormat.OSM, read, osm_reader.LABEL, osm_reader.LICENCE, **options
    )
    return import_file(order, by=BY, at=at)


def run_csv(cast: Cast, path: Path, **options: Any) -> Summary:
    layout = inspect_table(path)
    mapping = layout.mapping({})

    def read(_finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
        return read_table(path, mapping=mapping, tally=tally, columns=layout.columns)

    at = options.pop("at", AT)
    options.setdefault("dated_on", at.date())
    order = ImportOrder(
        cast.lot, path, SourceFormat.CSV, read, "Mairie", column_map=mapping, **options
    )
    return import_file(order, by=BY, at=at)


def table(path: Path, *names: str) -> Path:
    rows = "".join(f"{name};{rank} rue Neuve;46000;Cahors\n" for rank, name in enumerate(names, 1))
    path.write_text("Nom;Adresse;CP;Ville\n" + rows, encoding="utf-8")
    return path


def sirets(count: int) -> list[str]:
    """The first SIRETs whose keys are right, of organisations that do not exist."""
    from_number = []
    number = 900_000_00
    while len(from_number) < count:
        siren = _with_key(str(number))
        from_number.append(_with_key(siren + "0001"))
        number += 1
    return from_number


def _with_key(digits: str) -> str:
    for key in "0123456789":
        total = 0
        for rank, digit in enumerate(reversed(digits + key)):
            value = int(digit) * (1 + rank % 2)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return digits + key
    raise AssertionError


def register(path: Path, *rows: dict[str, str]) -> Path:
    return write_sirene(path, *rows)


def rows_of(count: int) -> list[dict[str, str]]:
    return [
        sirene_row(
            siret=siret,
            siren=siret[:9],
            nic=siret[9:],
            enseigne1Etablissement=f"BOUTIQUE {siret[5:8]} ZÉPHYR",
            numeroVoieEtablissement=str(rank + 1),
        )
        for rank, siret in enumerate(sirets(count))
    ]


def report(summary: Summary) -> list[dict[str, str]]:
    with Path(summary.report_path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    keys = ["line", "id", "name", "outcome", "field", "remark", "original", "sheet"]
    return [dict(zip(keys, row, strict=True)) for row in rows[1:]]


def test_the_register_makes_sheets_with_their_provenance(cast: Cast, tmp_path: Path) -> None:
    summary = run_sirene(cast, register(tmp_path / "s.csv", sirene_row()))
    assert summary.counts == {"created": 1, "removed": 0}
    made = Establishment.objects.get(siret="73282932000074")
    assert (made.name, made.street, made.postal_code) == (
        "Au Fournil de l’Île",
        "12 bis rue du Port",
        "46000",
    )
    assert (made.category_id, made.commune_id, made.status) == (
        "boulangerie",
        "commune-46042",
        "published",
    )
    assert (made.latitude, made.is_located_by_commune) == (44.4475, True)
    fact = made.facts.get(field="name")
    assert (fact.source_kind, fact.source_label, fact.licence) == (
        "register",
        "Insee, répertoire Sirene",
        "Licence Ouverte 2.0",
    )
    assert fact.dated_on == AT.date()


def test_the_same_file_again_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    path = register(tmp_path / "s.csv", *rows_of(5))
    run_sirene(cast, path)
    before = list(Establishment.objects.order_by("pk").values())
    events = OutboxEvent.objects.count()
    summary = run_sirene(cast, path, at=AT + timedelta(days=1))
    assert summary.counts == {"unchanged": 5, "removed": 0}
    assert list(Establishment.objects.order_by("pk").values()) == before
    assert OutboxEvent.objects.count() == events


def test_a_changed_row_updates_its_sheet_alone(cast: Cast, tmp_path: Path) -> None:
    rows = rows_of(5)
    run_sirene(cast, register(tmp_path / "s.csv", *rows))
    rows[2]["enseigne1Etablissement"] = "LE NOUVEAU NOM"
    summary = run_sirene(cast, register(tmp_path / "s.csv", *rows), at=AT + timedelta(days=1))
    assert summary.counts["updated"] == 1
    assert summary.counts["unchanged"] == 4
    assert Establishment.objects.get(siret=rows[2]["siret"]).name == "Le Nouveau Nom"


def test_one_event_announces_a_whole_batch(cast: Cast, tmp_path: Path) -> None:
    run_sirene(cast, register(tmp_path / "s.csv", *rows_of(7)), batch_size=4)
    events = OutboxEvent.objects.filter(kind="directory.establishments_changed")
    assert [len(event.payload["establishment_ids"]) for event in events.order_by("pk")] == [4, 3]


def test_openstreetmap_joins_the_sheet_that_the_register_made(cast: Cast, tmp_path: Path) -> None:
    run_sirene(cast, register(tmp_path / "s.csv", sirene_row(latitude="44.4475", longitude="1.441",
                                                            geo_score="0.9")))  # fmt: skip
    tags = {k: v for k, v in NODE["tags"].items() if k != "ref:FR:SIRET"}  # type: ignore[union-attr, attr-defined]
    tags["name"] = "Fournil de l'Ile"
    summary = run_osm(cast, overpass(tmp_path / "o.json", {**NODE, "tags": tags}))
    assert summary.counts == {"matched": 1, "removed": 0}
    made = Establishment.objects.get(siret="73282932000074")
    assert (made.phone, made.services) == ("+33536490012", ["delivery", "takeaway", "wheelchair"])
    assert made.hours.get(purpose="visit").value
    assert made.facts.get(field="phone").licence == "ODbL 1.0"
    assert made.facts.get(field="siret").licence == "Licence Ouverte 2.0"


def test_a_siret_matches_before_anything_else(cast: Cast, tmp_path: Path) -> None:
    run_sirene(cast, register(tmp_path / "s.csv", sirene_row()))
    node = {**NODE, "tags": {**NODE["tags"], "name": "Tout autre nom"}}  # type: ignore[dict-item]
    summary = run_osm(cast, overpass(tmp_path / "o.json", node))
    assert summary.counts["matched"] == 1
    assert SourceRecord.objects.get(external_id="node/7").establishment.siret == "73282932000074"  # type: ignore[union-attr]


def test_the_register_gives_its_number_to_a_sheet_that_openstreetmap_made(
    cast: Cast, tmp_path: Path
) -> None:
    tags = {k: v for k, v in NODE["tags"].items() if k != "ref:FR:SIRET"}  # type: ignore[union-attr, attr-defined]
    tags |= {"name": "Au Fournil de l’Île", "addr:housenumber": "12 bis"}
    run_osm(cast, overpass(tmp_path / "o.json", {**NODE, "tags": tags}))
    summary = run_sirene(
        cast,
        register(tmp_path / "s.csv", sirene_row(latitude="44.4476", longitude="1.4411")),
        at=AT + timedelta(days=1),
    )
    assert summary.counts["matched"] == 1
    sheet = Establishment.objects.get(siret="73282932000074")
    assert sheet.phone == "+33536490012"
    assert SourceRecord.objects.filter(establishment=sheet).count() == 2


def test_a_row_said_twice_far_apart_is_refused_the_second_time(cast: Cast, tmp_path: Path) -> None:
    path = overpass(tmp_path / "o.json", NODE, {**NODE, "id": 8}, NODE)
    summary = run_osm(cast, path, batch_size=2)
    assert summary.refusals == {"duplicate": 1}


def test_two_runs_of_one_source_do_not_work_at_once(cast: Cast, tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", "Un")
    run_csv(cast, path)
    source = Source.objects.get()
    settings = connection.settings_dict
    other = psycopg.connect(
        host=settings["HOST"], port=settings["PORT"] or None, dbname=settings["NAME"],
        user=settings["USER"], password=settings["PASSWORD"] or None, autocommit=True,
    )  # fmt: skip
    with other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, source.pk])
        with pytest.raises(ImportBusyError):
            run_csv(cast, path)
    assert ImportRun.objects.count() == 1


def test_what_a_merchant_said_is_never_overwritten(cast: Cast, tmp_path: Path) -> None:
    run_osm(cast, overpass(tmp_path / "o.json", NODE))
    sheet = SourceRecord.objects.get(external_id="node/7").establishment
    assert sheet is not None
    apply_facts(
        sheet,
        {"phone": "+33565000042", "hours:visit": "Mo-Sa 08:00-12:00"},
        source=SourceRef(SourceKind.MERCHANT, "le commerce"),
        by=Actor.person(cast.claire),
        at=AT,
    )
    tags = {**NODE["tags"], "contact:phone": "05 36 49 00 99", "name": "Au Fournil Neuf",  # type: ignore[dict-item]
            "opening_hours": "Mo-Su 00:00-24:00"}  # fmt: skip
    run_osm(cast, overpass(tmp_path / "o.json", {**NODE, "tags": tags}), at=AT + timedelta(days=9))
    sheet.refresh_from_db()
    assert (sheet.phone, sheet.name) == ("+33565000042", "Au Fournil Neuf")
    assert sheet.hours.get(purpose="visit").value == "Mo-Sa 08:00-12:00"
    assert Fact.objects.get(establishment=sheet, field="phone").source_kind == "merchant"


def test_a_doubtful_pair_waits_and_makes_no_sheet(cast: Cast, tmp_path: Path) -> None:
    match = doubtful(cast, tmp_path)
    assert match.state == MatchState.DOUBTFUL
    assert 0.2 <= match.score < 0.88
    assert match.record.establishment is None
    assert Establishment.objects.filter(name="Le Zéphyr Doré").count() == 1
    assert list(list_doubtful_matches(cast.lot)) == [match]
    assert list(list_doubtful_matches(cast.elsewhere)) == []
    with pytest.raises(NotFoundError):
        get_match_on(cast.elsewhere, match.pk)


def doubtful(cast: Cast, tmp_path: Path) -> Match:
    """Le Zéphyr Doré is known in one street; a file speaks of it in another: did it move?"""
    shops.establishment("Le Zéphyr Doré", street="12 rue du Port", phone="+33536490077",
                        latitude=None, longitude=None)  # fmt: skip
    path = tmp_path / "mairie.csv"
    path.write_text(
        "Nom;Adresse;CP;Ville;Téléphone\nLe Zéphyr Doré;5 avenue de la Gare;46000;Cahors;05 36 49 00 77\n"
        "Tout Autre;8 rue Haute;46000;Cahors;\n",
        encoding="utf-8",
    )
    summary = run_csv(cast, path)
    assert summary.counts == {"doubtful": 1, "created": 1, "removed": 0}
    return Match.objects.get()


def test_a_merged_pair_brings_its_facts_to_the_sheet(cast: Cast, tmp_path: Path) -> None:
    match = doubtful(cast, tmp_path)
    sheet = merge_match(match, by=Actor.agent(cast.helene), at=AT)
    sheet.refresh_from_db()
    assert sheet == match.establishment
    assert sheet.street == "5 avenue de la Gare"
    match.refresh_from_db()
    assert (match.state, match.decided_by) == ("merged", str(cast.helene))
    assert match.record.establishment == sheet
    with pytest.raises(MatchDecidedError):
        reject_match(match, by=Actor.agent(cast.helene), at=AT)


def test_a_rejected_pair_makes_a_sheet_and_is_not_asked_again(cast: Cast, tmp_path: Path) -> None:
    match = doubtful(cast, tmp_path)
    made = reject_match(match, by=Actor.agent(cast.helene), at=AT)
    assert made is not None
    assert made != match.establishment
    assert made.street == "5 avenue de la Gare"
    summary = run_csv(cast, tmp_path / "mairie.csv", at=AT + timedelta(days=1))
    assert summary.counts == {"unchanged": 2, "removed": 0}
    assert Match.objects.count() == 1


def test_a_waiting_pair_keeps_waiting_when_the_file_comes_again(cast: Cast, tmp_path: Path) -> None:
    doubtful(cast, tmp_path)
    summary = run_csv(cast, tmp_path / "mairie.csv", at=AT + timedelta(days=1))
    assert summary.counts == {"doubtful": 1, "unchanged": 1, "removed": 0}
    assert Match.objects.count() == 1


@pytest.mark.parametrize("name", ["Au Pаin de Chаnvre", "Аu Раin dе Сhаnvrе", "ΑU ΡAIN DE CHANVRE"])
def test_fault_77_a_name_in_disguise_goes_to_the_doubtful_queue(
    cast: Cast, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "mairie.csv"
    row = f"1;{name};9 avenue Ailleurs;46000;Cahors\n2;Гастроном;3 rue Neuve;46000;Cahors\n"
    path.write_text("id;Nom;Adresse;CP;Ville\n" + row, encoding="utf-8")
    summary = run_csv(cast, path)
    assert summary.counts == {"doubtful": 1, "created": 1, "removed": 0}
    waiting = list_doubtful_matches(cast.lot).get()
    assert (waiting.establishment, waiting.reasons) == (cast.bakery, {"look_alike": 0.9})
    assert Establishment.objects.filter(name__startswith="Au P").count() == 1
    merge_match(waiting, by=BY, at=AT)  # a person says that it is the same place
    cast.bakery.refresh_from_db()
    assert cast.bakery.name == "Au Pain de Chanvre"


def test_fault_77_a_person_may_say_that_a_look_alike_is_another_shop(
    cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "mairie.csv"
    path.write_text(
        "id;Nom;Adresse;CP;Ville\n1;Au Pаin de Chanvre;9 avenue Ailleurs;46000;Cahors\n",
        encoding="utf-8",
    )
    run_csv(cast, path)
    made = reject_match(list_doubtful_matches(cast.lot).get(), by=BY, at=AT)
    assert made is not None
    assert made.slug != cast.bakery.slug
    assert run_csv(cast, path, at=AT + timedelta(days=1)).counts["doubtful"] == 0


def test_fault_77_a_sheet_does_not_put_on_anothers_name(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mairie.csv"
    path.write_text(
        "id;Nom;Adresse;CP;Ville\n1;Zéphyr;1 rue Neuve;46000;Cahors\n", encoding="utf-8"
    )
    run_csv(cast, path)
    path.write_text(
        "id;Nom;Adresse;CP;Ville\n1;Au Pаin de Chanvre;1 rue Neuve;46000;Cahors\n", encoding="utf-8"
    )
    run_csv(cast, path, at=AT + timedelta(days=1))
    assert Establishment.objects.filter(name="Zéphyr").exists()
    assert Establishment.objects.filter(name="Au Pаin de Chanvre").count() == 0


def test_two_rows_of_one_source_are_never_one_place(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "id;Nom;Adresse;CP;Ville\n1;Zéphyr Doré;1 rue Neuve;46000;Cahors\n"
        "2;Zéphyr Doré;1 rue Neuve;46000;Cahors\n",
        encoding="utf-8",
    )
    assert run_csv(cast, path, batch_size=1).counts["created"] == 2


def test_a_shop_that_left_the_file_is_hidden_and_comes_back_with_it(
    cast: Cast, tmp_path: Path
) -> None:
    names = [f"Maison {letter}ulien" for letter in "ABCDEFGHIJ"]
    run_csv(cast, table(tmp_path / "t.csv", *names))
    summary = run_csv(cast, table(tmp_path / "t.csv", *names[:9]))
    assert summary.counts["removed"] == 1
    gone = Establishment.objects.get(name="Maison Julien")
    assert gone.status == ListingState.HIDDEN
    run_csv(cast, table(tmp_path / "t.csv", *names), at=AT + timedelta(days=1))
    gone.refresh_from_db()
    assert gone.status == ListingState.PUBLISHED


def test_a_run_that_would_remove_more_than_a_fifth_stops_and_asks(
    cast: Cast, tmp_path: Path
) -> None:
    names = [f"Maison {letter}ulien" for letter in "ABCDEFGHIJ"]
    run_csv(cast, table(tmp_path / "t.csv", *names))
    short = table(tmp_path / "t.csv", *names[:7])
    with pytest.raises(RunWaitsError) as caught:
        run_csv(cast, short)
    assert (caught.value.removed_count, caught.value.known_count) == (3, 10)
    assert Establishment.objects.filter(status=ListingState.HIDDEN).count() == 0
    assert ImportRun.objects.latest("pk").state == RunState.WAITING
    summary = run_csv(cast, short, accepts_removals=True)
    assert summary.counts["removed"] == 3
    assert Establishment.objects.filter(status=ListingState.HIDDEN).count() == 3
    assert ImportRun.objects.latest("pk").state == RunState.DONE
    assert ImportRun.objects.count() == 2


def test_an_operators_activity_code_files_what_the_register_brings(
    cast: Cast, tmp_path: Path
) -> None:
    load_categories(by=BY, at=AT)
    one = sirene_row()
    code = one["activitePrincipaleEtablissement"]
    shipped = category_for_naf(code)
    assert shipped is not None
    assert shipped.key != "librairie"
    books = Category.objects.get(key="librairie")
    edit = CategoryEdit(
        *(books.name, books.plural, books.name_en, books.plural_en, [], []),
        *(books.icon, books.tint, books.position, [code], books.parent, []),
    )
    edit_category(books, edit, by=BY, at=AT)
    run_sirene(cast, register(tmp_path / "s.csv", one))
    made = Establishment.objects.get(siret=one["siret"])
    assert (made.category_id, made.activity_code) == ("librairie", code)


def test_a_waiting_run_is_accepted_later_and_finished_once(cast: Cast, tmp_path: Path) -> None:
    names = [f"Maison {letter}ulien" for letter in "ABCDEFGHIJ"]
    run_csv(cast, table(tmp_path / "t.csv", *names))
    with pytest.raises(RunWaitsError):
        run_csv(cast, table(tmp_path / "t.csv", *names[:7]))
    run = ImportRun.objects.latest("pk")
    by = Actor.system("test")
    accept_removals(run, by=by, at=AT)
    assert Establishment.objects.filter(status=ListingState.HIDDEN).count() == 0
    for _again in range(2):
        finish_removals(run, by=by, at=AT)
        assert Establishment.objects.filter(status=ListingState.HIDDEN).count() == 3
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert run.summary["removed"] == 3
    assert Path(run.report_path).read_text().count(";removed;") == 3


def test_a_dropped_run_leaves_every_sheet_and_the_next_file_is_read_anew(
    cast: Cast, tmp_path: Path
) -> None:
    names = [f"Maison {letter}ulien" for letter in "ABCDEFGHIJ"]
    run_csv(cast, table(tmp_path / "t.csv", *names))
    short = table(tmp_path / "t.csv", *names[:7])
    with pytest.raises(RunWaitsError):
        run_csv(cast, short)
    drop_removals(ImportRun.objects.latest("pk"), by=Actor.system("test"), at=AT)
    assert Establishment.objects.filter(status=ListingState.HIDDEN).count() == 0
    with pytest.raises(RunWaitsError):
        run_csv(cast, short)
    assert ImportRun.objects.count() == 3


def test_a_run_overtaken_by_a_later_one_hides_nothing_of_it(cast: Cast, tmp_path: Path) -> None:
    names = [f"Maison {letter}ulien" for letter in "ABCDEFGHIJ"]
    run_csv(cast, table(tmp_path / "t.csv", *names))
    with pytest.raises(RunWaitsError):
        run_csv(cast, table(tmp_path / "t.csv", *names[:7]))
    waiting = ImportRun.objects.latest("pk")
    run_csv(cast, table(tmp_path / "t.csv", *names))
    with pytest.raises(RunOvertakenError):
        accept_removals(waiting, by=Actor.system("test"), at=AT)
    # the very same short file once more is a new reading, not the end of the old one
    with pytest.raises(RunWaitsError):
        run_csv(cast, table(tmp_path / "t.csv", *names[:7]))
    assert ImportRun.objects.latest("pk") != waiting
    assert Establishment.objects.filter(status=ListingState.HIDDEN).count() == 0


def test_a_claimed_sheet_is_never_hidden_by_a_file(cast: Cast, tmp_path: Path) -> None:
    names = [f"Maison {letter}ulien" for letter in "ABCDEFGHIJ"]
    run_csv(cast, table(tmp_path / "t.csv", *names))
    Establishment.objects.filter(name="Maison Julien").update(claimed_at=AT)
    run_csv(cast, table(tmp_path / "t.csv", *names[:9]))
    assert Establishment.objects.get(name="Maison Julien").status == ListingState.PUBLISHED


def test_what_another_source_still_says_stays(cast: Cast, tmp_path: Path) -> None:
    names = [f"Maison {letter}ulien" for letter in "ABCDEFGHIJ"]
    run_csv(cast, table(tmp_path / "t.csv", *names))
    run_csv(cast, table(tmp_path / "autre.csv", *names))
    run_csv(cast, table(tmp_path / "t.csv", *names[:9]))
    assert Establishment.objects.get(name="Maison Julien").status == ListingState.PUBLISHED


def test_a_closure_in_the_register_closes_the_sheet_and_a_reopening_opens_it(
    cast: Cast, tmp_path: Path
) -> None:
    rows = rows_of(6)
    path = register(tmp_path / "s.csv", *rows)
    run_sirene(cast, path)
    rows[0]["etatAdministratifEtablissement"] = "F"
    summary = run_sirene(cast, register(tmp_path / "s.csv", *rows))
    assert summary.counts["closed"] == 1
    closed = Establishment.objects.get(siret=rows[0]["siret"])
    assert closed.status == ListingState.CLOSED
    rows[0]["etatAdministratifEtablissement"] = "A"
    run_sirene(cast, register(tmp_path / "s.csv", *rows), at=AT + timedelta(days=1))
    closed.refresh_from_db()
    assert closed.status == ListingState.PUBLISHED


def test_a_claimed_sheet_that_the_register_closes_is_listed_to_be_checked(
    cast: Cast, tmp_path: Path
) -> None:
    rows = rows_of(6)
    run_sirene(cast, register(tmp_path / "s.csv", *rows))
    Establishment.objects.filter(siret=rows[0]["siret"]).update(claimed_at=AT)
    rows[0]["etatAdministratifEtablissement"] = "F"
    summary = run_sirene(cast, register(tmp_path / "s.csv", *rows))
    assert summary.counts["to_check"] == 1
    assert Establishment.objects.get(siret=rows[0]["siret"]).status == ListingState.PUBLISHED
    assert [row["outcome"] for row in report(summary)] == ["to_check"]


def test_a_person_who_withdraws_disappears_with_what_was_kept(cast: Cast, tmp_path: Path) -> None:
    rows = rows_of(6)
    run_sirene(cast, register(tmp_path / "s.csv", *rows))
    rows[0]["statutDiffusionEtablissement"] = "P"
    summary = run_sirene(cast, register(tmp_path / "s.csv", *rows))
    assert summary.counts["withdrawn"] == 1
    assert Establishment.objects.get(siret=rows[0]["siret"]).status == ListingState.HIDDEN
    assert SourceRecord.objects.get(external_id=rows[0]["siret"]).content == {}
    assert "ZÉPHYR" not in json.dumps(report(summary), ensure_ascii=False).upper()


def test_a_dry_run_says_the_same_and_keeps_nothing(cast: Cast, tmp_path: Path) -> None:
    path = register(tmp_path / "s.csv", *rows_of(5))
    shops_before, events_before = Establishment.objects.count(), OutboxEvent.objects.count()
    dry = run_sirene(cast, path, is_dry_run=True, batch_size=2)
    assert dry.counts["created"] == 5
    assert Establishment.objects.count() == shops_before
    assert OutboxEvent.objects.count() == events_before
    assert not Source.objects.exists()
    assert not ImportRun.objects.exists()
    assert len(report(dry)) == 5
    assert run_sirene(cast, path).counts["created"] == 5


def test_a_dry_run_before_anything_was_loaded_keeps_nothing_either(tmp_path: Path) -> None:
    """It files under the shipped categories as a run would, and does not even bring those."""
    territories.cahors()
    lot = portals.portal(territories.lot())
    path = register(tmp_path / "s.csv", *rows_of(5))
    before = (Category.objects.count(), Entry.objects.count(), Establishment.objects.count())
    assert before == (0, 0, 0)
    dry = run_sirene(SimpleNamespace(lot=lot), path, is_dry_run=True, batch_size=2)
    assert (dry.counts["created"], dry.refusals) == (5, {})
    assert (
        Category.objects.count(),
        Entry.objects.count(),
        Establishment.objects.count(),
    ) == before


def test_a_run_cut_short_goes_on_where_it_stopped(cast: Cast, tmp_path: Path) -> None:
    nodes = [
        {**NODE, "id": rank, "tags": {"shop": "books", "name": f"Livres {letter}ulien {rank}",
                                      "addr:postcode": "46000", "addr:city": "Cahors"}}
        for rank, letter in enumerate("ABCDEFG", 1)
    ]  # fmt: skip
    path = overpass(tmp_path / "o.json", *nodes)
    whole = path.read_bytes()
    calls = {"count": 0}

    def read(_finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
        calls["count"] += 1
        for rank, record in enumerate(osm_reader.read_osm(path, tally=tally)):
            if calls["count"] == 1 and rank == 5:
                raise BrokenFileError("o.json", 6, "json")
            yield record

    order = ImportOrder(cast.lot, path, SourceFormat.OSM, read, osm_reader.LABEL, batch_size=2)
    with pytest.raises(BrokenFileError):
        import_file(order, by=BY, at=AT)
    run = ImportRun.objects.get()
    assert (run.state, run.mark) == (RunState.FAILED, 4)
    assert SourceRecord.objects.count() == 4
    assert path.read_bytes() == whole
    summary = import_file(order, by=BY, at=AT)
    assert summary.is_resumed
    assert (summary.read_count, summary.counts["created"]) == (7, 7)
    assert ImportRun.objects.get().state == RunState.DONE
    assert [row["id"] for row in report(summary)] == [f"node/{rank}" for rank in range(1, 8)]


def test_each_refused_row_is_told_with_its_line_and_reason(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "Nom;Adresse;CP;Ville;Tél;Site\n"
        "Un;1 rue Neuve;46000;Cahors;05 36 49;<Nul>\n"
        ";2 rue Neuve;46000;Cahors;;\n"
        "Trois;3 rue Neuve;;Nulle-Part;;\n"
        "=Quatre;4 rue Neuve;46000;Cahors;;javascript:alert(1)\n"
        "Cinq;5 rue Neuve;82000;Montauban;;\n",
        encoding="utf-8",
    )
    territories.montauban()
    summary = run_csv(cast, path)
    assert summary.counts == {"created": 2, "refused": 2, "removed": 0}
    assert summary.refusals == {"no_name": 1, "no_commune": 1}
    assert summary.passed == {"elsewhere": 1}
    told = [(row["line"], row["outcome"], row["field"]) for row in report(summary)]
    assert ("2", "created", "phone") in told
    assert ("3", "refused", "") in told
    assert ("4", "refused", "") in told
    assert ("5", "created", "website") in told
    assert {row["name"][:2] for row in report(summary) if row["line"] == "5"} == {"'="}


def test_a_stand_in_for_a_name_gives_way_to_any_other_source(cast: Cast, tmp_path: Path) -> None:
    row = sirene_row(
        enseigne1Etablissement="", latitude="44.4475", longitude="1.441", geo_score="1"
    )
    run_sirene(cast, register(tmp_path / "s.csv", row))
    sheet = Establishment.objects.get(siret="73282932000074")
    assert sheet.name == "Boulangerie"
    tags = {k: v for k, v in NODE["tags"].items() if k != "ref:FR:SIRET"}  # type: ignore[union-attr, attr-defined]
    old = (AT - timedelta(days=900)).date()
    run_osm(cast, overpass(tmp_path / "o.json", {**NODE, "tags": tags}), dated_on=old)
    sheet.refresh_from_db()
    assert sheet.name == "Au Fournil"
    run_sirene(cast, register(tmp_path / "s.csv", row), at=AT + timedelta(days=30))
    sheet.refresh_from_db()
    assert sheet.name == "Au Fournil"


def test_the_mapping_of_a_table_is_remembered(cast: Cast, tmp_path: Path) -> None:
    run_csv(cast, table(tmp_path / "t.csv", "Un"))
    assert Source.objects.get(key="t").column_map["name"] == "Nom"


def test_categories_come_with_the_first_import(cast: Cast, tmp_path: Path) -> None:
    run_csv(cast, table(tmp_path / "t.csv", "Un"))
    assert Category.objects.filter(parent=None).count() >= 12


@pytest.mark.parametrize("size", [10, 40])
def test_a_batch_costs_a_fixed_number_of_queries(
    cast: Cast, tmp_path: Path, size: int, django_assert_max_num_queries: Any
) -> None:
    run_csv(cast, table(tmp_path / "first.csv", "Un"))  # categories are there
    path = register(tmp_path / "s.csv", *rows_of(size))
    with django_assert_max_num_queries(62):
        run_sirene(cast, path)


def test_times_are_those_given(cast: Cast, tmp_path: Path) -> None:
    run_csv(cast, table(tmp_path / "t.csv", "Un"))
    assert SourceRecord.objects.get().seen_at == AT
    assert timezone.is_aware(ImportRun.objects.get().ended_at)


def test_french_prose_and_mark_up_become_hours_and_an_address(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "Nom;Adresse;CP;Ville;Horaires\n"
        'Zéphyr;"12 rue de l&amp;#039;Église<br />Bât. A";46000;Cahors;'
        "Lundi : Fermé Mardi : 10h00 / 20h00\n",
        encoding="utf-8",
    )
    run_csv(cast, path)
    made = Establishment.objects.get(name="Zéphyr")
    assert made.street == "12 rue de l’Église, Bât. A"
    hours = made.hours.get(purpose="visit")
    assert (hours.value, hours.problem) == ("Tu 10:00-20:00", "")
    assert hours.raw == "Lundi : Fermé Mardi : 10h00 / 20h00"


def test_a_record_without_a_postal_code_leaves_the_sheets_own(cast: Cast, tmp_path: Path) -> None:
    run_sirene(cast, register(tmp_path / "s.csv", sirene_row()))
    tags = {k: v for k, v in NODE["tags"].items() if k != "addr:postcode"}  # type: ignore[union-attr, attr-defined]
    run_osm(cast, overpass(tmp_path / "o.json", {**NODE, "tags": tags}), at=AT + timedelta(days=1))
    made = Establishment.objects.get(siret="73282932000074")
    assert (made.street, made.postal_code) == ("12 Rue du Port", "46000")
