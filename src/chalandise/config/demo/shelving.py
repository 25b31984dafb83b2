"""What stands on each fictional shelf: rows of the catalogue, made in memory and written at once."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Protocol

from chalandise.catalogue.books import BOOKS
from chalandise.catalogue.durability import only_sayable, sayable
from chalandise.catalogue.models import (
    Offer,
    Product,
    ProductCategory,
    ProductPhoto,
    Variant,
)
from chalandise.catalogue.sheets import NOT_CONCERNED
from chalandise.catalogue.slugs import product_slug
from chalandise.catalogue.states import ProductState
from chalandise.config.demo.goods import Drawing, Goods, goods_of
from chalandise.config.demo.pictures import hang
from chalandise.config.demo.product_pictures import SIDE
from chalandise.directory.models import Establishment
from chalandise.kernel.sorting import french_sort_key

SHELF = 19
MAKERS = {
    "apiculteur",
    "arboriculteur",
    "bijoutier-createur",
    "boulangerie",
    "boucherie-charcuterie",
    "bougies-savons",
    "brasserie-artisanale",
    "chocolaterie-confiserie",
    "conserverie",
    "cuir-sellerie",
    "ebeniste",
    "eleveur",
    "ferme",
    "ferronnier-coutelier",
    "fromage-fermier",
    "huilerie-moulin",
    "maraicher",
    "patisserie",
    "pepiniere",
    "plantes-aromatiques",
    "poterie-ceramique",
    "restaurant",
    "tissage-textile",
    "traiteur",
    "vannerie-bois",
    "vigneron",
}
ALCOHOL = {"vins": "13.5", "champagnes-effervescents": "12.0", "bieres": "5.5", "cidres": "4.5"}
LEFT = (0, 2, 3, 6, 8, 12, 20, 24, 40)
MAKER = {
    "manufacturer_name": "Manufacture des Deux Rives (maison fictive)",
    "manufacturer_address": "3 quai de la Démonstration, 46000 Cahors",
    "manufacturer_email": "manufacture@demo.test",
}


PUBLISHER = {
    "manufacturer_name": "Éditions du Causse (maison fictive)",
    "manufacturer_address": "8 rue des Typographes, 46000 Cahors",
    "manufacturer_email": "editions@demo.test",
}
LASTS = {"electromenager", "image-son-informatique", "meubles"}
LASTING_GOODS = {"Antivol pliable", "Éclairage rechargeable", "Pompe à pied"}
"""Of other shelves: what a producer answers for longer than the law asks."""
LASTING = {
    "guarantee_years": "5",
    "guarantee_producer": "Manufacture des Deux Rives (maison fictive)",
    "index_kind": "repairability",
    "index_score": "8.1",
    "spare_parts": "Dix ans, sur commande au magasin.",
    "updates": "Gratuites pendant cinq ans.",
    "after_sales": "Réparé au magasin ; diagnostic offert.",
}


class Pictures(Protocol):
    """The drawn pictures: each one's files."""

    def __getitem__(self, key: Drawing, /) -> list[Path]:
        """Return the files of a picture."""
        ...


@dataclass
class Shelf:
    """What is to be written, in the order in which rows depend on each other."""

    products: list[Product] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    photos: list[ProductPhoto] = field(default_factory=list)
    levels: list[tuple[Offer, int]] = field(default_factory=list)


def fill_shelves(
    shops: Sequence[Establishment],
    pictures: Pictures,
    *,
    at: datetime,
    random: Random,
) -> Shelf:
    """Put on each shop's shelf some of what its trade sells, the same each time."""
    categories = ProductCategory.objects.in_bulk()
    shelf = Shelf()
    for shop in shops:
        for one in chosen_goods(shop, random):
            _put(shelf, shop, one, categories[one.category], pictures[one.drawing], at, random)
    return shelf


def chosen_goods(shop: Establishment, random: Random) -> list[Goods]:
    """Choose what a shop sells of what its trade sells."""
    goods = goods_of(shop.category_id)
    return random.sample(goods, min(SHELF, len(goods)))


def _put(
    shelf: Shelf,
    shop: Establishment,
    goods: Goods,
    category: ProductCategory,
    picture: list[Path],
    at: datetime,
    random: Random,
) -> None:
    since = at - timedelta(days=random.randint(3, 160), minutes=random.randint(0, 600))
    name = _named(goods.name, random)
    product = _product(shop, goods, name, category, since, random)
    shelf.products.append(product)
    shelf.photos.append(
        ProductPhoto(product=product, name=hang(picture), alt=name, width=SIDE, height=SIDE)
    )
    price = round(goods.cents * random.uniform(0.92, 1.1) / 10) * 10
    is_counted = random.random() < 0.7
    for place, (form, share) in enumerate(goods.variants):
        variant = Variant(
            product=product, name=form, position=place, **_quantity(goods.unit, share)
        )
        cents = max(50, round(price * share / 10) * 10)
        offer = Offer(
            variant=variant,
            price_cents=cents,
            publisher_price_cents=cents if goods.category == BOOKS else None,
            vat_code=category.vat_code,
            keeps_stock=is_counted,
            made_to_order_minutes=goods.lead_minutes,
            is_weight_priced=goods.grams is not None,
            estimate_grams=goods.grams,
            created_at=since,
        )
        shelf.variants.append(variant)
        shelf.offers.append(offer)
        if is_counted:
            shelf.levels.append((offer, random.choice(LEFT)))


