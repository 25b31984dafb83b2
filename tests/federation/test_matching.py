"""Is it the same place? Homonyms, chains, neighbours, moves, and the promise of no quadratic."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.federation.likeness import (
    Place,
    Verdict,
    compare,
    distance_metres,
    fingerprint,
    verdict_of,
)
from chalandise.federation.matching import PlaceIndex

BAKERY = Place(
    key=1,
    name="Au Fournil de Claire",
    commune="commune-46042",
    street="12 rue du Port",
    phone="+33536490012",
    latitude=44.4475,
    longitude=1.4410,
    category="boulangerie",
)


def likeness(left: Place, right: Place, **counts: int) -> tuple[Verdict, float]:
    found = compare(fingerprint(left), fingerprint(right), **counts)
    return found.verdict, found.score


def moved(place: Place, *, metres_north: float, **changes: object) -> Place:
    latitude = (place.latitude or 0) + metres_north / 111_195
    return replace(place, latitude=latitude, **changes)  # type: ignore[arg-type]


def test_one_siret_is_one_place_whatever_the_rest_says() -> None:
    left = replace(BAKERY, siret="73282932000074")
    right = Place(key=2, name="Tout autre nom", siret="73282932000074", commune="commune-75104")
    assert likeness(left, right) == (Verdict.SAME, 1.0)


def test_two_spellings_at_one_door_are_one_place() -> None:
    other = moved(BAKERY, metres_north=30, key=2, name="FOURNIL DE CLAIRE (SARL)", phone="")
    assert likeness(BAKERY, other)[0] is Verdict.SAME


def test_a_slip_of_the_pen_is_forgiven() -> None:
    other = replace(
        BAKERY, key=2, name="Au Fournil de Clairre", phone="", latitude=None, longitude=None
    )
    assert likeness(BAKERY, other)[0] is Verdict.SAME


def test_homonyms_in_two_communes_are_two_places() -> None:
    other = moved(BAKERY, metres_north=12_000, key=2, commune="commune-46102",
                  street="3 place du Marché", phone="")  # fmt: skip
    assert likeness(BAKERY, other)[0] is Verdict.DIFFERENT


def test_two_shops_of_a_chain_in_one_street_are_two_places() -> None:
    first = replace(BAKERY, name="Nicolas", category="caviste", phone="")
    second = moved(first, metres_north=120, key=2, street="48 rue du Port")
    assert likeness(first, second, name_count=9)[0] is Verdict.DIFFERENT


def test_neighbours_of_one_trade_with_trade_names_are_two_places() -> None:
    first = replace(BAKERY, name="Boulangerie", phone="")
    second = moved(
        first, metres_north=90, key=2, name="Boulangerie-pâtisserie", street="4 rue Haute"
    )
    assert likeness(first, second)[0] is Verdict.DIFFERENT


def test_two_shops_under_one_roof_are_two_places() -> None:
    florist = replace(BAKERY, key=2, name="Les Fleurs d’Idris", category="fleuriste", phone="")
    assert likeness(BAKERY, florist)[0] is Verdict.DIFFERENT


def test_a_shop_that_moved_is_for_a_person_to_decide() -> None:
    other = moved(BAKERY, metres_north=700, key=2, street="5 avenue de la Gare")
    assert likeness(BAKERY, other)[0] is Verdict.DOUBTFUL


def test_a_trade_for_a_name_at_the_same_door_is_the_same_place() -> None:
    register = replace(BAKERY, key=2, name="Boulangerie", is_name_provisional=True, phone="")
    assert likeness(BAKERY, register)[0] is Verdict.SAME


def test_two_sirets_are_never_merged_without_a_person() -> None:
    left = replace(BAKERY, siret="73282932000074")
    right = replace(BAKERY, key=2, siret="00588003400011")
    assert likeness(left, right) == (Verdict.DOUBTFUL, 0.5)
    far = moved(right, metres_north=5000, name="Au Pain d’Antan", phone="")
    assert likeness(left, far) == (Verdict.DIFFERENT, 0.0)


def test_a_hotline_shared_by_a_chain_proves_little() -> None:
    first = replace(BAKERY, name="Nicolas", street="", latitude=None, longitude=None)
    second = replace(first, key=2, commune="commune-46102")
    assert likeness(first, second, name_count=9, phone_count=9)[0] is Verdict.DIFFERENT


def test_the_worked_examples_of_the_documentation_hold() -> None:
    at_the_door = compare(
        fingerprint(BAKERY),
        fingerprint(moved(BAKERY, metres_north=30, key=2, name="FOURNIL DE CLAIRE", phone="")),
    )
    assert at_the_door.points == {
        "name": 7.0, "address": 4.0, "distance": 3.0, "category": 1.0, "prior": -6.0,
    }  # fmt: skip
    assert at_the_door.score == 0.9981
    moved_away = compare(
        fingerprint(BAKERY),
        fingerprint(moved(BAKERY, metres_north=700, key=2, street="5 avenue de la Gare")),
    )
    assert moved_away.points == {
        "name": 7.0, "phone": 5.0, "address": -4.0, "distance": -3.0, "category": 1.0,
        "prior": -6.0,
    }  # fmt: skip
    assert moved_away.score == 0.5


def test_the_index_finds_the_same_place_among_many() -> None:
    index = PlaceIndex(
        replace(BAKERY, key=rank, name=f"Boutique numéro {rank} Zéphyr", phone="",
                street=f"{rank} rue Longue", latitude=44.0 + rank * 0.003)
        for rank in range(500)
    )  # fmt: skip
    index.add(replace(BAKERY, key="claire"))
    found = index.find_matches(replace(BAKERY, key="record", name="FOURNIL DE CLAIRE"))
    assert [(place.key, like.verdict) for place, like in found] == [("claire", Verdict.SAME)]


def test_a_record_meets_a_handful_of_candidates_however_large_the_directory() -> None:
    def directory(size: int) -> PlaceIndex:
        return PlaceIndex(
            Place(
                key=rank,
                name=f"Maison {chr(97 + rank % 26)}{rank // 26} Durand",
                commune=f"commune-{46000 + rank % (size // 20)}",
                street=f"{rank % 90} rue du Port",
                latitude=44 + (rank % (size // 20)) * 0.01,
                longitude=1.4,
                category="boulangerie",
            )
            for rank in range(size)
        )

    met = []
    for size in (1000, 4000):
        index = directory(size)
        met.append(
            sum(
                len(list(index.candidates(fingerprint(replace(BAKERY, key="r", name="Durand",
                    commune=f"commune-{46000 + rank}")))))
                for rank in range(20)
            )
        )  # fmt: skip
    assert met[1] <= met[0] * 1.2


names = st.text(alphabet="abcdeéè ' -LMNOP", min_size=1, max_size=30)
places = st.builds(
    Place,
    key=st.integers(),
    name=names,
    siret=st.sampled_from(["", "73282932000074", "00588003400011"]),
    commune=st.sampled_from(["", "commune-46042", "commune-46102"]),
    street=st.sampled_from(["", "12 rue du Port", "13 rue du Port", "Le Bourg"]),
    phone=st.sampled_from(["", "+33536490012", "+33536490013"]),
    latitude=st.just(44.44) | st.none(),
    longitude=st.floats(1, 2),
    category=st.sampled_from(["", "boulangerie", "patisserie", "librairie"]),
)


@given(places, places)
def test_likeness_is_symmetric_and_a_share(left: Place, right: Place) -> None:
    there, back = likeness(left, right), likeness(right, left)
    assert there == back
    assert 0 <= there[1] <= 1
    assert there[0] is verdict_of(there[1])


@given(places)
def test_a_place_with_an_address_and_a_name_of_its_own_is_like_itself(place: Place) -> None:
    twin = replace(place, street="12 rue du Port", name="Zéphyrine Quincampoix")
    assert likeness(twin, replace(twin, key="twin"))[0] is Verdict.SAME


@pytest.mark.parametrize(("north", "metres"), [(0.001, 111.2), (0.01, 1112.0)])
def test_distances_are_metres_on_the_ground(north: float, metres: float) -> None:
    a = Place(key=1, name="a", latitude=44.0, longitude=1.0)
    b = Place(key=2, name="b", latitude=44.0 + north, longitude=1.0)
    assert distance_metres(a, b) == pytest.approx(metres, rel=0.001)
