"""Gift baskets of the demonstration: neighbours' goods under one ribbon, each with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalandise.catalogue.actions.baskets import agree_to_basket, compose_basket
from chalandise.catalogue.actions.editing import edit_product
from chalandise.catalogue.actions.shelf import publish_product
from chalandise.catalogue.models import Offer, ProductPhoto
from chalandise.config.demo.goods import goods_of
from chalandise.config.demo.pictures import Workshop, hang
from chalandise.config.demo.product_pictures import SIDE, draw_many
from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.stock.actions import count_stock

BY = Actor.system("demo")
WRAPPING_CENTS = 400
FEWEST_PARTS = 3
IN_STORE = 18


@dataclass(frozen=True)
class _Recipe:
    """A basket: its name, what is said of it, and its parts.

    A part is a trade and what would do, the best first: what such a shop has on its shelf is taken.
    The first trade composes the basket.
    """

    name: str
    words: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


_RECIPES = (
    _Recipe(
        "Le panier de l’apéritif quercynois",
        "Une terrine à étaler, des cerneaux grillés, de quoi trinquer\u00a0: l’apéritif est prêt, il ne "
        "manque que les amis.",
        (
            ("epicerie-fine", ("Terrine de canard aux noix",)),
            ("caviste", ("Cahors, cuvée du causse", "Coteaux du Quercy rouge", "Rosé de malbec")),
            ("huilerie-moulin", ("Cerneaux grillés",)),
            ("conserverie", ("Magret séché", "Rillettes de canard")),
        ),
    ),
    _Recipe(
        "Le goûter de grand-mère",
        "Pain d’épices, sablés, gelée et chocolat chaud\u00a0: à poser sur la nappe, un mercredi de pluie.",
        (
            ("boulangerie", ("Sablés à l’ancienne",)),
            ("apiculteur", ("Pain d’épices au miel",)),
            ("epicerie-fine", ("Gelée de coings",)),
            ("chocolaterie-confiserie", ("Chocolat chaud à préparer",)),
        ),
    ),
    _Recipe(
        "Soirée lecture",
        "Un roman choisi par la libraire, une infusion et des douceurs\u00a0: le téléphone peut rester "
        "dans l’entrée.",
        (
            ("librairie", ("Roman de la rentrée", "Roman policier\u00a0: Brume sur l’Olt")),
            ("cafe-the", ("Tisane des soirs d’hiver", "Verveine du jardin")),
            ("chocolaterie-confiserie", ("Orangettes", "Truffes au cacao", "Tablette noire 72 %")),
        ),
    ),
    _Recipe(
        "Le réveillon du Quercy",
        "Le foie gras, le chutney qui va avec, un blanc doux et les chocolats de la fin\u00a0: le "
        "réveillon tient dans un panier.",
        (
            ("conserverie", ("Foie gras de canard entier",)),
            ("epicerie-fine", ("Chutney de figues et noix",)),
            ("caviste", ("Gaillac blanc doux",)),
            ("chocolaterie-confiserie", ("Ballotin de saison", "Noix enrobées")),
        ),
    ),
    _Recipe(
        "Bienvenue, bébé",
        "Un doudou, un hochet de bois, un album pour plus tard et un bouquet pour les parents.",
        (
            ("enfants-puericulture", ("Doudou lapin",)),
            ("enfants-puericulture", ("Hochet en bois",)),
            ("librairie", ("Album jeunesse\u00a0: L’âne et la rivière",)),
            ("fleuriste", ("Bouquet de fleurs séchées",)),
        ),
    ),
    _Recipe(
        "Une heure à soi",
        "Une bougie, un savon, une tisane, la porte fermée\u00a0: une heure à soi, pas une minute de "
        "moins.",
        (
            ("bougies-savons", ("Bougie figuier", "Bougie pain chaud")),
            ("bougies-savons", ("Savon à la lavande", "Savon à l’huile de noix")),
            ("plantes-aromatiques", ("Tisane du berger", "Tisane digestion")),
            ("institut-beaute", ("Gommage au sel", "Baume à lèvres")),
        ),
    ),
    _Recipe(
        "La table des amis",
        "Un saladier tourné à la main, des cabécous à l’huile, un Cahors du domaine\u00a0: on pousse les "
        "chaises, on est un de plus.",
        (
            ("poterie-ceramique", ("Saladier",)),
            ("vigneron", ("Cahors du domaine", "Cahors élevé en fût")),
            ("fromage-fermier", ("Cabécous à l’huile et aux herbes",)),
        ),
    ),
    _Recipe(
        "Petits explorateurs",
        "Un cerf-volant, un herbier à remplir, des caramels pour la route\u00a0: de six à dix ans, bottes "
        "aux pieds.",
        (
            ("jeux-jouets", ("Cerf-volant",)),
            ("librairie", ("Herbier à compléter",)),
            ("chocolaterie-confiserie", ("Caramels mous",)),
        ),
    ),
    _Recipe(
        "Le petit déjeuner du dimanche",
        "Le café fraîchement torréfié, le miel du causse, la pâte à tartiner\u00a0: il ne reste qu’à "
        "descendre chercher le pain.",
        (
            ("cafe-the", ("Café du matin", "Café des deux rives", "Décaféiné doux")),
            ("apiculteur", ("Miel du causse", "Miel toutes fleurs", "Miel d’acacia")),
            ("chocolaterie-confiserie", ("Pâte à tartiner maison",)),
            ("epicerie-fine", ("Confiture de figues",)),
        ),
    ),
)


def compose_baskets(
    shops: Sequence[Establishment], pictures: Workshop[object], *, at: datetime
) -> int:
    """Compose the baskets that the shops allow; return how many stand on a shelf."""
    return sum(
        _compose(recipe, number, shops, pictures, at=at) for number, recipe in enumerate(_RECIPES)
    )


def _compose(
    recipe: _Recipe,
    number: int,
    shops: Sequence[Establishment],
    pictures: Workshop[object],
    *,
    at: datetime,
) -> bool:
    offers = _offers(recipe, shops)
    if len(offers) < min(FEWEST_PARTS, len(recipe.parts)):
        return False
    for one in offers:
        if one.keeps_stock:
            count_stock(one, IN_STORE, by=BY, at=at)
    composer = offers[0].variant.product.establishment
    product = compose_basket(
        composer,
        name=recipe.name,
        price_cents=sum(one.price_cents for one in offers) + WRAPPING_CENTS,
        parts={one.pk: 1 for one in offers},
        by=BY,
        at=at,
    )
    pictures.begin(recipe, partial(draw_many, [_icon_of(one) for one in offers], number))
    alt = f"{recipe.name} : {', '.join(one.variant.product.name for one in offers)}, en panier"
    ProductPhoto.objects.create(
        product=product,
        name=hang(pictures[recipe]),
        alt=alt[:200],
        width=SIDE,
        height=SIDE,
        added_at=at,
    )
    edit_product(product, {"description": f"<p>{recipe.words}</p>"}, by=BY, at=at)
    for invitation in product.invitations.all():
        agree_to_basket(invitation, by=BY, at=at)
    publish_product(product, by=BY, at=at)
    return True


def _offers(recipe: _Recipe, shops: Sequence[Establishment]) -> list[Offer]:
    """Choose the goods of a basket; none where the one who composes has nothing for it."""
    offers: list[Offer] = []
    near = ""
    for trade, names in recipe.parts:
        found = _worth_giving([one for one in shops if one.category_id == trade], names, near)
        if found is not None and found.pk not in {one.pk for one in offers}:
            offers.append(found)
            near = near or found.variant.product.establishment.commune.epci_id or ""
        elif not offers:
            return []
    return offers


def _worth_giving(shops: Sequence[Establishment], names: Sequence[str], near: str) -> Offer | None:
    """Return what would do best and is there: of a neighbour, the first name, the first shop."""
    there = (
        Offer.objects.filter(
            variant__product__name__in=names,
            variant__product__establishment__in=[one.pk for one in shops],
            is_weight_priced=False,
            made_to_order_minutes=0,
        )
        .select_related("variant__product__establishment__commune")
        .order_by("variant__position", "pk")
    )
    place = {shop.pk: number for number, shop in enumerate(shops)}

    def rank(one: Offer) -> tuple[bool, int, int]:
        product = one.variant.product
        is_far = bool(near) and product.establishment.commune.epci_id != near
        return is_far, names.index(product.name), place[product.establishment_id]

    return min(there, key=rank, default=None)


def _icon_of(offer: Offer) -> str:
    product = offer.variant.product
    sold = goods_of(product.establishment.category_id)
    by_category = {one.category: one.drawing.icon for one in sold}
    by_name = {one.name: one.drawing.icon for one in sold}
    return by_name.get(product.name) or by_category.get(product.category_id, "wrapped-gift")
