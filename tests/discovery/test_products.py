"""Products are found as shops are: by words, by what narrows, by price and by distance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.cast import Cast
from tests.factories import catalogue
from tests.patience import take_all

from chalandise.catalogue.actions.prices import change_price
from chalandise.catalogue.events import ProductChanged
from chalandise.catalogue.models import Product, Promotion
from chalandise.catalogue.states import Allergen, ProductState
from chalandise.directory.events import EstablishmentsChanged
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.discovery import reader, store
from chalandise.discovery.criteria import Point, Search
from chalandise.discovery.errors import BadCursorError, OutOfBoundsError
from chalandise.discovery.feeder import Feeder
from chalandise.discovery.product_criteria import ProductSearch, ProductSort
from chalandise.discovery.products import count_product_facets, find_products
from chalandise.discovery.search import find_establishments
from chalandise.journal.actions import emit
from chalandise.stock.actions import keep_stock

Build = Callable[[], int]


@dataclass
class Shelves:
    """A loaf and a cake at the bakery of Cahors, a book at Figeac."""

    loaf: Product
    cake: Product
    book: Product


@pytest.fixture
def shelves(cast: Cast) -> Shelves:
    return Shelves(
        loaf=catalogue.product(
            cast.bakery,
            "Pain de campagne aux noix",
            price_cents=450,
            allergens=["gluten", "nuts"],
            is_made_here=True,
            labels=["organic"],
            published_at=timezone.now(),
        ),
        cake=catalogue.product(
            cast.bakery,
            "Tarte aux prunes",
            price_cents=1800,
            category="patisseries",
            allergens=None,
        ),
        book=catalogue.product(
            cast.bookshop, "Légendes du Quercy", price_cents=1250, category="livres"
        ),
    )


def found(cast: Cast, **criteria: Any) -> list[int]:
    reader.forget()
    results = find_products(ProductSearch.on(cast.lot, **criteria))
    assert not results.is_degraded
    assert results.count == len(results.ids)
    return list(results.ids)


@pytest.mark.django_db
class TestFinding:
    @pytest.fixture(autouse=True)
    def indexed(self, shelves: Shelves, build: Build) -> None:
        build()

    @pytest.mark.parametrize("words", ["noix", "pains", "pian de campagne", "pain bio", "fait ici"])
    def test_words_are_forgiven_their_spelling(
        self, cast: Cast, shelves: Shelves, words: str
    ) -> None:
        assert found(cast, words=words)[0] == shelves.loaf.pk

    def test_the_name_of_the_shop_and_its_place_find_its_shelf(
        self, cast: Cast, shelves: Shelves
    ) -> None:
        assert set(found(cast, words=cast.bakery.name)) == {shelves.loaf.pk, shelves.cake.pk}
        assert found(cast, words="figeac") == [shelves.book.pk]

    def test_shops_and_products_are_never_mixed(self, cast: Cast, shelves: Shelves) -> None:
        assert not find_establishments(Search.on(cast.lot, words="légendes")).ids
        assert found(cast, words="tarte prunes") == [shelves.cake.pk]

    def test_every_filter_narrows(self, cast: Cast, shelves: Shelves) -> None:
        loaf, cake, book = shelves.loaf.pk, shelves.cake.pk, shelves.book.pk
        assert set(found(cast)) == {loaf, cake, book}
        assert set(found(cast, category="boulangerie-patisserie")) == {loaf, cake}
        assert found(cast, category="pains") == [loaf]
        assert found(cast, made_here=True) == [loaf]
        assert found(cast, labels=("organic",)) == [loaf]
        assert set(found(cast, shop=cast.bakery.pk)) == {loaf, cake}
        assert set(found(cast, least_cents=451, most_cents=1800)) == {cake, book}
        assert found(cast, most_cents=450) == [loaf]
        assert found(cast, territory=cast.bookshop.commune_id) == [book]
        # What nobody has said is not promised: the cake's allergens are unknown.
        assert found(cast, free_of=("gluten",)) == [book]
        assert found(
            cast, near=Point(cast.bookshop.latitude, cast.bookshop.longitude), radius_km=2
        ) == [book]

    def test_each_order_reads_to_the_end_page_by_page(self, cast: Cast, shelves: Shelves) -> None:
        loaf, cake, book = shelves.loaf.pk, shelves.cake.pk, shelves.book.pk
        near = Point(cast.bookshop.latitude, cast.bookshop.longitude)
        for order, expected in (
            ({"order": ProductSort.PRICE}, [loaf, book, cake]),
            ({"order": ProductSort.NEWEST}, [loaf, book, cake]),
            ({"order": ProductSort.NEAREST, "near": near}, [book, loaf, cake]),
            ({}, None),
        ):
            seen: list[int] = []
            cursor = ""
            while True:
                page = find_products(ProductSearch.on(cast.lot, limit=1, cursor=cursor, **order))
                assert page.count == 3
                seen += page.ids
                if not (cursor := page.next_cursor):
                    break
            assert seen == expected or (expected is None and set(seen) == {loaf, cake, book})

    def test_a_cursor_fits_its_own_question_only(self, cast: Cast, shelves: Shelves) -> None:
        first = find_products(ProductSearch.on(cast.lot, limit=1, order=ProductSort.PRICE))
        with pytest.raises(BadCursorError):
            find_products(ProductSearch.on(cast.lot, limit=1, cursor=first.next_cursor))

    def test_facets_count_each_without_itself(self, cast: Cast, shelves: Shelves) -> None:
        facets = count_product_facets(ProductSearch.on(cast.lot, category="pains"))
        counts = {one.key: one.count for one in facets.categories}
        assert counts["boulangerie-patisserie"] == 2
        assert counts["livres"] == 1
        assert {one.key: one.count for one in facets.traits} == {"made_here": 1, "in_stock": 1}

    def test_what_is_free_of_an_allergen_is_counted_where_somebody_said(
        self, cast: Cast, shelves: Shelves
    ) -> None:
        facets = count_product_facets(ProductSearch.on(cast.lot))
        counts = {one.key: one.count for one in facets.free_of}
        assert set(counts) <= set(Allergen.values)
        for key in Allergen.values:
            assert counts.get(key, 0) == len(found(cast, free_of=(key,)))
        narrowed = count_product_facets(ProductSearch.on(cast.lot, free_of=("gluten",)))
        assert narrowed.free_of == facets.free_of  # each is counted without itself
        assert counts["gluten"] < counts["milk"]

    def test_another_portal_shows_none_of_it(self, cast: Cast, shelves: Shelves) -> None:
        assert not find_products(ProductSearch(scope=("departement-12",))).ids

    def test_without_index_names_are_looked_up(self, cast: Cast, shelves: Shelves) -> None:
        (store.root() / "current").unlink()
        reader.forget()
        results = find_products(ProductSearch.on(cast.lot, words="pain", made_here=True))
        assert results.is_degraded
        assert results.ids == (shelves.loaf.pk,)
        assert not count_product_facets(ProductSearch.on(cast.lot)).categories


@pytest.mark.parametrize(
    "criteria",
    [
        {"least_cents": -1},
        {"most_cents": 10**9},
        {"least_cents": 2, "most_cents": 1},
        {"free_of": ("noise",)},
        {"order": ProductSort.NEAREST},
    ],
)
def test_what_is_out_of_bounds_is_refused(criteria: dict[str, Any]) -> None:
    with pytest.raises(OutOfBoundsError):
        ProductSearch(scope=("departement-46",), **criteria)


@pytest.fixture
def feeder(index_folder: Path) -> Iterator[Feeder]:
    made = Feeder()
    yield made
    made.close()


@pytest.mark.django_db(transaction=True)
def test_prices_stock_and_shelves_follow_the_tables(
    cast: Cast, shelves: Shelves, feeder: Feeder
) -> None:
    feeder.step()
    assert found(cast, order=ProductSort.PRICE)[0] == shelves.loaf.pk
    change_price(
        catalogue.offer_of(shelves.loaf), price_cents=2400, by=catalogue.BY, at=timezone.now()
    )
    take_all(feeder)
    assert found(cast, least_cents=2400) == [shelves.loaf.pk]
    keep_stock(catalogue.offer_of(shelves.cake), 0, by=catalogue.BY, at=timezone.now())
    with transaction.atomic():
        emit(ProductChanged(shelves.cake.pk), at=timezone.now())
    take_all(feeder)
    assert set(found(cast, in_stock=True)) == {shelves.loaf.pk, shelves.book.pk}
    Product.objects.filter(pk=shelves.book.pk).update(state=ProductState.WITHDRAWN)
    with transaction.atomic():
        emit(ProductChanged(shelves.book.pk), at=timezone.now())
    take_all(feeder)
    assert set(found(cast)) == {shelves.loaf.pk, shelves.cake.pk}
    Establishment.objects.filter(pk=cast.bakery.pk).update(status=ListingState.CLOSED)
    with transaction.atomic():
        emit(EstablishmentsChanged([cast.bakery.pk]), at=timezone.now())
    take_all(feeder)
    assert found(cast) == []


@pytest.mark.django_db(transaction=True)
def test_a_promotion_shows_when_its_time_comes_without_any_event(
    cast: Cast, shelves: Shelves, feeder: Feeder
) -> None:
    feeder.step()
    Promotion.objects.create(
        offer=catalogue.offer_of(shelves.book),
        price_cents=300,
        starts_at=timezone.now() - timedelta(seconds=1),
        ends_at=timezone.now() + timedelta(hours=1),
    )
    assert found(cast, most_cents=300) == []
    feeder.step()
    assert found(cast, most_cents=300) == [shelves.book.pk]
