"""What some events of the outbox ask the index to read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from chalandise.catalogue.events import PriceChanged, ProductChanged
from chalandise.catalogue.models import Product, Promotion
from chalandise.directory.events import EstablishmentsChanged
from chalandise.journal.events import from_payload, name_of
from chalandise.journal.models import OutboxEvent
from chalandise.logistics.events import WaysChanged
from chalandise.stock.events import LevelChanged

_OF_SHOPS = name_of(EstablishmentsChanged)
_OF_WAYS = name_of(WaysChanged)
_OF_PRODUCTS = name_of(ProductChanged)
_OF_OFFERS = (name_of(PriceChanged), name_of(LevelChanged))


@dataclass
class Changed:
    """Keys of what changed; of the shops in ``shelves`` only what is said of their products."""

    establishments: set[int] = field(default_factory=set)
    shelves: set[int] = field(default_factory=set)
    products: set[int] = field(default_factory=set)
    offers: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Tell whether anything did."""
        return bool(self.establishments or self.shelves or self.products or self.offers)

    @classmethod
    def told_by(cls, rows: Sequence[OutboxEvent]) -> Changed:
        """Return what the events tell."""
        changed = cls()
        for row in rows:
            if row.kind == _OF_SHOPS:
                shops: EstablishmentsChanged = from_payload(row.kind, row.payload)
                changed.establishments.update(shops.establishment_ids)
            elif row.kind == _OF_WAYS:
                ways: WaysChanged = from_payload(row.kind, row.payload)
                changed.shelves.add(ways.establishment_id)
            elif row.kind == _OF_PRODUCTS:
                product: ProductChanged = from_payload(row.kind, row.payload)
                changed.products.add(product.product_id)
            elif row.kind in _OF_OFFERS:
                offer: PriceChanged | LevelChanged = from_payload(row.kind, row.payload)
                changed.offers.add(offer.offer_id)
        return changed


def product_ids_of(changed: Changed) -> set[int]:
    """Return the products to read again: those told, of those offers, on the shelves of those shops.

    A basket follows what it is made of.
    """
    found = set(changed.products)
    shown = Product.objects.published()
    if changed.establishments or changed.shelves:
        shops = [*changed.establishments, *changed.shelves]
        shelves = Product.objects.filter(
            establishment__in=shops
        )  # one that closes takes its shelf along
        found.update(shelves.values_list("pk", flat=True))
    if changed.offers:
        offers = list(changed.offers)
        of_offers = shown.filter(variants__offer__in=offers)
        of_baskets = shown.filter(variants__offer__parts__offer__in=offers)
        found.update(of_offers.values_list("pk", flat=True))
        found.update(of_baskets.values_list("pk", flat=True))
    return found


def products_repriced(since: datetime, until: datetime) -> set[int]:
    """Return the products of which a promotion began or ended between two moments; one query."""
    moved = Q(starts_at__gt=since, starts_at__lte=until) | Q(ends_at__gt=since, ends_at__lte=until)
    rows = Promotion.objects.filter(moved).values_list("offer__variant__product_id", flat=True)
    return set(rows)
