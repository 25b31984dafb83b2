"""What a merchant said last of goods of the same kind: typed once, shown again, never assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalandise.catalogue.models import Product, ProductQuerySet, Variant
from chalandise.catalogue.sheets import FOOD_SHEET_MORE, is_made_by_seller
from chalandise.catalogue.states import ProductKind
from chalandise.directory.models import Establishment

MOST_PUBLISHERS = 40


@dataclass(frozen=True)
class LastAnswers:
    """What a shop said the last time.

    Attributes:
        like: the last product of the same kind that was shown; None for the first.
        size: its only form, whose net quantity may be proposed again.
        safety: who makes things, of the same kind, else of any.
        food_sheet: how food is kept and who packs it, of the same kind, else of any; what is in it
            is never carried over.
        epr_ids: recycling numbers of the same kind.
    """

    like: Product | None = None
    size: Variant | None = None
    safety: Mapping[str, str] = field(default_factory=dict)
    food_sheet: Mapping[str, str] = field(default_factory=dict)
    epr_ids: Mapping[str, str] = field(default_factory=dict)


def last_answers(shop: Establishment, category_key: str) -> LastAnswers:
    """Return what the shop said of the last product that it showed of a kind.

    Two statements of the kind, one more for a maker and one for who packs food where the kind is new.
    """
    shown = Product.objects.at(shop).filter(kind=ProductKind.SIMPLE, published_at__isnull=False)
    like = _last(shown.filter(category=category_key))
    sizes = list(like.variants.all()[:2]) if like else []
    maker = like if like and like.safety else _last(shown.exclude(safety={}))
    said_of_food = shown.filter(food_sheet__has_key="operator_name")
    packer = like if like and like.food_sheet else _last(said_of_food)
    return LastAnswers(
        like=like,
        size=sizes[0] if len(sizes) == 1 else None,
        safety=maker.safety if maker else {},
        food_sheet=_kept(packer, is_same_kind=packer is like) if packer else {},
        epr_ids=like.epr_ids if like else {},
    )


def publishers_of(shop: Establishment) -> list[str]:
    """Return the makers and publishers that the shop has named, to choose one instead of typing."""
    named = (
        Product.objects.at(shop)
        .filter(safety__has_key="manufacturer_name")
        .order_by("-pk")
        .values_list("safety", flat=True)[: MOST_PUBLISHERS * 5]
    )
    names = (one["manufacturer_name"] for one in named if not is_made_by_seller(one))
    return list(dict.fromkeys(names))[:MOST_PUBLISHERS]


def _last(products: ProductQuerySet) -> Product | None:
    return products.order_by("-published_at", "-pk").first()


def _kept(product: Product, *, is_same_kind: bool) -> dict[str, str]:
    """Leave out what is of one product alone."""
    of_one = {"ingredients", *FOOD_SHEET_MORE} - ({"is_prepacked"} if is_same_kind else set())
    if not is_same_kind:
        of_one.add("storage")
    return {key: text for key, text in product.food_sheet.items() if key not in of_one}
