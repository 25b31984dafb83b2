"""What every round of several shops shares: how one gets about, and the picture of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from django.utils.translation import gettext_lazy

from chalandise.logistics.plan import Spot, Visit
from chalandise.storefront.finding.drawing import (
    HEIGHT,
    WIDTH,
    Projection,
    Ring,
    path_of,
    rings_of,
)
from chalandise.territories.clock import departement_code_of
from chalandise.territories.models import TerritoryContour
from chalandise.territories.shapes import distance_metres
from chalandise.web.formatting import metres

PACE_WORDS = {
    "walking": ("a-pied", gettext_lazy("On foot")),
    "cycling": ("a-velo", gettext_lazy("By bicycle")),
    "driving": ("en-voiture", gettext_lazy("By car")),
}
WALKABLE_METRES = 2500
_INSET_WIDTH, _INSET_HEIGHT = 200, 150
_CLOSEST = 0.003  # degrees around a single street, so that its shops do not fill the picture
_ROUND_METRES = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
_METRES_A_DEGREE = 111_195
_DOT_WIDTH, _PUSHES = 70, 24


@dataclass(frozen=True)
class Dot:
    """A place on the picture, with the numbers of its visits: « 1 », « 2–4 », « 1, 3 »."""

    label: str
    x: int
    y: int


@dataclass(frozen=True)
class RoundDrawing:
    """A round on its ground.

    Attributes:
        land: the outline of the département, as SVG path data, as far as it reaches into the picture.
        communes: those of the communes of the stops.
        dots: the stops, numbered in the order of the visits.
        line: from one to the next.
        inset: the whole communes, small; blank where no contour is known, or all of them is seen.
        corner: x and y of the inset, where no stop is.
        frame: x, y, width and height of the picture within the inset.
        bar: the length of a scale bar, and what it stands for.
    """

    land: str
    communes: str
    dots: tuple[Dot, ...]
    line: str
    inset: str
    corner: tuple[int, int]
    frame: tuple[int, int, int, int]
    bar: tuple[int, str]
    width: int = WIDTH
    height: int = HEIGHT


def usual_pace(spots: Iterable[Spot | None]) -> str:
    """Return how one most likely gets about: on foot where all is near."""
    known = [one for one in spots if one is not None]
    far = max(
        (
            distance_metres(a.latitude, a.longitude, b.latitude, b.longitude)
            for a, b in combinations(known, 2)
        ),
        default=0,
    )
    return "walking" if far <= WALKABLE_METRES else "driving"


class Ground:
    """The outlines below the rounds of a page: read once, when the first picture asks for them."""

    def __init__(self, commune_keys: Iterable[str]) -> None:
        self._commune_keys = set(commune_keys)

    @cached_property
    def rings(self) -> dict[str, list[Ring]]:
        """The outlines of the communes and of their départements, by key: one query."""
        keys = sorted({*self._commune_keys, *map(_departement_of, self._commune_keys)})
        rows = TerritoryContour.objects.in_bulk(keys)
        return {key: list(rings_of(row.geometry)) for key, row in rows.items()}


def draw_round(
    visits: Sequence[Visit], commune_keys: Collection[str], ground: Ground | None = None
) -> RoundDrawing | None:
    """Return the picture of a round; None for fewer than two places.

    Args:
        visits: in their order.
        commune_keys: whose ground is drawn.
        ground: what all rounds of the page share; one query where there is none.
    """
    spots = [(n, one.stop.spot) for n, one in enumerate(visits, 1) if one.stop.spot is not None]
    if len({(spot.latitude, spot.longitude) for _n, spot in spots}) < 2:
        return None
    communes = sorted(set(commune_keys))
    around = sorted({_departement_of(one) for one in communes})
    rings = (ground or Ground(communes)).rings
    town = [ring for key in communes for ring in rings.get(key, ())]
    land = [ring for key in around for ring in rings.get(key, ())]
    projection = Projection.around([_around([spot for _n, spot in spots])])
    dots = _dots(spots, projection)
    frame = _frame(town, projection) if town else (0, 0, _INSET_WIDTH, _INSET_HEIGHT)
    return RoundDrawing(
        land=path_of([projection.ring(ring) for ring in land]),
        communes=path_of([projection.ring(ring) for ring in town]),
        dots=tuple(dots),
        line=_line(spots, projection, dots),
        inset=path_of(_inset(town)) if frame[2] < _INSET_WIDTH / 2 else "",
        corner=_free_corner(dots),
        frame=frame,
        bar=_bar(projection),
    )


def _departement_of(commune_key: str) -> str:
    return f"departement-{departement_code_of(commune_key[8:])}"


def _dots(spots: Sequence[tuple[int, Spot]], projection: Projection) -> list[Dot]:
    """Return the places as they are first come to; all visits at the same door share one."""
    numbers: dict[tuple[int, int], list[int]] = {}
    for number, spot in spots:
        numbers.setdefault(_pixel(spot, projection), []).append(number)
    placed = _apart(list(numbers))
    return [
        Dot(numbers_label(made), *at) for at, made in zip(placed, numbers.values(), strict=True)
    ]


def _apart(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where dots are drawn: at their place, or pushed aside until each can be read."""
    moved = [complex(*one) for one in places]
    for _push in range(_PUSHES):
        for a, b in combinations(range(len(moved)), 2):
            between = moved[b] - moved[a]
            lacks = _DOT_WIDTH - abs(between)
            if lacks > 0:
                push = between / abs(between) * lacks / 2 if between else complex(lacks / 2)
                moved[a] -= push
                moved[b] += push
    return [(round(one.real), round(one.imag)) for one in moved]


