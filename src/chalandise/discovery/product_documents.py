"""Turns products into documents of their index.

What a product costs, whether it can be had, where and when it can be fetched are read from the rooms
that know; a chunk costs a fixed number of queries whatever its size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from tantivy import Document

from chalandise.catalogue.models import Offer, Product, ProductCategory
from chalandise.catalogue.queries.terms import terms_of
from chalandise.catalogue.states import Allergen
from chalandise.catalogue.terms import OfferTerms
from chalandise.discovery.documents import (
    CHUNK,
    Gatherer,
    add_position,
    plain_text,
    unique_stems,
    whole_name,
)
from chalandise.discovery.ranking import lot_of, quality_of, weight_of
from chalandise.discovery.schema import SAID
from chalandise.logistics.queries.same_day import SameDay, same_day_of
from chalandise.stock.queries import left_of

LABEL_WORDS = {
    "organic": "bio biologique ab",
    "label_rouge": "label rouge",
    "aop": "aop appellation d’origine protégée",
    "igp": "igp indication géographique protégée",
    "farm": "fermier ferme",
    "homemade": "fait maison",
    "second_hand": "occasion seconde main",
}
MADE_HERE_WORDS = "fait ici fabriqué local"
SAME_DAYS = 3
"""Days for which the index knows what can be collected the same day; it is rebuilt every night."""
_LATEST = 2**32 - 1
_FIELDS = (
    "pk",
    "slug",
    "name",
    "description",
    "origin",
    "category_id",
    "labels",
    "allergens",
    "is_made_here",
    "season_months",
    "published_at",
    "establishment_id",
    "establishment__name",
    "establishment__category_id",
    "establishment__commune_id",
    "establishment__postal_code",
    "establishment__latitude",
    "establishment__longitude",
    "establishment__services",
    "establishment__timezone",
    "establishment__level",
)


class ProductRow(NamedTuple):
    """What the index reads of a product."""

    pk: int
    slug: str
    name: str
    description: str
    origin: str
    category: str
    labels: list[str]
    allergens: list[str] | None
    is_made_here: bool
    season_months: list[int]
    published_at: datetime | None
    shop: int
    shop_name: str
    trade: str
    commune: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    services: list[str]
    timezone: str
    level: int


class ShopTimes(NamedTuple):
    """A shop, as far as its hours go."""

    pk: int
    commune: str
    timezone: str


class Branch(NamedTuple):
    """What a category gives to all its products."""

    keys: tuple[str, ...]
    kind: str
    synonym: str


class Sale(NamedTuple):
    """What a product costs now, whether it can be had, and the least time that it needs."""

    price_cents: int
    is_in_stock: bool
    lead_minutes: int


class ProductGatherer:
    """Reads chunks of products and makes documents, places and hours by way of a `Gatherer`."""

    def __init__(self, gatherer: Gatherer) -> None:
        self._gatherer = gatherer
        self._categories = {one.key: one for one in ProductCategory.objects.all()}
        self._branches: dict[str, Branch] = {}

    def published(self, ids: Iterable[int]) -> Iterator[Document]:
        """Yield a document for each of ``ids`` that customers may see."""
        wanted = sorted(ids)
        for start in range(0, len(wanted), CHUNK):
            rows = Product.objects.published().filter(pk__in=wanted[start : start + CHUNK])
            yield from self._documents(_read(rows))

    def all_published(self) -> Iterator[list[Document]]:
        """Yield the documents of every product that customers may see, chunk by chunk."""
        last = 0
        while rows := _read(Product.objects.published().filter(pk__gt=last).order_by("pk")[:CHUNK]):
            yield list(self._documents(rows))
            last = rows[-1].pk

    def _documents(self, rows: Sequence[ProductRow]) -> Iterator[Document]:
        if not rows:
            return
        self._gatherer.learn_places({row.commune for row in rows})
        shops = {row.shop: ShopTimes(row.shop, row.commune, row.timezone) for row in rows}
        times = self._gatherer.open_words(list(shops.values()))
        now = timezone.now()
        sales = _sales_of([row.pk for row in rows], at=now)
        same_day = same_day_of(shops, at=now)
        quarters: dict[tuple[int, int], str] = {}
        for row in rows:
            if row.pk in sales:  # without an offer there is nothing to sell
                document = self._document(row, sales[row.pk])
                if row.shop in times:
                    document.add_text("open", times[row.shop])
                sale = sales[row.pk]
                if sale.is_in_stock:
                    asked = (row.shop, sale.lead_minutes)
                    if asked not in quarters:
                        quarters[asked] = _same_day_words(same_day, *asked, at=now)
                    document.add_text("same_day", quarters[asked])
                yield document

    def _document(self, row: ProductRow, sale: Sale) -> Document:
        document = Document()
        document.add_unsigned("id", row.pk)
        document.add_unsigned("shop", row.shop)
        branch = self._branch(row.category)
        place = self._gatherer.place_of(row.commune)
        document.add_text("name", unique_stems(row.name))
        document.add_text("whole_name", whole_name(row.name))
        document.add_text("kind", branch.kind)
        document.add_text("synonym", branch.synonym)
        document.add_text("place", f"{unique_stems(row.shop_name)} {place.place} {row.postal_code}")
        document.add_text("area", place.area)
        document.add_text("about", _about(row))
        document.add_text("communes", place.commune)
        traits = _traits_of(row, sale)
        for field, keys in (
            ("categories", branch.keys),
            ("territories", place.territories),
            ("services", set(row.services)),
            ("labels", set(row.labels)),
            ("traits", traits),
            ("free_of", _free_of(row.allergens)),
            ("contains", set() if row.allergens is None else {SAID, *row.allergens}),
            ("trades", self._gatherer.trade_of(row.trade).keys),
        ):
            for key in keys:
                document.add_text(field, key)
        add_position(document, row.latitude, row.longitude)
        document.add_float("quality", weight_of(quality_of(row.level, row.pk)))
        document.add_unsigned("standing", _standing(row.pk, is_in_stock=sale.is_in_stock))
        document.add_unsigned("price", sale.price_cents)
        document.add_unsigned("by_price", sale.price_cents << 32 | row.pk % 2**32)
        document.add_unsigned("newest", _newest(row))
        document.add_text("shown", f"{row.slug}\t{row.name}\t{row.shop_name}")
        return document

    def _branch(self, key: str) -> Branch:
        if key not in self._branches:
            own = self._categories[key]
            above = self._categories.get(own.parent_id or "")
            others = [*own.synonyms, own.name_en]
            if above:
                others += [above.name, *above.synonyms, above.name_en]
            keys = (own.key, above.key) if above else (own.key,)
            self._branches[key] = Branch(keys, unique_stems(own.name), unique_stems(*others))
        return self._branches[key]


def _read(rows: Any) -> list[ProductRow]:
    return [ProductRow(*values) for values in rows.values_list(*_FIELDS)]


def _sales_of(product_ids: Sequence[int], *, at: datetime) -> dict[int, Sale]:
    """Return the price that a card of each product says, and whether one of its forms can be had."""
    pairs = list(
        Offer.objects.filter(variant__product__in=product_ids).values_list(
            "variant__product_id", "pk"
        )
    )
    offers = [offer_id for _product_id, offer_id in pairs]
    terms, left = terms_of(offers, at=at), left_of(offers, at=at)
    by_product: dict[int, list[OfferTerms]] = defaultdict(list)
    for product_id, offer_id in pairs:
        if offer_id in terms:
            by_product[product_id].append(terms[offer_id])
    found = {}
    for product_id, some in by_product.items():
        shown = min(some, key=lambda one: (not one.is_orderable, one.price_cents))
        amounts = {one: left.get(one.offer_id) for one in some if one.is_orderable}
        to_be_had = [one for one, amount in amounts.items() if amount is None or amount > 0]
        lead = min((one.lead_minutes for one in to_be_had), default=0)
        found[product_id] = Sale(shown.price_cents, bool(to_be_had), lead)
    return found


def _same_day_words(same_day: SameDay, shop: int, lead_minutes: int, *, at: datetime) -> str:
    """Return the quarter-hours in which an order can still be collected the same day, as words."""
    found = same_day.quarters(shop, lead_minutes=lead_minutes, at=at, days=SAME_DAYS)
    return " ".join(str(quarter) for quarter in sorted(found))


def _traits_of(row: ProductRow, sale: Sale) -> list[str]:
    """Return what narrows a list in one press; the season is this month's, read anew every night."""
    known = (
        ("made_here", row.is_made_here),
        ("in_stock", sale.is_in_stock),
        ("in_season", timezone.localdate().month in row.season_months),
    )
    return [name for name, is_so in known if is_so]


def _free_of(allergens: list[str] | None) -> list[str]:
    """Return the allergens that are absent; none while nobody has said."""
    if allergens is None:
        return []
    return [one for one in Allergen.values if one not in allergens]


def _about(row: ProductRow) -> str:
    labels = [LABEL_WORDS.get(key, "") for key in row.labels]
    here = MADE_HERE_WORDS if row.is_made_here else ""
    return unique_stems(plain_text(row.description), row.origin, here, *labels)


def _standing(pk: int, *, is_in_stock: bool) -> int:
    """Return the place in a list without words, smallest first: what can be had, then the lot."""
    return (not is_in_stock) << 60 | int(lot_of(pk) * 2**28) << 32 | pk % 2**32


def _newest(row: ProductRow) -> int:
    """Return the place in a list from the newest, unique."""
    published = int(row.published_at.timestamp()) if row.published_at else 0
    return max(0, _LATEST - published) << 32 | (_LATEST - row.pk % 2**32)
