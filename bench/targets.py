"""What is asked for, and what it may cost (`design.md` §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.generator import COMMON_WORD, RARE_WORD
from bench.servers import Running

PAGE_FLOOR = "page floor"
JSON_FLOOR = "JSON floor"
JSON_ROW = "JSON, one row"
CACHED = " (cache)"
WHOLE_REGION = "-0.5,42.2,5.0,45.1"
LETTERS = "abcdefghilmnopr"  # first letters of names


@dataclass(frozen=True)
class Target:
    """One kind of request.

    Attributes:
        name: as the table calls it.
        floor: the floor it is compared with.
        budget: how many times the time of that floor it may take.
        paths: addresses asked in turn.
        server: which server answers: floor, anew or cached.
    """

    name: str
    floor: str
    budget: float | None
    paths: tuple[str, ...]
    server: str = "anew"

    @property
    def is_floor(self) -> bool:
        """Whether others are compared with it."""
        return self.server == "floor"


def targets(server: Running) -> list[Target]:
    """Return all that is measured; sample addresses are asked from the server itself."""
    slugs = _slugs(server)
    towns = _towns(server)
    api = "/api/v1/establishments"
    pages = {
        "home": (2.0, ("/",)),
        "list": (2.0, ("/commerces/", *_query("/commerces/", "category", _TRADES))),
        "sheet": (1.0, tuple(f"/commerces/{slug}/" for slug in slugs)),
    }
    found = [
        Target(PAGE_FLOOR, PAGE_FLOOR, None, _from("/page"), "floor"),
        Target(JSON_FLOOR, JSON_FLOOR, None, _from("/rows"), "floor"),
        Target(JSON_ROW, JSON_FLOOR, None, _from("/row"), "floor"),
    ]
    for name, (budget, paths) in pages.items():
        found.append(Target(name, PAGE_FLOOR, budget, paths))
        found.append(Target(name + CACHED, PAGE_FLOOR, 0.25, paths, "cached"))
    words = {
        "search, common word": (COMMON_WORD, "restaurant", "coiffure", "garage"),
        "search, rare word": (RARE_WORD.lower(), f"boulangerie {RARE_WORD}"),
        "search, typo": ("boulangreie", "restaurent", "quilembourg"),
    }
    found += [Target(name, JSON_FLOOR, 2.0, _query(api, "q", some)) for name, some in words.items()]
    found += [
        Target("map, whole region", JSON_FLOOR, 2.0, (f"/api/v1/map?bbox={WHOLE_REGION}&zoom=7",)),
        Target("map, town", JSON_FLOOR, 2.0, towns),
    ]
    return found


_TRADES = ("boulangerie", "restaurant", "fleuriste", "librairie")


def _query(path: str, name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{path}?{urlencode({name: value})}" for value in values)


def _from(path: str) -> tuple[str, ...]:
    return tuple(f"{path}?from={first}" for first in LETTERS)


def _slugs(server: Running) -> list[str]:
    slugs = []
    for letter in ("boulangerie", "restaurant", "salon", "garage"):
        answer = server.get_json(f"/api/v1/establishments?q={letter}&limit=50")
        slugs += [item["slug"] for item in _items(answer)]
    return slugs


def _towns(server: Running) -> tuple[str, ...]:
    """Return boxes of a screen's size around the middles of some shops' towns."""
    boxes = []
    answer = server.get_json("/api/v1/establishments?q=librairie&limit=12")
    for item in _items(answer):
        position = item["position"]
        latitude, longitude = position["latitude"], position["longitude"]
        box = f"{longitude - 0.03:.4f},{latitude - 0.015:.4f},{longitude + 0.03:.4f},"
        boxes.append(f"/api/v1/map?bbox={box}{latitude + 0.015:.4f}&zoom=14")
    return tuple(boxes)


def _items(answer: Mapping[str, object]) -> list[dict[str, dict[str, float]]]:
    items = answer.get("items")
    if not isinstance(items, list) or not items:
        raise RuntimeError(f"the API found nothing: {str(answer)[:300]}")
    return items
