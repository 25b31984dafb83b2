"""Persons who oppose publication: shown by no source, in whatever order the sources come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.factories import directory as shops
from tests.federation.test_imports import AT, BY, register, run_csv, run_osm, run_sirene
from tests.federation.test_readers import NODE, overpass, sirene_row

from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.federation.actions.matches import merge_match, reject_match
from chalandise.federation.models import Match, SourceRecord

pytestmark = pytest.mark.django_db

SIRET = "73282932000074"


def opposed(tmp_path: Path, status: str = "P") -> Path:
    return register(tmp_path / "s.csv", sirene_row(statutDiffusionEtablissement=status))


def published() -> list[Establishment]:
    return list(Establishment.objects.filter(siret=SIRET, status=ListingState.PUBLISHED))


@pytest.mark.parametrize("order", ["so", "os", "soso", "sos", "oso"])
def test_no_order_of_the_sources_shows_who_opposes(cast: Cast, tmp_path: Path, order: str) -> None:
    register_file, node = opposed(tmp_path), overpass(tmp_path / "o.json", NODE)
    for day, letter in enumerate(order):
        at = AT + timedelta(days=day)
        if letter == "s":
            run_sirene(cast, register_file, at=at)
        else:
            run_osm(cast, node, at=at)
    assert published() == []
    trace = SourceRecord.objects.get(external_id=SIRET)
    assert (trace.content, trace.content_digest, trace.is_gone) == ({}, "", True)
    if order[0] == "s":
        assert not Establishment.objects.filter(siret=SIRET).exists()
        assert SourceRecord.objects.get(external_id="node/7").content == {}


def test_a_table_with_the_number_makes_no_sheet_either(cast: Cast, tmp_path: Path) -> None:
    run_sirene(cast, opposed(tmp_path))
    path = tmp_path / "t.csv"
    rows = f"Au Fournil;{SIRET};12 rue du Port;46000;Cahors\nZéphyr;;1 rue Neuve;46000;Cahors\n"
    path.write_text("Nom;SIRET;Adresse;CP;Ville\n" + rows, encoding="utf-8")
    summary = run_csv(cast, path)
    assert (summary.counts["created"], summary.counts["withdrawn"]) == (1, 1)
    assert published() == []
    assert run_csv(cast, path, at=AT + timedelta(days=1)).counts["removed"] == 0


def test_who_opposes_no_longer_is_shown_again(cast: Cast, tmp_path: Path) -> None:
    node = overpass(tmp_path / "o.json", NODE)
    run_sirene(cast, opposed(tmp_path))
    run_osm(cast, node)
    run_sirene(cast, opposed(tmp_path, "O"), at=AT + timedelta(days=30))
    run_osm(cast, node, at=AT + timedelta(days=31))
    assert [one.phone for one in published()] == ["+33536490012"]


def test_a_sheet_that_its_merchant_looks_after_stays(cast: Cast, tmp_path: Path) -> None:
    run_osm(cast, overpass(tmp_path / "o.json", NODE))
    Establishment.objects.filter(siret=SIRET).update(claimed_at=AT)
    run_sirene(cast, opposed(tmp_path))
    run_osm(cast, overpass(tmp_path / "o.json", NODE), at=AT + timedelta(days=1))
    assert len(published()) == 1


@pytest.mark.parametrize("decide", [merge_match, reject_match])
def test_a_person_who_decides_later_does_not_show_them(
    cast: Cast, tmp_path: Path, decide: object
) -> None:
    known = shops.establishment("Le Zéphyr Doré", street="12 rue du Port", phone="+33536490077",
                                latitude=None, longitude=None)  # fmt: skip
    path = tmp_path / "t.csv"
    row = f"Le Zéphyr Doré;{SIRET};5 avenue de la Gare;46000;Cahors;05 36 49 00 77\n"
    path.write_text("Nom;SIRET;Adresse;CP;Ville;Téléphone\n" + row, encoding="utf-8")
    run_csv(cast, path)
    run_sirene(cast, opposed(tmp_path))
    decide(Match.objects.get(), by=BY, at=AT)  # type: ignore[operator]
    known.refresh_from_db()
    expected = ListingState.HIDDEN if decide is merge_match else ListingState.PUBLISHED
    assert (known.status, published()) == (expected, [])
