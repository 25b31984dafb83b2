from hypothesis import given
from hypothesis import strategies as st

from chalandise.territories.packing import UNIT, box_of, pack_ring, unpack_geometry, unpack_ring

STEP = st.integers(-180 * UNIT, 180 * UNIT)


@given(st.lists(st.tuples(STEP, STEP), min_size=1))
def test_a_ring_comes_back_as_it_was_packed(steps: list[tuple[int, int]]) -> None:
    points = [(x / UNIT, y / UNIT) for x, y in steps]
    kept = [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
    assert unpack_ring(pack_ring(points)) == kept


def test_the_packing_is_the_published_polyline_encoding() -> None:
    # The worked example of the format's documentation: units of 0.00001 there, longitude second.
    points = [(-1202.0, 385.0), (-1209.5, 407.0), (-1264.53, 432.52)]
    assert pack_ring(points) == "~ps|U_p~iFnnqC_ulLvxq`@_mqN"
    assert unpack_ring("~ps|U_p~iFnnqC_ulLvxq`@_mqN") == points


def test_two_rings_that_share_a_border_keep_the_same_points_on_it() -> None:
    border = [(1.23456, 44.65432), (1.3, 44.7), (1.44449, 44.71111)]
    there = unpack_ring(pack_ring([(1.0, 44.0), *border]))
    back = unpack_ring(pack_ring([(2.0, 45.0), *reversed(border)]))
    assert there[1:] == back[:0:-1]


def test_several_polygons_make_a_multipolygon_and_its_box() -> None:
    square = pack_ring([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    island = pack_ring([(3, 3), (4, 3), (4, 5), (3, 3)])
    assert unpack_geometry([[square]])["type"] == "Polygon"
    geometry = unpack_geometry([[square], [island]])
    assert geometry["type"] == "MultiPolygon"
    assert box_of(geometry) == (0, 0, 4, 5)
