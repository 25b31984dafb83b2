"""Is it the same place? Homonyms, chains, neighbours, moves, and the promise of no quadratic."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.federation.plain_index import PlainIndex
from tests.shared_data import SHARED, shared_data

from chalandise.federation.likeness import (
    Place,
    Verdict,
    compare,
    distance_metres,
    fingerprint,
    verdict_of,
)
from chalandise.federation.matching import lay_out
from chalandise.federation.readers.osm import read_osm
from chalandise.federation.readers.records import Tally

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


@pytest.mark.django_db
def test_the_index_finds_the_same_place_among_many() -> None:
    others = (
        replace(BAKERY, key=rank, name=f"Boutique numéro {rank} Zéphyr", phone="",
                street=f"{rank} rue Longue", latitude=44.0 + rank * 0.003)
        for rank in range(500)
    )  # fmt: skip
    claire = replace(BAKERY, key=1000)
    with lay_out([*others, claire]) as index:
        [found] = index.find_matches([replace(BAKERY, key="record", name="FOURNIL DE CLAIRE")])
    assert [(place, like.verdict) for place, like in found] == [(claire, Verdict.SAME)]


@pytest.mark.django_db
def test_one_siret_leaves_no_other_choice() -> None:
    known = replace(BAKERY, siret="73282932000074", name="Tout autre nom", commune="commune-75104")
    told = replace(BAKERY, key="record", siret="73282932000074")
    with lay_out([known, replace(BAKERY, key=2)]) as index:
        [found] = index.find_matches([told])
    assert [(place.key, like.points) for place, like in found] == [(1, {"siret": 20.0})]


@pytest.mark.django_db
def test_an_empty_directory_offers_nothing() -> None:
    with lay_out([]) as index:
        assert index.find_matches([BAKERY]) == [[]]
        assert index.find_matches([]) == []


@pytest.mark.django_db
def test_a_record_meets_a_handful_of_candidates_however_large_the_directory() -> None:
    def directory(size: int) -> Iterator[Place]:
        for rank in range(size):
            yield Place(
                key=rank,
                name=f"Maison {chr(97 + rank % 26)}{rank // 26} Durand",
                commune=f"commune-{46000 + rank % (size // 20)}",
                street=f"{rank % 90} rue du Port",
                latitude=44 + (rank % (size // 20)) * 0.01,
                longitude=1.4,
                category="boulangerie",
            )

    told = [
        fingerprint(replace(BAKERY, key="r", name="Durand", commune=f"commune-{46000 + rank}"))
        for rank in range(20)
    ]
    met = []
    for size in (500, 2000):
        with lay_out(directory(size)) as index:
            met.append(sum(len(meeting.candidates) for _told, meeting in index.meet(told)))
    assert 0 < met[1] <= met[0] * 1.2


def _half_remembered(place: Place, random: Random) -> Place:
    """A place as another register tells of it."""
    changes: list[dict[str, Any]] = [
        {},
        {"name": place.name.upper(), "phone": ""},
        {"street": "", "siret": "", "siren": ""},
        {"latitude": None, "longitude": None, "name": place.name[:-1] or "x"},
        {"name": "Boulangerie", "is_name_provisional": True},
    ]
    return replace(place, key="record", **random.choice(changes))


def _assert_as_plain(places: list[Place], told: list[Place]) -> Counter[str]:
    """Compare what the tables offer with what plain dictionaries do; return how often which."""
    plain = PlainIndex(places)
    with lay_out(places) as index:
        offered = index.find_matches(told, limit=6)
    assert offered == [plain.find_matches(one, limit=6) for one in told]
    return Counter(some[0][1].verdict if some else "none" for some in offered)


@pytest.mark.django_db
def test_tables_offer_what_dictionaries_would() -> None:
    """Chains, shared telephones and blocks too large to be walked through among them."""
    random = Random(46)
    places = [
        Place(
            key=rank,
            name=random.choice(("Nicolas", "Au Fournil", "Boulangerie", f"Chez {rank}", "Nicolas")),
            siret=f"{rank:014}" if rank % 3 == 0 else "",
            commune=f"commune-4604{random.randrange(3)}",
            street=random.choice(("", "rue du Port", f"{random.randrange(60)} rue Haute")),
            phone=random.choice(("", "+33536490012", f"+335364900{random.randrange(10, 99)}")),
            latitude=44 + random.randrange(9) / 1000 if rank % 5 else None,
            longitude=1.4,
            category=random.choice(("", "boulangerie", "caviste")),
        )
        for rank in range(400)
    ]
    told = [_half_remembered(one, random) for one in places]
    found = _assert_as_plain(places, told)
    assert {"same", "doubtful", "none"} <= found.keys()


@pytest.mark.django_db
@pytest.mark.shared_data
@shared_data("commerces")
def test_real_shops_are_offered_as_dictionaries_would() -> None:
    random = Random(46)
    folder = SHARED / "commerces"
    files = ("osm_vrac_france.overpass.json", "osm_pharmacies_niort.overpass-turbo.js")
    places = [
        Place(
            key=rank,
            name=one.facts.name,
            siret=one.facts.siret,
            siren=one.facts.siren,
            commune=one.facts.postal_code,
            street=one.facts.street,
            phone=one.facts.phone,
            latitude=one.facts.latitude,
            longitude=one.facts.longitude,
            category=one.facts.category_key,
        )
        for rank, one in enumerate(
            one for name in files for one in read_osm(folder / name, tally=Tally())
        )
        if one.facts.name
    ]
    sirets = Counter(one.siret for one in places)  # a directory has each once
    places = [one if sirets[one.siret] == 1 else replace(one, siret="") for one in places]
    found = _assert_as_plain(places, [_half_remembered(one, random) for one in places])
    assert len(places) == 1342
    assert found == {"same": 1004, "doubtful": 300, "none": 38}


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
