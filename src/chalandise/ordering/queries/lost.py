"""What was lost while an order was placed, as its customer is told."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chalandise.ordering.errors import Change, Changed
from chalandise.ordering.models import CartLine, Checkout, CheckoutPart
from chalandise.stock.errors import Shortage


def way_gone(holder: UUID) -> Change:
    """Say that the way of a part is no longer to be had, by the name of its shop: one statement."""
    names = CheckoutPart.objects.filter(holder=holder).values_list("establishment__name", flat=True)
    return Change(Changed.WAY, name=names.first() or "")


def changes_of(shortages: Sequence[Shortage], checkout: Checkout) -> list[Change]:
    """Say what a cart lacks, by the names of its products: one statement."""
    names = dict(
        CartLine.objects.filter(
            cart=checkout.cart_id, offer__in=[one.offer_id for one in shortages]
        ).values_list("offer_id", "offer__variant__product__name")
    )
    return [
        Change(
            Changed.LESS_LEFT if one.left else Changed.GONE,
            one.offer_id,
            names.get(one.offer_id, ""),
            one.asked,
            one.left,
        )
        for one in shortages
    ]
