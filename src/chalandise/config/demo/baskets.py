"""Gift baskets of the demonstration, composed by one merchant and agreed to by its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from django.db.models import Q

from chalandise.catalogue.actions import (
    agree_to_basket,
    compose_basket,
    edit_product,
    publish_product,
)
from chalandise.catalogue.models import Offer, ProductPhoto
from chalandise.config.demo.goods import goods_of
from chalandise.config.demo.product_pictures import SIDE, draw_many, hang, workshop
from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor

BY = Actor.system("demo")
WRAPPING_CENTS = 400


@dataclass(frozen=True)
class _Recipe:
    """A basket: what it is called and said to be, whose trade composes it, with which others."""

    name: str
    words: str
    trades: tuple[str, ...]


_RECIPES = (
    _Recipe(
        "Le panier du Causse",
        "Un apéritif d’ici, à partager au coin du feu : à boire, à grignoter, à tartiner.",
        ("epicerie-fine", "caviste", "fromagerie", "apiculteur"),
    ),
    _Recipe(
        "Goûter de grand-mère",
        "Pain d’épices, confiture et miel : il ne manque que le chocolat chaud.",
        ("boulangerie", "apiculteur", "epicerie-fine"),
    ),
    _Recipe(
        "Soirée lecture",
        "Un livre, une infusion, des douceurs : la soirée est faite.",
        ("librairie", "cafe-the", "chocolaterie-confiserie"),
    ),
    _Recipe(
        "Le réveillon du Quercy",
        "De l’entrée au dessert, choisi chez quatre voisins.",
        ("conserverie", "caviste", "boulangerie", "patisserie"),
    ),
    _Recipe(
        "Bienvenue au bébé",
        "Un doudou, un bouquet et de quoi fêter son arrivée.",
        ("enfants-puericulture", "fleuriste", "patisserie"),
    ),
    _Recipe(
        "Prendre soin",
        "Savon, bougie et tisane : une heure à soi.",
        ("bougies-savons", "plantes-aromatiques", "institut-beaute"),
    ),
    _Recipe(
        "La table des amis",
        "Une pièce de potier, de quoi la garnir, de quoi trinquer.",
        ("poterie-ceramique", "vigneron", "fromage-fermier"),
    ),
    _Recipe(
        "Petits explorateurs",
        "Un jeu, un album et des caramels pour les dimanches de pluie.",
        ("jeux-jouets", "librairie", "chocolaterie-confiserie"),
    ),
)


def compose_baskets(shops: Sequence[Establishment], *, at: datetime, random: Random) -> int:
    """Compose the baskets that the shops allow; return how many stand on a shelf."""
    count = 0
    with workshop() as drawn:
        for number, recipe in enumerate(_RECIPES):
            if _compose(recipe, shops, Path(drawn) / f"panier-{number}", at=at, random=random):
                count += 1
    return count


def _compose(
    recipe: _Recipe, shops: Sequence[Establishment], base: Path, *, at: datetime, random: Random
) -> bool:
    composer = _first(shops, recipe.trades[0], None)
    if composer is None:
        return False
    neighbours = [_first(shops, trade, composer) for trade in recipe.trades[1:]]
    chosen = [_good_offer(one, random) for one in (composer, *neighbours) if one is not None]
    offers = [one for one in chosen if one is not None]
    if len(offers) < 2:
        return False
    product = compose_basket(
        composer,
        name=recipe.name,
        price_cents=sum(one.price_cents for one in offers) + WRAPPING_CENTS,
        parts={one.pk: 1 for one in offers},
        by=BY,
        at=at,
    )
    files = draw_many([_icon_of(one) for one in offers], base)
    ProductPhoto.objects.create(
        product=product, name=hang(files), alt=recipe.name, width=SIDE, height=SIDE, added_at=at
    )
    edit_product(product, {"description": f"<p>{recipe.words}</p>"}, by=BY, at=at)
    for invitation in product.invitations.all():
        agree_to_basket(invitation, by=BY, at=at)
    publish_product(product, by=BY, at=at)
    return True


def _first(
    shops: Sequence[Establishment], trade: str, near: Establishment | None
) -> Establishment | None:
    """Return the first shop of a trade, in the same intercommunality if there is one."""
    found = [one for one in shops if one.category_id == trade]
    if near is not None:
        found.sort(key=lambda one: one.commune.epci_id != near.commune.epci_id)
    return found[0] if found else None


def _good_offer(shop: Establishment, random: Random) -> Offer | None:
    """Choose something worth giving: there, not sold by weight, keeping till the feast."""
    found = (
        Offer.objects.filter(
            Q(stock_level=None) | Q(stock_level__on_hand__gte=6),
            variant__product__establishment=shop,
            variant__product__category__goods_kind="goods",
            is_weight_priced=False,
            made_to_order_minutes=0,
            price_cents__range=(450, 4500),
        )
        .select_related("variant__product")
        .order_by("variant__product__is_perishable", "pk")
    )
    lasting = list(found[:6])
    return random.choice(lasting) if lasting else None


def _icon_of(offer: Offer) -> str:
    product = offer.variant.product
    sold = goods_of(product.establishment.category_id)
    by_category = {one.category: one.drawing.icon for one in sold}
    by_name = {one.name: one.drawing.icon for one in sold}
    return by_name.get(product.name) or by_category.get(product.category_id, "wrapped-gift")
