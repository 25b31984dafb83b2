"""What fictional shops sell, as `products.toml` says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("products.toml")
_SAME = {
    "maraicher": "primeur",
    "epicerie": "epicerie-fine",
    "chocolatier": "patisserie",
    "bijoutier-createur": "poterie-ceramique",
    "traiteur": "restaurant",
    "pizzeria": "restaurant",
    "charcuterie-traiteur": "boucherie-charcuterie",
    "boucherie": "boucherie-charcuterie",
}


@dataclass(frozen=True)
class Goods:
    """One product as the file says it.

    Attributes:
        category: key of the product category.
        icon: the picture it is drawn with.
        unit: « 250 g », blank where none is owed.
        allergens: None where the question does not arise, empty for none.
        variants: names and shares of the price; one nameless where there is no choice.
    """

    name: str
    category: str
    icon: str
    cents: int
    unit: str
    allergens: tuple[str, ...] | None
    variants: tuple[tuple[str, float], ...]


@cache
def goods_of(shop_category: str) -> tuple[Goods, ...]:
    """Return what shops of a category sell; nothing for the trades that sell nothing here."""
    document = _document()
    lines = document.get(_SAME.get(shop_category, shop_category), [])
    return tuple(_read(line) for line in lines)


@cache
def drawn_icons() -> tuple[str, ...]:
    """Return the names of all pictures, in a stable order."""
    every = (_read(line) for lines in _document().values() for line in lines)
    return tuple(sorted({one.icon for one in every}))


@cache
def _document() -> dict[str, list[str]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def _read(line: str) -> Goods:
    name, category, icon, cents, unit, allergens, variants = (
        part.strip() for part in line.split("|")
    )
    said = None if not allergens else tuple(one.strip() for one in allergens.split(","))
    choices = [one.split("=") for one in variants.split(",") if one.strip()]
    return Goods(
        name=name,
        category=category,
        icon=icon,
        cents=int(cents),
        unit=unit,
        allergens=() if said == ("-",) else said,
        variants=tuple((word.strip(), float(share)) for word, share in choices) or (("", 1.0),),
    )