def _line(spots: Sequence[tuple[int, Spot]], projection: Projection, dots: Sequence[Dot]) -> str:
    """Return the way from dot to dot, in the order of the visits."""
    places = list(dict.fromkeys(_pixel(spot, projection) for _n, spot in spots))
    drawn = dict(zip(places, dots, strict=True))
    way = [drawn[_pixel(spot, projection)] for _n, spot in spots]
    return " ".join(f"{dot.x},{dot.y}" for dot in way)


def _pixel(spot: Spot, projection: Projection) -> tuple[int, int]:
    x, y = projection.point(spot.longitude, spot.latitude)
    return round(x), round(y)


def numbers_label(numbers: Sequence[int]) -> str:
    """Return the numbers of the visits at one place, in their order: « 1 », « 2–4 », « 1, 3 »."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{one[0]}–{one[-1]}" if one[1:] else str(one[0]) for one in runs)


def _free_corner(dots: Sequence[Dot]) -> tuple[int, int]:
    """Return a corner that hides no stop; the first where each has one."""
    right, low = WIDTH - _INSET_WIDTH - 10, HEIGHT - _INSET_HEIGHT - 10
    corners = ((right, 10), (10, 10), (right, low))
    for x, y in corners:
        wide, high = x + _INSET_WIDTH + 40, y + _INSET_HEIGHT + 40
        if not any(x - 40 < dot.x < wide and y - 40 < dot.y < high for dot in dots):
            return x, y
    return corners[0]


def _around(spots: Sequence[Spot]) -> Ring:
    """Return corners with some ground around the stops."""
    longitudes = [one.longitude for one in spots]
    latitudes = [one.latitude for one in spots]
    wide = max((max(longitudes) - min(longitudes)) * 0.2, _CLOSEST)
    high = max((max(latitudes) - min(latitudes)) * 0.2, _CLOSEST)
    return [
        (min(longitudes) - wide, min(latitudes) - high),
        (max(longitudes) + wide, max(latitudes) + high),
    ]


def _inset(land: Sequence[Ring]) -> list[Ring]:
    small = Projection.around(land)
    return [[(x / 4, y / 4) for x, y in small.ring(ring)] for ring in land]


def _frame(land: Sequence[Ring], projection: Projection) -> tuple[int, int, int, int]:
    """Return where the picture lies within the inset, never too small to be seen."""
    small = Projection.around(land)
    ratio = small.scale / projection.scale / 4
    x, y = small.point(projection.west, projection.north)
    left, top = x / 4 - projection.left * ratio, y / 4 - projection.top * ratio
    wide, high = max(WIDTH * ratio, 12), max(HEIGHT * ratio, 9)
    left, top = min(max(left, 0), _INSET_WIDTH - 12), min(max(top, 0), _INSET_HEIGHT - 9)
    return round(left), round(top), round(wide), round(high)


def _bar(projection: Projection) -> tuple[int, str]:
    """Return the longest round length that is no longer than a third of the picture."""
    a_metre = projection.scale / _METRES_A_DEGREE
    fitting = [one for one in _ROUND_METRES if one * a_metre <= WIDTH / 3]
    length = fitting[-1] if fitting else _ROUND_METRES[0]
    return round(length * a_metre), metres(length)
