"""The index agrees with a plain reading of the tables, to the last shop."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.discovery.town import branch_of, everybody, raise_town

from chalandise.directory.models import Establishment
from chalandise.directory.queries import opening_of
from chalandise.directory.states import Label, Service
from chalandise.discovery import clusters, facets, nearest, reader
from chalandise.discovery.cells import cell_of, cells_of, distance_m, tile_of
from chalandise.discovery.clusters import map_view
from chalandise.discovery.criteria import Box, Point, Search, Sort
from chalandise.discovery.discs import cover
from chalandise.discovery.nearest import find_nearest
from chalandise.discovery.search import count_establishments, count_facets, find_establishments
from chalandise.portals.models import Portal

MOMENT = "2026-11-18 10:30"
CENTRE = (44.4475, 1.4419)


@pytest.fixture
def town(db: None, freeze: Callable[[str], datetime], build: Callable[[], int]) -> Portal:
    freeze(MOMENT)
    portal = raise_town(120)
    assert build() == 120
    return portal


def criteria() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "category": st.sampled_from(["alimentation", "boulangerie", "coiffeur", "none"]),
            "territory": st.sampled_from(["commune-46042", "epci-200067361", "departement-82"]),
            "services": st.lists(st.sampled_from(Service.values), max_size=2, unique=True).map(
                tuple
            ),
            "labels": st.lists(st.sampled_from(Label.values), max_size=1).map(tuple),
            "bbox": st.tuples(
                st.floats(1.3, 1.45),
                st.floats(44.3, 44.45),
                st.floats(0.01, 0.9),
                st.floats(0.01, 0.4),
            ).map(lambda b: Box(b[0], b[1], b[0] + b[2], b[1] + b[3])),
            "near": st.just(Point(*CENTRE)),
            "radius_km": st.floats(0.05, 80),
        },
    ).map(lambda one: {k: v for k, v in one.items() if k != "radius_km" or "near" in one})


def matches(one: Establishment, asked: dict[str, Any], *, without: str = "") -> bool:
    located = one.latitude is not None and one.longitude is not None
    category, territory = asked.get("category"), asked.get("territory")
    box, radius = asked.get("bbox"), asked.get("radius_km")
    if category and without != "categories" and category not in branch_of(one.category):
        return False
    if territory and without != "communes" and territory not in one.commune.ancestor_keys:
        return False
    if without != "services" and not set(asked.get("services", ())) <= set(one.services):
        return False
    if without != "labels" and not set(asked.get("labels", ())) <= set(one.labels):
        return False
    if box and not (
        located and box.south <= one.latitude <= box.north and box.west <= one.longitude <= box.east
    ):
        return False
    return radius is None or (
        located and distance_m(*CENTRE, one.latitude, one.longitude) <= radius * 1000
    )


def test_lists_counts_facets_and_maps_agree(town: Portal) -> None:
    people = everybody()

    @given(asked=criteria(), zoom=st.integers(0, 22))
    @hypothesis_settings(max_examples=120)
    def compare(asked: dict[str, Any], zoom: int) -> None:
        search = Search.on(town, limit=100, **asked)
        expected = {one.pk for one in people if matches(one, asked)}
        located = {one.pk for one in people if one.pk in expected and one.latitude is not None}
        assert count_establishments(search) == len(expected)
        plain = find_establishments(search.but(sort=Sort.NAME))
        assert plain.count == len(expected)
        if len(expected) <= 100:
            assert set(plain.ids) == expected
        view = map_view(search, zoom=zoom)
        shown = sum(one.held for one in view.clusters) + len(view.points)
        assert view.count == shown == len(located)
        assert set(view.points) <= located
        found = count_facets(search)
        keys: dict[str, Callable[[Establishment], set[str]]] = {
            "categories": lambda one: branch_of(one.category),
            "communes": lambda one: {one.commune_id},
            "services": lambda one: set(one.services),
            "labels": lambda one: set(one.labels),
        }
        for facet, keys_of in keys.items():
            counted = Counter(
                key for one in people if matches(one, asked, without=facet) for key in keys_of(one)
            )
            assert {v.key: v.count for v in getattr(found, facet)} == dict(counted), facet
        for most in (1, 2):
            assert count_facets(search, communes=most).communes == found.communes[:most]

    compare()


def test_the_nearest_are_the_first_of_the_list_by_nearness(town: Portal) -> None:
    asked = Search.on(town, sort=Sort.NEAREST, near=Point(*CENTRE), limit=24)
    for latitude, longitude in ((0, 0), (0.004, -0.003), (0.03, 0.02), (0.2, 0.2), (1, 1)):
        near = Point(CENTRE[0] + latitude, CENTRE[1] + longitude)
        for within_km, most in ((0.2, 5), (3, 5), (3, 24), (40, 24)):
            listed = find_establishments(asked.but(near=near, radius_km=within_km, limit=most))
            found = find_nearest(near, scope=asked.scope, within_m=within_km * 1000, most=most)
            assert found == listed.ids
    assert find_nearest(Point(*CENTRE), scope=(), within_m=9000, most=5) == ()
    assert find_nearest(Point(-90, -180), scope=asked.scope, within_m=9000, most=5) == ()


@pytest.mark.parametrize("begun", [8, 11, 13, 15, 16])
def test_the_nearest_are_the_same_with_whatever_squares_one_begins(
    town: Portal, monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    asked = Search.on(town, sort=Sort.NEAREST, near=Point(*CENTRE), limit=5)
    monkeypatch.setattr(nearest, "MOST_CANDIDATES", 100)
    for radius_km in (0.5, 3):
        listed = find_establishments(asked.but(radius_km=radius_km)).ids
        remembered = {(asked.scope, tile_of(*CENTRE, nearest._PLACE_ZOOM)): begun}
        monkeypatch.setattr(nearest, "_first_zooms", remembered)
        nearest._near.clear()
        found = find_nearest(Point(*CENTRE), scope=asked.scope, within_m=radius_km * 1000, most=5)
        assert found == listed


@pytest.mark.parametrize("sort", [Sort.BEST, Sort.NAME, Sort.NEAREST])
@pytest.mark.parametrize("words", ["", "pain"])
def test_pages_follow_each_other_in_order(town: Portal, sort: Sort, words: str) -> None:
    near = Point(*CENTRE) if sort is Sort.NEAREST else None
    search = Search.on(town, words=words, sort=sort, near=near, limit=7)
    ids: list[int] = []
    cursor, counts = "", set()
    while True:
        page = find_establishments(search.but(cursor=cursor))
        ids += page.ids
        counts.add(page.count)
        cursor = page.next_cursor
        if not cursor:
            break
    assert counts == {len(ids)}
    assert len(set(ids)) == len(ids)
    by_id = {one.pk: one for one in everybody()}
    if sort is Sort.NAME:
        assert ids == sorted(ids, key=lambda pk: (by_id[pk].sort_key, pk))
    if sort is Sort.NEAREST:
        far = [distance_m(*CENTRE, by_id[p].latitude or 0, by_id[p].longitude or 0) for p in ids]
        assert far == sorted(far)
    elif not words:
        assert len(ids) == 120


def test_open_at_agrees_with_the_schedules(town: Portal, freeze: Callable[[str], datetime]) -> None:
    people = everybody()
    schedules = {one.pk: opening_of(one) for one in people}
    start = freeze(MOMENT)
    for step in range(0, 8 * 24 * 4, 7):
        at = start + timedelta(minutes=15 * step)
        found = find_establishments(Search.on(town, open_at=at, limit=100, sort=Sort.NAME))
        really = {pk for pk, s in schedules.items() if s is not None and s.status(at).is_open}
        ends = at + timedelta(minutes=15)
        throughout = {
            pk for pk in really if (s := schedules[pk]) is not None and s.status(ends).is_open
        }
        assert set(found.ids) <= really, at  # never open when closed
        assert throughout <= set(found.ids) | set(), at


@given(
    latitude=st.floats(-60, 60),
    longitude=st.floats(-170, 170),
    radius=st.floats(20, 100_000),
    turn=st.floats(0, 6.283),
    share=st.floats(0, 2),
)
def test_the_squares_of_a_disc_hold_it_and_no_more(
    latitude: float, longitude: float, radius: float, turn: float, share: float
) -> None:

    inside, edge = cover(Point(latitude, longitude), radius)
    far = radius * share / 111_195
    there = (
        latitude + far * math.sin(turn),
        longitude + far * math.cos(turn) / math.cos(math.radians(latitude)),
    )
    metres = distance_m(latitude, longitude, *there)
    within = any(cell_of(*there, zoom) in cells for zoom, cells in inside.items())
    crossed = any(cell_of(*there, zoom) in cells for zoom, cells in edge.items())
    if within:
        assert metres <= radius
    if metres <= radius:
        assert within or crossed


def test_squares_nest() -> None:
    for zoom, cell in zip(range(5, 18), cells_of(*CENTRE), strict=True):
        assert cell == cell_of(*CENTRE, zoom)


@pytest.fixture(autouse=True)
def fresh_reader(index_folder: Path) -> Iterator[None]:
    """The clock stands still, so the reader would never look again by itself."""
    yield
    reader.forget()


@pytest.mark.parametrize("zoom", [11, 12, 13])
def test_crowded_squares_join_and_lose_nobody(
    town: Portal, monkeypatch: pytest.MonkeyPatch, zoom: int
) -> None:
    search = Search.on(town, bbox=Box(1.0, 44.0, 2.2, 45.0))
    apart = map_view(search, zoom=zoom)
    monkeypatch.setattr(clusters, "MANY", 4)
    clusters._views.clear()
    joined = map_view(search, zoom=zoom)
    listed = find_establishments(search).count
    for view in (apart, joined):
        assert sum(one.held for one in view.clusters) + len(view.points) == view.count == listed
    assert set(joined.points) <= set(apart.points)
    marks, fewer = (len(view.clusters) + len(view.points) for view in (apart, joined))
    assert fewer < marks
    again = map_view(search.but(bbox=Box(1.0, 44.0, 2.2, 45.0001)), zoom=zoom)
    assert [one.held for one in again.clusters] == [one.held for one in joined.clusters]


@pytest.mark.parametrize("beyond", [0, 1, 10])
def test_the_first_communes_are_the_same_however_few_are_counted(
    town: Portal, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr(facets, "_BEYOND", beyond)
    for chosen in ({}, {"category": "coiffeur"}, {"words": "pain"}, {"words": "lieu"}):
        search = Search.on(town, **chosen)
        every = count_facets(search).communes
        assert count_facets(search, communes=1).communes == every[:1]
        assert count_facets(search, communes=14).communes == every
