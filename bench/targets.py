"""What is asked for, and what it may cost (`design.md` §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.generator import COMMON_WORD, RARE_WORD
from bench.servers import Running

PAGE_FLOOR = "page floor"
JSON_FLOOR = "JSON floor"
JSON_ROW = "JSON, one row"
CACHED = " (cache)"
WHOLE_REGION = (-0.5, 42.2, 5.0, 45.1)
KEPT_PAGES = 12  # pages that visitors share; each worker has kept them before they are measured
GOODS = ("miel", "confiture", "terrine", "tourtte")
FIRST_VISITS = 1500  # of sheets and products: more than a worker remembers of either
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
    sheets, goods = _sheets(server), _products(server)
    pages = {
        "home": (2.0, ("/",)),
        "list": (2.0, _lists(server)),
        "sheet": (1.0, tuple(sheets)),
        "sheet, asked again": (1.0, tuple(sheets[:KEPT_PAGES])),
        "products": (2.0, _shelves(server)),
        "product search": (2.0, _query("/produits/", "q", _spelt_variously(GOODS))),
        "product": (1.0, tuple(goods)),
        "product, asked again": (1.0, tuple(goods[:KEPT_PAGES])),
    }
    found = [
        Target(PAGE_FLOOR, PAGE_FLOOR, None, _from("/page"), "floor"),
        Target(JSON_FLOOR, JSON_FLOOR, None, _from("/rows"), "floor"),
        Target(JSON_ROW, JSON_FLOOR, None, _from("/row"), "floor"),
    ]
    for name, (budget, paths) in pages.items():
        found.append(Target(name, PAGE_FLOOR, budget, paths))
        if "again" not in name:
            kept = paths[:KEPT_PAGES]
            found.append(Target(name + CACHED, PAGE_FLOOR, 0.25, kept, "cached"))
    common = ("boulangerie", "restaurant", "coiffure", "chaussures", "électricité")
    words = {
        "search, common word": _spelt_variously(common),
        "search, the same again": common,
        "search, rare word": _spelt_variously((RARE_WORD, f"{COMMON_WORD} {RARE_WORD}")),
        "search, typo": _spelt_variously(("boulangreie", "restaurent", "quilembourg")),
    }
    found += [
        Target(name, JSON_FLOOR, 2.0, _query("/api/v1/establishments", "q", some))
        for name, some in words.items()
    ]
    found += [
        Target("map, whole region", JSON_FLOOR, 2.0, _boxes(7, WHOLE_REGION)),
        Target("map, town", JSON_FLOOR, 2.0, _boxes(14, *_towns(server))),
    ]
    return found


def _spelt_variously(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return many spellings of the same words, small and capital letters in every order.

    The index folds them, so each asks for the same work; answers kept in memory do not help.
    """
    found = []
    for mask in range(1500):
        for word in words:
            letters = (c.upper() if mask >> (rank % 11) & 1 else c for rank, c in enumerate(word))
            found.append("".join(letters))
    return tuple(dict.fromkeys(found))


def _boxes(zoom: int, *boxes: tuple[float, float, float, float]) -> tuple[str, ...]:
    """Return requests for boxes, each moved by a metre from the one before, so that all are new."""
    found = []
    for step in range(2000 // len(boxes)):
        for west, south, east, north in boxes:
            moved = step * 0.00001
            box = f"{west + moved:.5f},{south + moved:.5f},{east + moved:.5f},{north + moved:.5f}"
            found.append(f"/api/v1/map?bbox={box}&zoom={zoom}")
    return tuple(found)


def _lists(server: Running) -> tuple[str, ...]:
    """Return the directory, and each trade in each département of the region, in two orders."""
    places = _keys(server, "territories?kind=departement")
    trades = ("restaurant", "boulangerie", "cafe-bar", "epicerie", "primeur", "restauration-rapide")
    return (
        "/commerces/",
        *(
            f"/commerces/?category={trade}&territory={place}{order}"
            for order in ("", "&sort=best")
            for trade in trades
            for place in places
        ),
    )


def _shelves(server: Running) -> tuple[str, ...]:
    """Return the products of the region and of each of its départements, in every order."""
    places = _keys(server, "territories?kind=departement")
    found = [f"territory={place}" for place in places]
    orders = ("best", "newest", "price")
    return ("/produits/", *(f"/produits/?{one}&sort={order}" for order in orders for one in found))


def _keys(server: Running, path: str) -> list[str]:
    return [str(item["key"]) for item in _items(server.get_json(f"/api/v1/{path}"))]


def _query(path: str, name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{path}?{urlencode({name: value})}" for value in values)


def _from(path: str) -> tuple[str, ...]:
    return tuple(f"{path}?from={first}" for first in LETTERS)


def _sheets(server: Running) -> list[str]:
    """Return the pages of more shops than a worker keeps in memory."""
    some = _walk(server, "/api/v1/establishments?sort=name")
    return [f"/commerces/{item['slug']}/" for item in some]


def _products(server: Running) -> list[str]:
    """Return the pages of more products than a worker keeps in memory."""
    return [f"/produits/{item['slug']}/" for item in _walk(server, "/api/v1/products?sort=newest")]


def _walk(server: Running, path: str) -> list[dict[str, Any]]:
    """Return the first `FIRST_VISITS` items of a list, page after page."""
    found: list[dict[str, Any]] = []
    following = ""
    while len(found) < FIRST_VISITS:
        answer = server.get_json(f"{path}&limit=100&{urlencode({'cursor': following})}")
        found += _items(answer)
        following = str(answer.get("next") or "")
        if not following:
            break
    return found


def _towns(server: Running) -> list[tuple[float, float, float, float]]:
    """Return boxes of a screen's size around some shops."""
    found = []
    for item in _items(server.get_json("/api/v1/establishments?q=librairie&limit=12")):
        latitude, longitude = item["position"]["latitude"], item["position"]["longitude"]
        found.append((longitude - 0.03, latitude - 0.015, longitude + 0.03, latitude + 0.015))
    return found


def _items(answer: Mapping[str, object]) -> list[dict[str, Any]]:
    items = answer.get("items")
    if not isinstance(items, list) or not items:
        raise RuntimeError(f"the API found nothing: {str(answer)[:300]}")
    return items
