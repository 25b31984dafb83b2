"""How much the demonstration shows, on its plan alone: nothing is written, so it costs a moment.

README says these figures; `test_demo_sales.py` and `test_demo_past.py` play its orders.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from chalandise.config.demo.goods import goods_of
from chalandise.config.demo.market import SELLERS, _varied
from chalandise.config.demo.seed import _LIVELY_KINDS, DEPARTEMENT, LIVELY
from chalandise.config.demo.shelving import chosen_goods
from chalandise.config.demo.shops import SEED, FictionalShop, invent_shops
from chalandise.territories.models import Territory
from chalandise.territories.reading import read_places
from chalandise.territories.states import Kind

README = Path(__file__).resolve().parents[2] / "README.md"


@cache
def shops() -> list[FictionalShop]:
    """The shops of the plan, in the communes of the shipped territory."""
    return invent_shops(communes())


@cache
def communes() -> list[Territory]:
    """The communes of the Lot as they are shipped."""
    places = [
        one for one in read_places() if one.kind == Kind.COMMUNE and one.departement == DEPARTEMENT
    ]
    return [
        Territory(
            key=one.key,
            name=one.name,
            population=one.population,
            latitude=one.latitude,
            longitude=one.longitude,
        )
        for one in sorted(places, key=lambda one: one.key)
    ]


def sellers() -> list[Any]:
    """Who sells: the lively shops of which a trade has a shelf, then the first of every trade."""
    stalls = [
        SimpleNamespace(category_id=one.kind.category, people=one.commune.population or 0)
        for one in shops()
        if one.hours
    ]
    stalls.sort(key=lambda one: -one.people)
    count: Counter[str] = Counter()
    lively = []
    for one in stalls:
        if one.category_id in _LIVELY_KINDS and count[one.category_id] < 3:
            count[one.category_id] += 1
            lively.append(one)
    lively = lively[:LIVELY]
    others = [one for one in stalls if one not in lively and goods_of(one.category_id)]
    hired = _varied(others)
    return [*(one for one in lively if goods_of(one.category_id)), *hired][:SELLERS]


def test_the_demonstration_is_a_whole_departement() -> None:
    assert len(communes()) == 312  # of the Code officiel géographique 2026
    assert 2_450 <= len(shops()) <= 2_550
    inhabited = {shop.commune.key for shop in shops()}
    assert len(inhabited) > 250
    assert "about 2,500 shops" in " ".join(README.read_text().split())


def test_some_380_merchants_sell_about_6000_things() -> None:
    sold = sellers()
    assert 360 <= len(sold) <= SELLERS
    random = Random(SEED)
    offers = sum(len(one.variants) for shop in sold for one in chosen_goods(shop, random))
    assert 5_500 <= offers <= 6_800
    assert len({shop.category_id for shop in sold}) > 25  # potters sell as bakers do
    assert "some 380 of which sell online" in " ".join(README.read_text().split())
