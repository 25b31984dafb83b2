"""Things that are counted."""

from __future__ import annotations

from datetime import datetime

from tests.factories import catalogue

from chalandise.catalogue.models import Offer
from chalandise.directory.models import Establishment
from chalandise.stock.actions import keep_stock
from chalandise.stock.models import StockLevel


def counted(
    establishment: Establishment,
    name: str = "",
    *,
    on_hand: int = 10,
    at: datetime = catalogue.SINCE,
    **details: object,
) -> Offer:
    """Make an offer on the shelf of which ``on_hand`` are there."""
    made = catalogue.offer(establishment, name, at=at, **details)
    keep_stock(made, on_hand, by=catalogue.BY, at=at)
    return made


def level(offer: Offer) -> tuple[int, int, int]:
    """On hand, reserved, allocated."""
    one = StockLevel.objects.get(offer=offer)
    return one.on_hand, one.reserved, one.allocated
