"""The real files, into a real database: how many sheets, matches and refusals each gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import timezone
from tests.cast import Cast
from tests.factories import portals, territories
from tests.shared_data import SHARED, shared_data

from chalandise.directory.models import Establishment, EstablishmentHours
from chalandise.federation.cli import directory
from chalandise.federation.models import Match, SourceRecord
from chalandise.journal.states import Actor
from chalandise.territories.actions import load_territories
from chalandise.territories.models import Territory
from chalandise.territories.states import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.shared_data]

PARIS = "paris_click_and_collect_2020"


def call(*arguments: str | Path) -> str:
    done = CliRunner().invoke(directory, ["import", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


@shared_data("commerces")
def test_paris_of_november_2020_in_both_layouts_is_one_directory() -> None:
    region = territories.territory("region", "11", "Île-de-France")
    seine = territories.territory("departement", "75", "Paris", region=region)
    paris = territories.territory(
        "commune", "75056", "Paris", region=region, departement=seine, postal_codes=["75001"]
    )
    for number in range(1, 21):
        territories.territory(
            "arrondissement", f"751{number:02}", f"Paris {number}e arrondissement",
            region=region, departement=seine, commune=paris, postal_codes=[f"750{number:02}"],
        )  # fmt: skip
    portals.portal(seine, slug="paris")
    folder = SHARED / "commerces"
    call("csv", folder / f"{PARIS}.ods-layout.csv", "--portal", "paris", "--source", "tableau")
    assert Establishment.objects.count() == 1219
    told = call("csv", folder / f"{PARIS}.geojson", "--portal", "paris", "--source", "carte")
    assert "1\u202f219  rapprochées" in told
    assert Establishment.objects.count() == 1219
    assert Match.objects.count() == 0
    assert SourceRecord.objects.count() == 2 * 1219
    assert not Establishment.objects.filter(website__contains="Nul").exists()
    assert Establishment.objects.filter(services__contains=["pickup"]).count() > 700


@shared_data("commerces", "horaires")
def test_shops_of_france_and_town_halls_find_their_commune() -> None:
    load_territories(by=Actor.system("test"), at=timezone.now())
    regions = Territory.objects.of_kind(Kind.REGION)
    portals.portal(*regions, slug="france")
    folder = SHARED / "commerces"
    told = call("osm", folder / "osm_vrac_france.overpass.json", "--portal", "france")
    assert "1\u202f309  créées" in told
    call("osm", folder / "osm_pharmacies_niort.overpass-turbo.js", "--portal", "france",
         "--source", "niort")  # fmt: skip
    assert Establishment.objects.count() == 1309 + 33
    hours = EstablishmentHours.objects.filter(purpose="visit")
    assert hours.exclude(value="").count() > 540
    assert hours.filter(value="").count() <= 5


@pytest.mark.slow
@shared_data("horaires")
def test_town_halls_with_their_weeks_go_through() -> None:
    load_territories(by=Actor.system("test"), at=timezone.now(), contours=False)
    portals.portal(*Territory.objects.of_kind(Kind.REGION), slug="france")
    path = SHARED / "horaires" / "mairies_horaires.csv"
    told = call("csv", path, "--portal", "france", "--map", "name=commune", "--map", "city=commune")
    assert "3\u202f892  créées" in told
    hours = EstablishmentHours.objects.filter(purpose="visit")
    assert hours.exclude(value="").count() > 3880


@shared_data("sirene")
def test_the_samples_of_the_register_make_nothing_and_say_why(cast: Cast) -> None:
    folder = SHARED / "sirene"
    before = Establishment.objects.count()
    assert "autre activité" in call(
        "sirene", folder / "sample_etablissements_OK.csv", "--portal", "lot"
    )
    assert "retirées de la diffusion" in call(
        "sirene", folder / "etablissement_non_diffusable.json", "--portal", "lot"
    )
    path = folder / "sample_etablissements_KO_missing_header.csv"
    done = CliRunner().invoke(directory, ["import", "sirene", str(path), "--portal", "lot"])
    assert done.exit_code == 1
    assert "il manque les colonnes nic" in done.output
    assert Establishment.objects.count() == before