def _named(name: str, random: Random) -> str:
    """Fill what a name leaves open, so that two shelves do not bear the very same words."""
    if "{" not in name:
        return name
    words = texts()
    return name.format(
        d=random.choice(words["estates"]),
        q=random.choice(words["moods"]),
        n=random.randint(1, 12),
        c=random.choice(words["glazes"]),
    )


def _product(
    shop: Establishment,
    goods: Goods,
    name: str,
    category: ProductCategory,
    since: datetime,
    random: Random,
) -> Product:
    asks = set(category.requirements)
    is_made_here = shop.category_id in MAKERS and not goods.origin.startswith("Atlantique")
    home = "Lot, France" if is_made_here else "France"
    return Product(
        slug=product_slug(name, shop.name),
        establishment=shop,
        category=category,
        name=name,
        sort_key=french_sort_key(name),
        description=f"<p>{_described(goods, shop, random)}</p>",
        state=ProductState.PUBLISHED,
        origin=goods.origin or (home if "origin" in asks else ""),
        is_made_here=is_made_here,
        labels=list(goods.labels),
        season_months=list(goods.months),
        allergens=_allergens(goods, asks),
        food_sheet=dict(goods.fish)
        | (_food_sheet(goods, name, shop) if "food_sheet" in asks else {}),
        safety=_maker(asks, is_made_here=is_made_here),
        durability=_lasting(goods, is_made_here=is_made_here),
        epr_ids={one[4:]: NOT_CONCERNED for one in asks if one.startswith("idu:")},
        alcohol_degree=_degree(category),
        minimum_age=category.minimum_age,
        is_perishable=category.is_perishable,
        withdrawal_exception="made_to_order"
        if goods.lead_minutes
        else category.withdrawal_exception,
        published_at=since,
        created_at=since,
        updated_at=since,
    )


def _lasting(goods: Goods, *, is_made_here: bool) -> dict[str, str]:
    is_industrial = goods.category in LASTS and not is_made_here
    if is_industrial:
        return only_sayable(LASTING, sayable(goods.category))
    if goods.name in LASTING_GOODS:
        return only_sayable(LASTING, sayable(goods.category) - {"updates"})
    return {}


def _maker(asks: set[str], *, is_made_here: bool) -> dict[str, str]:
    if "publisher" in asks:
        return dict(PUBLISHER)
    if "manufacturer" not in asks:
        return {}
    return {"is_own_make": "yes"} if is_made_here else dict(MAKER)


def _allergens(goods: Goods, asks: set[str]) -> list[str] | None:
    if goods.allergens is not None:
        return sorted(goods.allergens)
    return [] if "allergens" in asks else None


def _described(goods: Goods, shop: Establishment, random: Random) -> str:
    """Say two things of it: what its kind is like here, and how to get it."""
    words = texts()["about"]
    about = words.get(goods.category) or words["other"]
    last = texts()["ends"]
    return f"{random.choice(about)} {random.choice(last)}".format(shop=shop.name)


def _food_sheet(goods: Goods, name: str, shop: Establishment) -> dict[str, str]:
    inside = ", ".join(texts()["allergens"].get(one, one) for one in goods.allergens or ())
    return {
        "ingredients": f"{name} : recette de la maison, ingrédients du pays"
        + (f" ; contient\u202f: {inside}." if inside else "."),
        "storage": "À conserver au sec et à l’abri de la lumière.",
        "operator_name": shop.name,
        "operator_address": f"{shop.postal_code} {shop.commune.name}",
    }


def _degree(category: ProductCategory) -> Decimal | None:
    if not category.is_alcohol:
        return None
    return Decimal(ALCOHOL.get(category.pk, "40.0"))


def _quantity(unit: str, share: float) -> dict[str, object]:
    if not unit:
        return {}
    number, name = unit.split()
    amount = Decimal(number.replace(",", ".")) * Decimal(str(round(share, 2)))
    return {"net_quantity": amount.quantize(Decimal("0.001")), "net_unit": name}


@cache
def texts() -> dict[str, Any]:
    """Return what is said of fictional products."""
    loaded = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return dict(loaded)
