"""Outlines drawn by hand: read as people write them, refused when they enclose no one place."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.logistics.errors import BadSettingError
from chalandise.logistics.outlines import (
    MOST_CORNERS,
    check_ring,
    crosses_itself,
    read_outline,
    write_outline,
)

AROUND_CAHORS = "44.46, 1.40\n44.46, 1.48\n44.42, 1.48\n44.42, 1.40"


def ring_of(text: str) -> list[list[float]]:
    found = read_outline(text)
    assert found is not None
    return found["coordinates"][0]


def refused(text: str) -> str:
    with pytest.raises(BadSettingError) as refusal:
        check_ring(ring_of(text))
    assert refusal.value.field == "polygon"
    return refusal.value.code


@pytest.mark.parametrize(
    "text",
    [
        AROUND_CAHORS,
        AROUND_CAHORS.replace("\n", "\r\n") + "\r\n\r\n",
        AROUND_CAHORS.replace(", ", " "),
        AROUND_CAHORS.replace(", ", " ; ").replace(".", ","),
        AROUND_CAHORS + "\n44.46, 1.40",
        '{"type":"Polygon","coordinates":[[[1.4,44.46],[1.48,44.46],[1.48,44.42],[1.4,44.42],[1.4,44.46]]]}',
        (
            '\ufeff{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":'
            '"Polygon","coordinates":[[[1.4,44.46,180],[1.48,44.46],[1.48,44.42],[1.4,44.42],[1.4,44.46]]]}}]}'
        ),
    ],
)
def test_corners_are_read_however_they_are_written(text: str) -> None:
    ring = ring_of(text)
    assert ring == [[1.4, 44.46], [1.48, 44.46], [1.48, 44.42], [1.4, 44.42], [1.4, 44.46]]
    check_ring(ring)


def test_nothing_typed_is_no_outline() -> None:
    assert read_outline(" \n \x00") is None
    assert write_outline(None) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cahors", "unreadable"),
        ("44.4", "unreadable"),
        ("44.4, 1.4, 3", "unreadable"),
        ("91, 1.4", "unreadable"),
        ("44.4, 181", "unreadable"),
        ("nan, 1", "unreadable"),
        ("1e5, 1", "unreadable"),
        ("{", "bad_file"),
        ("{}", "bad_file"),
        ("{" * 5000, "bad_file"),
        ('{"type":"Point","coordinates":[1,2]}', "bad_file"),
        ('{"type":"Polygon","coordinates":[[],[]]}', "bad_file"),
        ('{"type":"Polygon","coordinates":["xx"]}', "bad_file"),
        ('{"type":"Polygon","coordinates":[[[NaN,1],[2,3],[4,5]]]}', "bad_file"),
        ('{"type":"Polygon","coordinates":[[[true,1],[2,3],[4,5]]]}', "bad_file"),
        ('{"type":"Polygon","coordinates":[[["1","1"],[2,3],[4,5]]]}', "bad_file"),
        ('{"type":"FeatureCollection","features":[{},{}]}', "bad_file"),
        ("x" * 60_001, "too_many"),
    ],
)
def test_what_is_no_outline_is_refused_by_its_reason(text: str, code: str) -> None:
    with pytest.raises(BadSettingError) as refusal:
        read_outline(text)
    assert (refusal.value.field, refusal.value.code) == ("polygon", code)


def test_outlines_that_enclose_no_one_place_are_refused() -> None:
    assert refused("44.4, 1.4\n44.5, 1.5") == "bad_corners"
    assert refused("44.4, 1.4\n44.5, 1.5\n44.4, 1.4\n44.5, 1.5") == "bad_corners"
    assert refused("44.4, 1.4\n44.5, 1.5\n44.5, 1.4\n44.4, 1.5") == "crossing"  # a bow tie
    assert refused("44.4, 1.4\n44.4, 1.6\n44.4, 1.5\n44.5, 1.5") == "crossing"  # folds back
    assert refused("44.4, 1.4\n44.4, 1.5\n44.5, 1.5\n44.4, 1.45") == "crossing"  # touches a side
    assert refused("44.4, 1.4\n44.5, 1.4\n44.5, 1.5\n44.5, 1.5\n44.4, 1.5") == "crossing"  # twice
    assert refused("44.40000, 1.4\n44.40001, 1.4\n44.40001, 1.40001") == "too_small"
    assert refused("44.4, 1.4\n44.4, 1.5\n44.4000001, 1.6") in {"too_small", "crossing"}
    assert refused("42, 1\n46, 1\n46, 5") == "too_large"


@given(
    st.lists(st.floats(0.2, 1), min_size=3, max_size=40),
    st.floats(-60, 60),
    st.floats(-170, 170),
)
def test_a_star_never_crosses_itself_and_comes_back_as_it_was(
    reaches: list[float], latitude: float, longitude: float
) -> None:
    count = len(reaches)
    corners = [
        (
            longitude + 0.1 * reach * math.cos(math.tau * turn / count),
            latitude + 0.1 * reach * math.sin(math.tau * turn / count),
        )
        for turn, reach in enumerate(reaches)
    ]
    kept = [(round(x, 6), round(y, 6)) for x, y in corners]
    assert not crosses_itself(kept)
    polygon: dict[str, Any] = {
        "type": "Polygon",
        "coordinates": [[list(one) for one in (*kept, kept[0])]],
    }
    assert read_outline(write_outline(polygon)) == polygon
    assert read_outline(json.dumps(polygon)) == polygon


@given(st.permutations(range(6)))
def test_swapping_two_corners_of_a_hexagon_is_seen(order: list[int]) -> None:
    """Of all orders of the corners of a hexagon, only going round it does not cross."""
    corners = [(math.cos(math.tau * n / 6), math.sin(math.tau * n / 6)) for n in range(6)]
    start = order.index(0)
    turned = [*order[start:], *order[:start]]
    goes_round = turned in ([0, 1, 2, 3, 4, 5], [0, 5, 4, 3, 2, 1])
    assert crosses_itself([corners[n] for n in order]) is not goes_round


def test_five_hundred_corners_are_enough() -> None:
    lines = [
        f"{44.4 + 0.1 * math.sin(math.tau * n / MOST_CORNERS):.6f}, "
        f"{1.4 + 0.1 * math.cos(math.tau * n / MOST_CORNERS):.6f}"
        for n in range(MOST_CORNERS)
    ]
    check_ring(ring_of("\n".join(lines)))
