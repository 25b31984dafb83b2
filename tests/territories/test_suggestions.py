"""« Où ? », as people type it."""

import pytest
from pytest_django import DjangoAssertNumQueries

from chalandise.territories.queries import Suggestion, load_gazetteer, suggest_territories
from chalandise.territories.states import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_country")]


def labels(text: str, **options: object) -> list[str]:
    return [suggestion.label for suggestion in suggest_territories(text, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cahors", "Cahors (46)"),
        ("CAHO", "Cahors (46)"),
        ("46000", "Cahors (46)"),
        ("cahors 46000", "Cahors (46)"),
        ("st cirq lapopie", "Saint-Cirq-Lapopie (46)"),
        ("Saint-Cirq-La", "Saint-Cirq-Lapopie (46)"),
        ("l isle d abeau", "L’Isle-d’Abeau (38)"),
        ("l’isle-d’abeau", "L’Isle-d’Abeau (38)"),
        ("oeting", "Œting (57)"),
        ("ajaccio", "Ajaccio (2A)"),
        ("2a", "Corse-du-Sud"),
        ("46", "Lot"),
        ("lot", "Lot"),
        ("bretagne", "Bretagne"),
        ("grand cahors", "Communauté d’agglomération du Grand Cahors"),
        ("paris 4", "Paris 4e Arrondissement (75)"),
        ("Paris 13", "Paris 13e Arrondissement (75)"),
        ("marseille 08", "Marseille 8e Arrondissement (13)"),
        ("75", "Paris (75)"),
        ("nouméa", "Nouméa (988)"),
        ("97133", "Saint-Barthélemy (977)"),
        ("Sainte-Colombe (46)", "Sainte-Colombe (46)"),
        ("ste colombe 69", "Sainte-Colombe (69)"),
    ],
)
def test_what_people_type_finds_what_they_mean(typed: str, first: str) -> None:
    found = labels(typed)
    assert first in (found[:1] if typed != "75" else found)


@pytest.mark.parametrize("typed", ["", "   ", "'", "!&|:*()", "zzzz", "((", "\x00"])
def test_nonsense_finds_nothing_and_breaks_nothing(typed: str) -> None:
    assert suggest_territories(typed) == []


def test_homonyms_are_told_apart_by_their_departement() -> None:
    found = labels("sainte-colombe", limit=12)
    assert len(set(found)) == 12
    assert all(label.startswith("Sainte-Colombe (") for label in found)


def test_a_scope_leaves_the_rest_of_france_out() -> None:
    assert labels("sainte-colombe", scope=["departement-46"]) == ["Sainte-Colombe (46)"]
    assert labels("ajaccio", scope=["departement-46"]) == []


def test_only_the_kinds_asked_for_are_proposed() -> None:
    kinds = {s.territory.kind for s in suggest_territories("lot", kinds=[Kind.COMMUNE])}
    assert kinds == {"commune"}


def test_a_commune_that_merged_is_proposed_under_its_new_name() -> None:
    (found,) = suggest_territories("arbignieu")
    assert isinstance(found, Suggestion)
    assert (found.label, found.formerly) == ("Arboys en Bugey (01)", "Arbignieu")


def test_a_postal_code_that_lost_its_zero_is_still_understood() -> None:
    assert "Mirepoix (09)" in labels("9500", limit=20)


def test_suggestions_never_cost_more_than_three_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for typed in ("c", "cahors", "paris 13", "zzzz 46", "460"):
        with django_assert_max_num_queries(3):
            for suggestion in suggest_territories(typed, limit=10):
                assert suggestion.label
                assert suggestion.departement_name is not None


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ({"insee_code": "46042"}, "commune-46042"),
        ({"insee_code": "01340"}, "commune-01015"),
        ({"insee_code": "75104", "name": "Paris"}, "arrondissement-75104"),
        ({"insee_code": "2a004"}, "commune-2A004"),
        ({"postal_code": "46000"}, "commune-46042"),
        ({"postal_code": "46000", "name": "CAHORS CEDEX"}, "commune-46042"),
        ({"postal_code": "46005", "name": "CAHORS CEDEX 9"}, "commune-46042"),
        ({"postal_code": "20090", "name": "Ajaccio"}, "commune-2A004"),
        ({"postal_code": "75004", "name": "Paris"}, "arrondissement-75104"),
        ({"postal_code": "75116", "name": "PARIS"}, "arrondissement-75116"),
        ({"postal_code": "69003", "name": "Lyon 3EME ARRONDISSEMENT"}, "arrondissement-69383"),
        ({"postal_code": "51300", "name": "vitry le francois"}, "commune-51649"),
        ({"postal_code": "51300"}, None),
        ({"name": "Sainte-Colombe"}, None),
        ({"name": "Sainte-Colombe", "postal_code": "46120"}, "commune-46260"),
        ({"name": "Mirepoix", "postal_code": "9500"}, "commune-09194"),
        ({"name": "Arbignieu"}, "commune-01015"),
        ({"name": "Nowhere", "postal_code": "99999"}, None),
        ({"name": "Paris"}, "commune-75056"),
        ({}, None),
    ],
)
def test_fault_80_cedex_corsica_and_homonyms_an_address_is_placed_or_not(
    address: dict[str, str], key: str | None
) -> None:
    assert load_gazetteer().find(**address) == key


def test_the_gazetteer_is_read_in_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(2):
        load_gazetteer()
