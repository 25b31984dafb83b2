"""Facts that the catalogue announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("catalogue.product_changed")
@dataclass(frozen=True)
class ProductChanged:
    """A product was made, published, changed or withdrawn."""

    product_id: int


@event("catalogue.price_changed")
@dataclass(frozen=True)
class PriceChanged:
    """What an offer costs changed, or will by a promotion."""

    offer_id: int


@event("catalogue.product_recalled")
@dataclass(frozen=True)
class ProductRecalled:
    """An authority or its maker calls a product back; ``reason`` says what to do with it."""

    product_id: int
    gtin: str
    reason: str


@event("catalogue.seller_changed")
@dataclass(frozen=True)
class SellerChanged:
    """What a seller says of itself changed."""

    organisation_id: int


@event("catalogue.basket_invitation_moved")
@dataclass(frozen=True)
class BasketInvitationMoved:
    """A merchant was asked to be in a gift basket, or answered."""

    invitation_id: int
    state: str
