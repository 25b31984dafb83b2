"""The traps of the French map, on the whole country."""

import pytest
from django.db.models import Count
from pytest_django import DjangoAssertNumQueries

from chalandise.territories.errors import TerritoryNotFound
from chalandise.territories.models import Territory
from chalandise.territories.queries import (
    contours_of,
    find_commune,
    find_commune_at,
    get_territory,
    list_ancestors,
    list_communes,
    list_communes_near,
    list_containing,
    list_departements,
    list_intercommunalities,
    outline_box,
    parse_territory_keys,
)
from chalandise.territories.states import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

LOT = "departement-46"
FIGEAC = "epci-200067361"


def spread(level: str) -> int:
    """How many intercommunalities have communes in more than one territory of this level."""
    return (
        Territory.objects.communes()
        .exclude(epci=None)
        .values("epci")
        .annotate(levels=Count(level, distinct=True))
        .filter(levels__gt=1)
        .count()
    )


def test_eighty_nine_intercommunalities_span_departements_and_twenty_six_regions() -> None:
    assert (spread("departement"), spread("region")) == (89, 26)
    astray = Territory.objects.of_kind(Kind.EPCI)
    assert astray.filter(departement=None).count() == 89
    assert astray.filter(region=None).count() == 26


def test_a_commune_belongs_to_its_own_departement_whatever_its_intercommunality() -> None:
    figeac, aveyron_side = get_territory("commune-46102"), get_territory("commune-12044")
    assert figeac.epci_id == FIGEAC
    epci = get_territory(FIGEAC)
    assert epci.departement_id is None
    beyond = list_communes([FIGEAC]).exclude(departement=LOT)
    assert beyond.count() == 6
    assert not (set(beyond) & set(list_communes([LOT])))
    assert aveyron_side.departement_id == "departement-12"


def test_ninety_eight_communes_have_no_intercommunality() -> None:
    alone = Territory.objects.communes().filter(epci=None)
    assert alone.count() == 98
    islands = set(alone.exclude(departement=None).values_list("name", flat=True))
    assert islands == {"Île-de-Bréhat", "Île-de-Sein", "Ouessant", "L’Île-d’Yeu"}


def test_names_are_shared_by_many_communes_but_never_within_a_departement() -> None:
    communes = Territory.objects.communes().order_by()
    shared = communes.values("name").annotate(bearers=Count("key")).filter(bearers__gt=1)
    assert shared.count() == 1441
    assert shared.get(name="Sainte-Colombe")["bearers"] == 12
    twins = communes.values("name", "departement").annotate(n=Count("key")).filter(n__gt=1)
    assert list(twins) == []


def test_one_postal_code_serves_up_to_forty_six_communes() -> None:
    communes = Territory.objects.communes()
    assert communes.filter(postal_codes__contains=["51300"]).count() == 46


def test_five_communes_have_no_postal_code_and_six_no_population() -> None:
    communes = Territory.objects.communes()
    assert set(communes.filter(postal_codes=[]).values_list("code", flat=True)) == {
        *("98411", "98412", "98413", "98414", "98415"),
    }
    assert communes.filter(population=None).count() == 6


def test_fault_80_corsica_counts_in_letters() -> None:
    ajaccio, bastia = get_territory("commune-2A004"), get_territory("commune-2B033")
    assert ajaccio.ancestor_keys[:2] == ["region-94", "departement-2A"]
    assert bastia.ancestor_keys[:2] == ["region-94", "departement-2B"]
    assert ajaccio.postal_codes[-1].startswith("20")
    assert parse_territory_keys("2a, 2B033") == ["departement-2A", "commune-2B033"]


def test_overseas_departements_are_departements_and_regions() -> None:
    pointe = get_territory("commune-97120")
    assert pointe.ancestor_keys[:2] == ["region-01", "departement-971"]
    assert (pointe.timezone, pointe.holiday_zone) == ("America/Guadeloupe", "971")
    assert parse_territory_keys("974") == ["departement-974"]


def test_overseas_collectivities_stop_at_their_communes() -> None:
    noumea = get_territory("commune-98818")
    assert noumea.ancestor_keys == ["commune-98818"]
    assert noumea.departement_name == "Nouvelle-Calédonie"
    assert (noumea.timezone, noumea.holiday_zone) == ("Pacific/Noumea", "988")


