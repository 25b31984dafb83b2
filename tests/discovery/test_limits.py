"""What is asked stays within bounds, within one portal, and within a fixed number of queries."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.cast import Cast
from tests.discovery.town import raise_town

from chalandise.directory.queries import list_cards
from chalandise.discovery.clusters import map_view
from chalandise.discovery.criteria import Box, Point, Search, Sort
from chalandise.discovery.errors import BadCursorError, OutOfBoundsError, SearchError, TooDeepError
from chalandise.discovery.paging import MOST_READ
from chalandise.discovery.queries import generation, index_health
from chalandise.discovery.search import count_facets, find_establishments
from chalandise.discovery.suggest import suggest

LOT = ("departement-46",)
NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Search(scope=LOT, limit=0),
        lambda: Search(scope=LOT, limit=10**9),
        lambda: Search(scope=LOT, radius_km=5.0),
        lambda: Search(scope=LOT, near=Point(44, 1), radius_km=1e9),
        lambda: Search(scope=LOT, near=Point(44, 1), radius_km=0.0),
        lambda: Search(scope=LOT, near=Point(44, 1), radius_km=NAN),
        lambda: Search(scope=LOT, sort=Sort.NEAREST),
        lambda: Search(scope=LOT, open_at=datetime(2026, 11, 18, 10)),  # noqa: DTZ001
        lambda: Point(90.1, 0),
        lambda: Point(0, 180.1),
        lambda: Point(NAN, 0),
        lambda: Box(3, 44, 1, 45),
        lambda: Box(1, 45, 3, 44),
        lambda: Box(1, 44, 1, 45),
        lambda: Box(-INFINITE, 44, 1, 45),
        lambda: Box(NAN, 44, 1, 45),
        lambda: Box(-181, 44, 1, 45),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_its_name(make: Callable[[], object]) -> None:
    with pytest.raises(OutOfBoundsError) as refused:
        make()
    assert refused.value.field


@pytest.mark.parametrize(
    "words",
    [
        "x" * 10_000,
        "pain " * 3_000,
        "*",
        "pain*",
        '"pain" OR name:[a TO z]',
        "(((((",
        "/.*/",
        "%_%",
        "'; DROP TABLE directory_establishment; --",
        "<script>alert(1)</script>",
        "pain\x00vin",
        "\u202epain",
        "🍞" * 50,
        "-" * 100,
        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    ],
)
def test_strange_words_are_only_words(cast: Cast, build: Callable[[], int], words: str) -> None:
    for is_indexed in (False, True):
        if is_indexed:
            build()
        results = find_establishments(Search.on(cast.lot, words=words))
        assert results.count <= 2
        assert results.is_degraded is not is_indexed
    suggest(words, scope=LOT)
    count_facets(Search.on(cast.lot, words=words))


def test_open_at_reaches_no_further_than_the_index_knows(
    cast: Cast, build: Callable[[], int]
) -> None:
    build()
    now = datetime.now(UTC)
    find_establishments(Search.on(cast.lot, open_at=now + timedelta(days=7)))
    for days in (-30, 9, 4000):
        with pytest.raises(OutOfBoundsError):
            find_establishments(Search.on(cast.lot, open_at=now + timedelta(days=days)))


def test_a_cursor_fits_only_its_own_question(cast: Cast, build: Callable[[], int]) -> None:
    build()
    first = Search.on(cast.lot, limit=1)
    cursor = find_establishments(first).next_cursor
    assert cursor
    assert find_establishments(first.but(cursor=cursor)).ids
    others: list[dict[str, Any]] = [
        {"words": "pain"},
        {"sort": Sort.NAME},
        {"category": "boulangerie"},
        {"scope": ("commune-46042",)},
    ]
    for other in others:
        with pytest.raises(BadCursorError):
            find_establishments(first.but(cursor=cursor, **other))
    for strange in ("é", "AAAA", "W10", cursor[:-4], cursor + "AAAA", "x" * 500, "\x00"):
        with pytest.raises(SearchError):
            find_establishments(first.but(cursor=strange))


def test_deep_pages_by_name_end_kindly(
    db: None, build: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalandise.discovery.paging.MOST_READ", 20)
    portal = raise_town(30)
    build()
    search = Search.on(portal, sort=Sort.NAME, limit=10)
    second = search.but(cursor=find_establishments(search).next_cursor)
    results = find_establishments(second)
    assert (results.count, results.next_cursor) == (30, "")
    with pytest.raises(TooDeepError):
        find_establishments(second.but(limit=11))
    assert MOST_READ >= 20


def test_the_neighbour_is_in_no_answer(cast: Cast, build: Callable[[], int]) -> None:
    build()
    world = Box(-180, -85, 180, 85)
    there = Point(44.0178, 1.355)
    foreign = cast.foreign_shop.pk
    questions: list[dict[str, Any]] = [
        {},
        {"words": "canari"},
        {"words": "canary"},
        {"words": "montauban"},
        {"words": "82000"},
        {"words": "boulangerie canari"},
        {"territory": "commune-82121"},
        {"territory": "region-76"},
        {"near": there},
        {"near": there, "radius_km": 5.0},
        {"bbox": world},
        {"sort": Sort.NAME},
    ]
    for portal in (cast.lot, cast.cahors):
        for question in questions:
            search = Search.on(portal, **question)
            assert foreign not in find_establishments(search).ids, question
            facets = count_facets(search)
            assert "commune-82121" not in {one.key for one in facets.communes}, question
            view = map_view(search.but(bbox=world), zoom=16)
            assert foreign not in view.points, question
        for typed in ("canari", "epicerie", "mont", "82"):
            said = suggest(typed, scope=Search.on(portal).scope)
            assert not [one for one in said if "CANARI" in one.label or one.label == "Montauban"]
    assert find_establishments(Search.on(cast.elsewhere)).ids == (foreign,)
    assert find_establishments(Search(scope=())).ids == ()


@pytest.mark.parametrize("count", [10, 60])
def test_an_answer_costs_the_same_queries_at_any_size(
    db: None,
    build: Callable[[], int],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    portal = raise_town(count)
    build()
    search = Search.on(portal)
    with django_assert_num_queries(0):
        results = find_establishments(search)
        count_facets(search)
        map_view(search.but(bbox=Box(1, 44, 3, 45)), zoom=9)
        generation()
        index_health()
    with django_assert_num_queries(1):
        cards = list_cards(results.ids)
        [(one.category, one.place, one.opening) for one in cards]
    assert [one.pk for one in cards] == list(results.ids)
    with django_assert_num_queries(2):  # names of communes, names of categories
        suggest("cahors", scope=search.scope)
    with django_assert_num_queries(0):
        suggest("cah", scope=search.scope)
