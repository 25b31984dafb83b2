"""The demonstration's market: every product could be published, every trade has its pictures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from random import Random

import pytest
from tests.cast import Cast
from tests.factories import catalogue, market

from chalandise.catalogue.classification import product_categories
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries import terms_of
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.catalogue.sellers import is_plausible_birth
from chalandise.catalogue.states import Allergen, ProductLabel
from chalandise.config.demo import baskets, shelving
from chalandise.config.demo.baskets import compose_baskets
from chalandise.config.demo.goods import SCENES, Drawing, Goods, drawings_of, goods_of, trades
from chalandise.config.demo.market import sole_trader_of
from chalandise.config.demo.pictures import Workshop
from chalandise.config.demo.recipes import recipes
from chalandise.config.demo.shelving import LASTING_GOODS, chosen_goods, fill_shelves, texts
from chalandise.directory.models import Establishment

KINDS = {kind.category for kind in recipes().kinds}
CATEGORIES = {one.key for one in product_categories()}


@pytest.mark.parametrize("trade", trades())
def test_what_a_trade_sells_can_be_read(trade: str) -> None:
    goods = goods_of(trade)
    assert trade in KINDS
    assert len({one.name for one in goods}) == len(goods) >= 6
    for one in goods:
        assert one.cents >= 50
        assert one.category in CATEGORIES
        assert set(one.labels) <= set(ProductLabel)
        assert set(one.allergens or ()) <= set(Allergen)
        assert set(one.months) <= set(range(1, 13))
        assert one.grams is None or one.variants == (("", 1.0),)


def test_what_is_said_of_products_is_said_of_known_categories() -> None:
    assert set(texts()["about"]) - {"other"} <= CATEGORIES


def test_the_same_thing_twice_on_a_shelf_is_drawn_in_another_scene() -> None:
    cheeses = [one.drawing for one in goods_of("fromagerie") if one.drawing.icon == "cheese-wedge"]
    assert len(set(cheeses)) == SCENES
    assert len(drawings_of(goods_of("fromagerie"))) < len(goods_of("fromagerie"))


def test_some_sell_in_their_own_name_and_could_be_declared() -> None:
    people = [one for one in map(sole_trader_of, range(380)) if one]
    assert len(people) == 152
    assert all(is_plausible_birth(born_on, today=date(2026, 1, 1)) for *_names, born_on in people)


@pytest.mark.django_db
def test_everything_on_a_shelf_has_what_the_law_asks(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = {one.name: one for trade in trades() for one in goods_of(trade)}

    def all_of_it(_shop: Establishment, _random: Random) -> list[Goods]:
        return list(everything.values())

    catalogue.product(cast.bakery)  # brings the categories, and a seller of whom nothing lacks
    monkeypatch.setattr(shelving, "hang", lambda _files: "dessin")
    monkeypatch.setattr(shelving, "chosen_goods", all_of_it)
    pictures: dict[Drawing, list[Path]] = {one.drawing: [] for one in everything.values()}
    shelf = fill_shelves([cast.bakery], pictures, at=market.NOW, random=Random(3))
    assert len(shelf.products) == len(everything) > 500
    assert len({one.slug for one in shelf.products}) == len(shelf.products)
    Product.objects.bulk_create(shelf.products)
    type(shelf.variants[0]).objects.bulk_create(shelf.variants)
    type(shelf.offers[0]).objects.bulk_create(shelf.offers)
    for one in Product.objects.select_related("category", "establishment__organisation"):
        assert set(missing_to_publish(one)) <= {"photo"}, one.name
        assert "{" not in f"{one.name}{one.description}"
    lasting = {one.name for one in shelf.products if one.durability.get("guarantee_years")}
    assert lasting >= LASTING_GOODS


def test_a_shop_sells_the_same_things_each_time(cast: Cast) -> None:
    assert chosen_goods(cast.bakery, Random(1)) == chosen_goods(cast.bakery, Random(1))


@pytest.mark.django_db
def test_baskets_are_agreed_to_and_stand_on_a_shelf(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(baskets, "draw_many", lambda _icons, _number, _base: [])
    monkeypatch.setattr(baskets, "hang", lambda _files: "panier")
    parts = (("boulangerie", ("Brioche", "Pain d’épices")), ("librairie", ("Recettes",)))
    recipe = baskets._Recipe("Panier", "Pour voir.", parts)
    monkeypatch.setattr(baskets, "_RECIPES", (recipe,))
    bread = catalogue.offer(cast.bakery, "Pain d’épices", price_cents=700)
    book = catalogue.offer(cast.bookshop, "Recettes", price_cents=1500, category="livres")
    shops = [cast.bakery, cast.bookshop]
    with ThreadPoolExecutor(max_workers=1) as pool:
        assert compose_baskets(shops, Workshop(tmp_path, pool), at=market.NOW) == 1
    made = catalogue.offer_of(Product.objects.get(kind="basket"))
    one = terms_of([made.pk], at=market.NOW)[made.pk]
    assert one.is_orderable
    assert {(part.offer_id, part.share_cents) for part in one.parts} == {
        (bread.pk, 1100),
        (book.pk, 1500),
    }