def test_paris_lyon_and_marseille_have_their_arrondissements() -> None:
    counted = (
        Territory.objects.of_kind(Kind.ARRONDISSEMENT)
        .order_by("commune")
        .values_list("commune__name")
        .annotate(Count("key"))
    )
    assert dict(counted) == {"Marseille": 16, "Lyon": 9, "Paris": 20}
    fourth = get_territory("arrondissement-75104")
    assert [place.name for place in list_ancestors(fourth)] == [
        "Île-de-France",
        "Paris",
        "Métropole du Grand Paris",
        "Paris",
    ]
    assert find_commune("75104") == fourth
    names = list(Territory.objects.filter(commune="commune-69123").sorted())
    assert [place.name[5:7] for place in names] == [
        f"{n}e" if n > 1 else "1e" for n in range(1, 10)
    ]


def test_a_commune_that_merged_is_found_under_its_old_code() -> None:
    culoz = find_commune("01039")
    assert culoz is not None
    assert (culoz.key, culoz.name) == ("commune-01138", "Culoz-Béon")


def test_a_code_both_alive_and_former_means_the_commune_of_today() -> None:
    arboys = find_commune("01015")
    assert arboys is not None
    assert arboys.name == "Arboys en Bugey"
    assert arboys.former_communes.get(code="01015").name == "Arbignieu"


def test_an_unknown_code_is_no_commune() -> None:
    assert find_commune("46999") is None
    with pytest.raises(TerritoryNotFound) as caught:
        parse_territory_keys("46 46999")
    assert caught.value.wanted == "46999"


def test_an_operator_names_territories_by_code_or_key() -> None:
    assert parse_territory_keys("46, 82;46042 200023737 region-76 01340 46") == [
        *("departement-46", "departement-82", "commune-46042", "epci-200023737"),
        *("region-76", "commune-01015"),
    ]


def test_the_lot_has_its_communes_and_its_intercommunalities() -> None:
    assert list_communes([LOT]).count() == 312
    inside = {
        place.name: (place.communes_inside, place.communes_total)
        for place in list_intercommunalities([LOT])
    }
    assert len(inside) == 10
    assert inside["CA du Grand Cahors"] == (36, 36)
    assert inside["CC Grand-Figeac"] == (86, 92)
    assert inside["CC Ouest Aveyron Communauté"] == (2, 29)
    assert [place.code for place in list_departements([FIGEAC])] == ["12", "46"]


def test_what_contains_an_intercommunality_over_two_departements_is_both() -> None:
    assert [place.key for place in list_containing([FIGEAC])] == [
        "region-76",
        "departement-12",
        LOT,
        FIGEAC,
    ]
    assert [place.key for place in list_containing(["commune-46042"])] == [
        *("region-76", LOT, "epci-200023737", "commune-46042"),
    ]


def test_names_sort_with_their_accents_in_place() -> None:
    names = list(list_communes(["departement-91"]).values_list("name", flat=True))
    assert names.index("Épinay-sur-Orge") == names.index("Épinay-sous-Sénart") + 1
    assert names.index("Égly") < names.index("Épinay-sous-Sénart") < names.index("Étampes")
    assert names.index("Écharcon") < names.index("Égly") < names.index("Évry-Courcouronnes")
    assert names.index("Dourdan") < names.index("Écharcon") < names.index("Fleury-Mérogis")


def test_outlines_cost_one_query_for_one_territory_and_for_a_departement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        own = contours_of([LOT])
    with django_assert_num_queries(1):
        communes = contours_of([LOT], kind=Kind.COMMUNE)
    with django_assert_num_queries(1):
        groups = contours_of([LOT], kind=Kind.EPCI)
    assert [feature["id"] for feature in own["features"]] == [LOT]
    assert len(communes["features"]) == 312
    assert len(groups["features"]) == 10
    assert own["features"][0]["properties"]["name"] == "Lot"
    west, south, east, north = outline_box([LOT]) or (0, 0, 0, 0)
    assert (round(west, 1), round(south, 1), round(east, 1), round(north, 1)) == (
        *(1.0, 44.2, 2.2, 45.0),
    )


def test_a_place_without_outline_draws_nothing() -> None:
    assert contours_of(["commune-98818"]) == {"type": "FeatureCollection", "features": []}
    assert outline_box(["commune-98818"]) is None


def test_a_point_finds_its_commune_and_its_neighbours() -> None:
    cahors, marais = find_commune_at(44.4475, 1.4406), find_commune_at(48.8566, 2.3522)
    assert (cahors and cahors.key, marais and marais.key) == (
        "commune-46042",
        "arrondissement-75104",
    )
    assert find_commune_at(0, 0) is None
    near = list_communes_near(44.4475, 1.4406, metres=6000)
    assert near[0].name == "Cahors"
    assert "Pradines" in {place.name for place in near}
