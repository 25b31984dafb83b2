"""The fictional shops: always the same, plausible, nobody's."""

from __future__ import annotations

import pytest
from phonenumbers import is_possible_number, parse
from tests.factories import territories

from chalandise.config.demo.naming import name_of
from chalandise.config.demo.recipes import recipes
from chalandise.config.demo.shops import invent_shops
from chalandise.directory.classification import classification
from chalandise.directory.hours import normalise
from chalandise.directory.states import Label, Service
from chalandise.territories.models import Territory


@pytest.fixture
def towns(db: None) -> list[Territory]:
    return [
        territories.cahors(),
        territories.figeac(),
        territories.commune("46001", "Albas", population=500),
    ]


def test_the_same_seed_makes_the_same_shops(towns: list[Territory]) -> None:
    assert invent_shops(towns) == invent_shops(towns)


def test_shops_follow_the_population(towns: list[Territory]) -> None:
    shops = invent_shops(towns, most=400)
    count = {town.name: sum(s.commune == town for s in shops) for town in towns}
    assert 360 <= len(shops) <= 440
    assert count["Cahors"] > count["Figeac"] > count["Albas"] > 0


def test_every_recipe_can_enter_the_directory() -> None:
    known = classification().by_key
    for kind in recipes().kinds:
        assert kind.category in known
        assert set(kind.services) <= set(Service)
        assert set(kind.labels) <= set(Label)
    for family in recipes().hours.values():
        for value in family:
            assert normalise(value).problem is None


def test_telephone_numbers_are_those_kept_for_fiction(towns: list[Territory]) -> None:
    shops = invent_shops(towns, most=100)
    assert len({shop.phone for shop in shops}) == len(shops)
    for shop in shops:
        assert shop.phone.startswith("+3353649")
        assert is_possible_number(parse(shop.phone))


def test_names_contract_as_french_does() -> None:
    class First:
        def choice(self, words: list[str]) -> str:
            return words[0]

    assert name_of("Au Pain de {n}", First()) == "Au Pain du Chêne vert"  # type: ignore[arg-type]
    assert name_of("Vins et {n}", First()) == "Vins et Chêne vert"  # type: ignore[arg-type]
