"""The index answers for the cast."""

from collections.abc import Callable

from tests.cast import Cast

from chalandise.discovery.clusters import map_view
from chalandise.discovery.criteria import Box, Point, Search
from chalandise.discovery.queries import generation, index_health
from chalandise.discovery.search import count_facets, find_establishments
from chalandise.discovery.suggest import suggest

Build = Callable[[], int]


def test_without_an_index_names_are_looked_up_and_the_page_is_told(cast: Cast) -> None:
    found = find_establishments(Search.on(cast.lot, words="pain"))
    assert found.ids == (cast.bakery.pk,)
    assert found.is_degraded
    assert (index_health(), generation()) == ("missing", 0)


def test_the_bakery_is_found_by_word_place_list_and_map(cast: Cast, build: Build) -> None:
    assert build() == 3
    assert index_health() == "ok"
    for words in ("boulangerie cahors", "boulangeries", "pain", "chanvr", "46000", "bolangerie"):
        found = find_establishments(Search.on(cast.lot, words=words))
        assert found.ids == (cast.bakery.pk,), words
        assert found.is_corrected == (words == "bolangerie")
    near = find_establishments(Search.on(cast.lot, near=Point(44.45, 1.44), radius_km=5.0))
    assert near.distances_m == {cast.bakery.pk: 316}
    assert [one.key for one in count_facets(Search.on(cast.lot)).communes] == [
        "commune-46042",
        "commune-46102",
    ]
    assert [one.label for one in suggest("ca", scope=["departement-46"])] == ["Cahors"]
    assert map_view(Search.on(cast.lot, bbox=Box(0, 40, 3, 46)), zoom=8).count == 2
