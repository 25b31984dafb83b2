"""What may be asked of products: a `ProductSearch` is a `Search` with what only products have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from typing_extensions import override

from chalandise.catalogue.prices import HIGHEST_PRICE_CENTS
from chalandise.catalogue.states import Allergen
from chalandise.discovery.criteria import Search, Sort, checked_services
from chalandise.discovery.errors import OutOfBoundsError

QUARTER_SECONDS = 900


class ProductSort(StrEnum):
    """In which order products come.

    ``BEST`` is relevance when there are words, nearness when there is a position, else what can be
    had first.
    """

    BEST = "best"
    NEWEST = "newest"
    PRICE = "price"
    NEAREST = "nearest"


STORED_ORDERS = {ProductSort.NEWEST: "newest", ProductSort.PRICE: "by_price"}
"""Orders that follow a number of the index."""


@dataclass(frozen=True, kw_only=True)
class ProductSearch(Search):
    """One question to the index of products; what `Search` asks is asked of the product or its shop.

    Attributes:
        shop: primary key of one establishment; None for all.
        shops: primary keys of those that a selection puts forward; None for all.
        trade: key of a category of establishments, those below it included: who sells.
        collect_at: an aware instant: only what can still be collected on that day, if ordered then.
        made_here: only what its seller makes.
        in_stock: only what can be had now.
        in_season: only what is in season this month, as its seller says.
        free_of: allergens that must be absent, as somebody has said.
        least_cents: from this price, as charged now.
        most_cents: up to this price.
        order: the order, in place of ``sort``.
    """

    shop: int | None = None
    shops: tuple[int, ...] | None = None
    trade: str = ""
    collect_at: datetime | None = None
    made_here: bool = False
    in_stock: bool = False
    in_season: bool = False
    free_of: tuple[str, ...] = ()
    least_cents: int | None = None
    most_cents: int | None = None
    order: ProductSort = ProductSort.BEST

    @override
    def __post_init__(self) -> None:
        """Refuse what is out of bounds."""
        is_nearest = self.order is ProductSort.NEAREST
        if self.collect_at is not None:
            if self.collect_at.tzinfo is None:
                raise OutOfBoundsError("collect_at", "an instant with its time zone")
            quarter = int(self.collect_at.timestamp()) // QUARTER_SECONDS * QUARTER_SECONDS
            object.__setattr__(self, "collect_at", datetime.fromtimestamp(quarter, UTC))
        object.__setattr__(self, "sort", Sort.NEAREST if is_nearest else Sort.BEST)
        super().__post_init__()
        object.__setattr__(
            self, "free_of", checked_services(self.free_of, Allergen.values, "free_of")
        )
        for name, cents in (("price_min", self.least_cents), ("price_max", self.most_cents)):
            if cents is not None and not 0 <= cents <= HIGHEST_PRICE_CENTS:
                raise OutOfBoundsError(name, f"between 0 and {HIGHEST_PRICE_CENTS} cents")
        most = HIGHEST_PRICE_CENTS if self.most_cents is None else self.most_cents
        if (self.least_cents or 0) > most:
            raise OutOfBoundsError("price_max", "at least price_min")
        keys = (*(() if self.shop is None else (self.shop,)), *(self.shops or ()))
        if not all(0 <= key < 2**63 for key in keys):
            raise OutOfBoundsError("shop", "a key")

    @property
    def traits(self) -> tuple[str, ...]:
        """The traits that are asked for."""
        wanted = (
            ("made_here", self.made_here),
            ("in_stock", self.in_stock),
            ("in_season", self.in_season),
        )
        return tuple(name for name, is_wanted in wanted if is_wanted)
