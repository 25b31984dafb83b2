"""`chalandise portals open`: any French territory in one command, and each refusal in words."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from tests.factories import portals, territories

from chalandise.config.commands.portals import portals as command
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.portals.models import Portal
from chalandise.territories.models import FormerCommune, Territory
from chalandise.territories.states import Nature

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(db: None) -> None:
    """The Lot and its neighbours, a piece of Corsica, of Paris and of the past."""
    for make in (territories.cahors, territories.figeac, territories.montauban):
        make()
    corsica = territories.territory("region", "94", "Corse")
    south = territories.territory("departement", "2A", "Corse-du-Sud", region=corsica)
    territories.territory("commune", "2A004", "Ajaccio", region=corsica, departement=south)
    capital = territories.territory("region", "11", "Île-de-France")
    paris = territories.territory("departement", "75", "Paris", region=capital)
    town = territories.territory("commune", "75056", "Paris", region=capital, departement=paris)
    territories.territory(
        "arrondissement",
        "75104",
        "Paris 4e Arrondissement",
        region=capital,
        departement=paris,
        commune=town,
    )
    territories.territory("departement", "76", "Seine-Maritime")
    FormerCommune.objects.create(
        code="46321", name="Saint-Cirq", nature=Nature.MERGED, commune=territories.cahors()
    )


def _open(*options: str, name: str = "Achats d’ici") -> Result:
    return CliRunner().invoke(command, ["open", "--name", name, *options])


@pytest.mark.parametrize(
    ("asked", "covers", "said"),
    [
        (["region-76"], ["region-76"], "Occitanie (région)"),
        (["46"], ["departement-46"], "Lot (département)"),
        (["200023737"], ["epci-200023737"], "CA du Grand Cahors (intercommunalité)"),
        (["46042"], ["commune-46042"], "Cahors (commune)"),
        (["46042", "46102"], ["commune-46042", "commune-46102"], "Cahors (commune), Figeac"),
        (["46042, 82"], ["commune-46042", "departement-82"], "Cahors (commune), Tarn"),
        (["75104"], ["arrondissement-75104"], "Paris 4e Arrondissement"),
        (["arrondissement-75104"], ["arrondissement-75104"], "Paris 4e Arrondissement"),
        (["2a"], ["departement-2A"], "Corse-du-Sud"),
        (["departement-2a"], ["departement-2A"], "Corse-du-Sud"),
        (["2A004"], ["commune-2A004"], "Ajaccio"),
        (["46321"], ["commune-46042"], "Cahors"),  # merged into it
    ],
)
@pytest.mark.usefixtures("places")
def test_a_portal_opens_on_any_territory(asked: list[str], covers: list[str], said: str) -> None:
    done = _open(*(word for code in asked for word in ("--territory", code)))
    assert done.exit_code == 0, done.output
    assert f"Il couvre\u202f: {said}" in done.output
    portal = Portal.objects.get()
    assert sorted(portal.scope.values_list("key", flat=True)) == covers
    assert (portal.name, portal.slug, portal.host) == ("Achats d’ici", "achats-dici", None)


@pytest.mark.usefixtures("places")
def test_a_code_that_a_region_has_too_is_pointed_out() -> None:
    done = _open("--territory", "76")
    assert "Seine-Maritime (département)" in done.output
    assert "La région Occitanie porte le même code" in done.output
    assert "--territory region-76" in done.output
    assert "même code" not in _open("--territory", "region-76").output
    assert "même code" not in _open("--territory", "46").output


@pytest.mark.usefixtures("places")
def test_what_is_pasted_takes_its_only_form() -> None:
    done = _open(
        *("--territory", "46", "--slug", " LOT ", "--colour", "1e5b45"),
        *("--host", "https://Achats-Lot.test/"),
    )
    assert done.exit_code == 0, done.output
    portal = Portal.objects.get()
    assert (portal.slug, portal.host, portal.brand_colour) == ("lot", "achats-lot.test", "#1E5B45")


@pytest.mark.usefixtures("places")
def test_a_portal_for_each_intercommunality_opens_with_it() -> None:
    done = _open("--territory", "46", "--slug", "lot", "--sub-portals")
    assert done.exit_code == 0, done.output
    lot = Portal.objects.get(slug="lot")
    assert {one.name for one in lot.children.all()} == {"Grand Cahors", "Grand-Figeac"}
    assert "/t/grand-cahors/  Grand Cahors" in done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--colour", "vert"], "Une couleur s’écrit comme #1E5B45. Rien n’a été ouvert."),
        (["--colour", "#12345"], "Corrigez --colour"),
        (["--colour", "#gggggg"], "Une couleur s’écrit comme"),
        (["--colour", "#E8B23A"], "Cette couleur est trop pâle pour être lue"),
        (["--host", "achats.test:8000"], "Ce n’est pas un nom d’hôte"),
        (["--host", "achats"], "Corrigez --host et relancez"),
        (["--host", "VOISIN.test"], "Un autre portail répond"),
        (["--host", "localhost"], "Retirez --host et relancez"),
        (["--slug", "le lot"], "n’est pas une adresse"),
        (["--slug", "évry"], "n’est pas une adresse"),
        (["--slug", "x" * 81], "Corrigez --slug"),
        (["--slug", "voisin"], "Un autre portail a déjà l’adresse"),
        (["--name", "  "], "Il faut un nom au portail"),
        (["--name", "x" * 121], "Ce nom est trop long\u202f: 120 caractères au plus. Rien n’a"),
        (["--parent", "nulle-part"], "Il n’y a pas de portail «\u202fnulle-part\u202f»"),
        (["--parent", "voisin"], "hors du portail du dessus\u202f: Cahors (46042)"),
        (["--territory", "46999"], "Il n’y a pas de territoire «\u202f46999\u202f»"),
        (["--territory", "Lot"], "une région sous la forme region-76"),
        (["--territory", "pays-46"], "rien n’a été ouvert"),
    ],
)
@pytest.mark.usefixtures("places")
def test_each_error_is_said_and_nothing_is_half_opened(options: list[str], said: str) -> None:
    portals.portal(territories.tarn_et_garonne(), name="Voisin", slug="voisin", host="voisin.test")
    done = _open("--territory", "46", "--sub-portals", *options)
    assert done.exit_code == 1, done.output
    assert said in done.output
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert [one.slug for one in Portal.objects.all()] == ["voisin"]
    assert not Entry.objects.filter(verb="opened").exists()
    assert not OutboxEvent.objects.filter(kind="portals.portal_changed").exists()


@pytest.mark.usefixtures("places")
def test_an_error_below_closes_what_was_opened_above(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: object, **_details: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("chalandise.portals.actions.open_intercommunalities", break_down)
    assert _open("--territory", "46", "--sub-portals").exit_code == 1
    assert not Portal.objects.exists()


@pytest.mark.usefixtures("places")
def test_an_arrondissement_elsewhere_is_outside_the_portal_above() -> None:
    portals.portal(territories.lot(), slug="lot")
    done = _open("--territory", "75104", "--parent", "lot")
    assert "1 commune est hors du portail du dessus" in done.output
    paris = portals.portal(Territory.objects.get(key="commune-75056"), slug="paris")
    assert _open("--territory", "75104", "--parent", "paris").exit_code == 0
    assert paris.children.get().scope.get().key == "arrondissement-75104"


def test_before_territories_are_loaded_the_remedy_is_named() -> None:
    assert "chalandise territories load" in _open("--territory", "46").output


def test_whom_to_appoint_is_read_before_anything_is_done() -> None:
    portals.portal(slug="lot")
    done = CliRunner().invoke(command, ["appoint", "lot", "claire@"])
    assert done.exit_code == 1
    assert "n’est pas une adresse électronique" in done.output
    assert "personne n’a été nommé" in done.output
    done = CliRunner().invoke(command, ["appoint", "lo", "claire@exemple.test"])
    assert "rien n’a été changé" in done.output


@pytest.mark.usefixtures("places")
def test_a_portal_below_another_covers_what_that_covers_unless_told_otherwise() -> None:
    assert _open("--territory", "46", "--slug", "lot").exit_code == 0
    done = _open("--parent", "lot", "--slug", "terroir", name="Terroir du Lot")
    assert done.exit_code == 0, done.output
    assert [one.code for one in Portal.objects.get(slug="terroir").scope.all()] == ["46"]
    refused = _open(name="Sans lieu")
    assert "Un portail a besoin d’un territoire\u202f: rien n’a été ouvert." in refused.output
    assert not Portal.objects.filter(name="Sans lieu").exists()
