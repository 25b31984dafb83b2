"""What fictional shops sell, as `products.toml` says."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("products.toml")
SCENES = 4
_FISH = {"com": "commercial_name", "lat": "scientific_name", "prod": "production", "eng": "gear"}
_SAME = {
    "magasin-bio": "epicerie-fine",
    "epicerie": "epicerie-fine",
    "vrac": "epicerie-fine",
    "creperie": "restaurant",
    "cuisine-du-monde": "restaurant",
    "bijouterie-horlogerie": "bijoutier-createur",
    "barbier": "coiffeur",
    "jardinerie": "pepiniere",
}

BESIDE = {
    "boulangerie": ("sheaf-of-rice", "butter", "ear-of-corn"),
    "patisserie": ("strawberry", "cherries", "egg"),
    "fromagerie": ("grapes", "olive", "bread"),
    "fromage-fermier": ("herb", "goat", "olive"),
    "boucherie-charcuterie": ("herb", "garlic", "hot-pepper"),
    "primeur": ("leafy-green", "lemon", "herb"),
    "maraicher": ("seedling", "leafy-green", "sun"),
    "caviste": ("grapes", "cheese-wedge", "olive"),
    "vigneron": ("grapes", "sun", "leaf-fluttering-in-wind"),
    "epicerie-fine": ("olive", "herb", "lemon"),
    "fleuriste": ("butterfly", "blossom", "seedling"),
    "librairie": ("hot-beverage", "glasses", "bookmark"),
    "poterie-ceramique": ("herb", "tulip", "hot-beverage"),
    "jeux-jouets": ("balloon", "star", "sparkles"),
    "apiculteur": ("honeybee", "sunflower", "blossom"),
    "ferme": ("chicken", "sheaf-of-rice", "sun"),
    "restaurant": ("herb", "garlic", "tomato"),
    "velo": ("bell", "sun", "wrench"),
    "poissonnerie": ("lemon", "herb", "ice"),
    "chocolaterie-confiserie": ("chestnut", "ribbon", "candy"),
    "coiffeur": ("scissors", "mirror", "ribbon"),
    "brasserie-artisanale": ("sheaf-of-rice", "herb", "peanuts"),
    "vetements": ("ribbon", "sewing-needle", "handbag"),
    "": ("herb", "sparkles", "ribbon"),
}
"""What lies beside the goods of a trade; blank for the trades that have nothing of their own."""


@dataclass(frozen=True)
class Drawing:
    """A picture to draw: what lies there, in which scene, beside which trade's things."""

    icon: str
    scene: int
    trade: str


@dataclass(frozen=True)
class Goods:
    """One product as the file says it.

    Attributes:
        category: key of the product category.
        drawing: its picture.
        cents: the price, of a kilogram where ``grams`` is given.
        unit: « 250 g », blank where none is owed.
        allergens: None where the question does not arise, empty for none.
        variants: names and shares of the price; one nameless where there is no choice.
        grams: about how heavy one piece is, where it is priced by weight.
        lead_minutes: time to make it to order.
    """

    name: str
    category: str
    drawing: Drawing
    cents: int
    unit: str
    allergens: tuple[str, ...] | None
    variants: tuple[tuple[str, float], ...]
    grams: int | None = None
    labels: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    lead_minutes: int = 0
    origin: str = ""
    fish: tuple[tuple[str, str], ...] = ()


@cache
def goods_of(shop_category: str) -> tuple[Goods, ...]:
    """Return what shops of a category sell; nothing for the trades that sell nothing here."""
    trade = _SAME.get(shop_category, shop_category)
    seen: Counter[str] = Counter()
    found = []
    for line in _document().get(trade, []):
        icon = line.split("|")[2].strip()
        # The same thing twice on a shelf is drawn in another scene each time.
        found.append(_read(line, Drawing(icon, seen[icon] % SCENES, _homes()[icon])))
        seen[icon] += 1
    return tuple(found)


def drawings_of(goods: Iterable[Goods]) -> tuple[Drawing, ...]:
    """Return the pictures that goods need, each once, in a stable order."""
    return tuple(dict.fromkeys(one.drawing for one in goods))


@cache
def _homes() -> dict[str, str]:
    """Say to which trade a thing belongs first, so that a picture serves every trade that sells it."""
    homes: dict[str, str] = {}
    for trade, lines in _document().items():
        for line in lines:
            homes.setdefault(line.split("|")[2].strip(), trade if trade in BESIDE else "")
    return homes


@cache
def trades() -> tuple[str, ...]:
    """Return the trades that have a shelf."""
    return tuple(_document())


@cache
def _document() -> dict[str, list[str]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def _read(line: str, drawing: Drawing) -> Goods:
    name, category, _icon, cents, unit, allergens, variants, more = (
        part.strip() for part in line.split("|")
    )
    said = None if not allergens else tuple(one.strip() for one in allergens.split(","))
    choices = [one.split("=") for one in variants.split(",") if one.strip()]
    rest = dict(one.strip().split("=") for one in more.split(";") if one.strip())
    return Goods(
        name=name,
        category=category,
        drawing=drawing,
        cents=int(cents),
        unit=unit,
        allergens=() if said == ("-",) else said,
        variants=tuple((word.strip(), float(share)) for word, share in choices) or (("", 1.0),),
        grams=int(rest["kg"]) if "kg" in rest else None,
        labels=tuple(one for one in rest.get("lab", "").split("+") if one),
        months=tuple(int(one) for one in rest.get("mois", "").split(",") if one),
        lead_minutes=int(rest.get("delai", 0)),
        origin=rest.get("ori", ""),
        fish=tuple((key, rest[short]) for short, key in _FISH.items() if short in rest),
    )
