"""Our classification of products, read from the file that ships with the room; pure Python."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chalandise.kernel.text import words

FALLBACK_CATEGORY = "autres-produits"
_DATA = Path(__file__).parent / "data" / "product_categories.toml"


@dataclass(frozen=True, slots=True)
class ProductCategorySpec:
    """One category as the shipped file describes it."""

    key: str
    name: str
    name_en: str
    icon: str
    parent: str = ""
    position: int = 0
    vat_code: str = "standard"
    requirements: tuple[str, ...] = ()
    may_say: tuple[str, ...] = ()
    withdrawal_exception: str = ""
    goods_kind: str = "goods"
    minimum_age: int = 0
    is_alcohol: bool = False
    is_perishable: bool = False
    is_blocked: bool = False
    shops: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@cache
def product_categories() -> tuple[ProductCategorySpec, ...]:
    """Return the shipped tree, each branch before its leaves; read once."""
    return tuple(_specs(tomllib.loads(_DATA.read_text(encoding="utf-8"))))


def guess_category(name: str, shop_category: str = "") -> str:
    """Return the leaf that a product most likely belongs to, by its name, else by its shop.

    The longest phrase wins (« pain au chocolat » is no chocolate), then the one that opens the
    name and the one of the shop's own trade.
    """
    said = [_stem(word) for word in words(name)]
    scores: dict[str, int] = {}
    for position, word in enumerate(said):
        for phrase, spec in _phrases().get(word, ()):
            if tuple(said[position : position + len(phrase)]) == phrase:
                score = 4 * len(phrase) + 2 * (position == 0) + 2 * (shop_category in spec.shops)
                scores[spec.key] = max(score, scores.get(spec.key, 0))
    most = max(scores.values(), default=0)
    best = [spec.key for spec in _leaves() if scores.get(spec.key) == most]
    return best[0] if best else _by_shop().get(shop_category, FALLBACK_CATEGORY)


@cache
def asks_for_maker(category_key: str) -> bool:
    """Tell whether products of a category say who makes them, or who publishes them."""
    asks = next((one.requirements for one in product_categories() if one.key == category_key), ())
    return bool({"manufacturer", "publisher"}.intersection(asks))


@cache
def parent_of(category_key: str) -> str:
    """Return the branch of a leaf, blank for what is none."""
    return next((one.parent for one in product_categories() if one.key == category_key), "")


def _stem(word: str) -> str:
    return word.rstrip("sx") or word


@cache
def _phrases() -> Mapping[str, list[tuple[tuple[str, ...], ProductCategorySpec]]]:
    """Return what names say, by the first word of each phrase."""
    found: dict[str, list[tuple[tuple[str, ...], ProductCategorySpec]]] = {}
    for spec in _leaves():
        for text in spec.words:
            phrase = tuple(_stem(word) for word in words(text))
            found.setdefault(phrase[0], []).append((phrase, spec))
    return found


@cache
def _leaves() -> tuple[ProductCategorySpec, ...]:
    return tuple(spec for spec in product_categories() if spec.parent)


@cache
def _by_shop() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for spec in _leaves():
        for shop in spec.shops:
            found.setdefault(shop, spec.key)
    return found


def _specs(document: Mapping[str, Any]) -> Iterator[ProductCategorySpec]:
    position = 0
    for branch in document["branch"]:
        position += 1
        yield ProductCategorySpec(
            key=branch["key"],
            name=branch["name"],
            name_en=branch["name_en"],
            icon=branch["icon"],
            position=position,
        )
        for leaf in branch["leaves"]:
            position += 1
            yield ProductCategorySpec(
                key=leaf["key"],
                name=leaf["name"],
                name_en=leaf["name_en"],
                icon=leaf["icon"],
                parent=branch["key"],
                position=position,
                vat_code=leaf["vat"],
                requirements=tuple(leaf.get("asks", ())),
                may_say=tuple(leaf.get("may_say", ())),
                withdrawal_exception=leaf.get("exception", ""),
                goods_kind=leaf.get("kind", "goods"),
                minimum_age=leaf.get("age", 0),
                is_alcohol=leaf.get("alcohol", False),
                is_perishable=leaf.get("perishable", False),
                is_blocked=leaf.get("blocked", False),
                shops=tuple(leaf.get("shops", ())),
                words=tuple(leaf.get("words", ())),
            )
