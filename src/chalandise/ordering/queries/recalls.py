"""Who bought a product that is called back (DSA, article 32: the buyers of the last six months)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState

TOLD_BACK = timedelta(days=183)
NEVER_HAD = (
    MerchantOrderState.AWAITING_PAYMENT,
    MerchantOrderState.EXPIRED,
    MerchantOrderState.CANCELLED,
    MerchantOrderState.DECLINED,
)


def bought_lately(product_ids: Iterable[int], *, at: datetime) -> QuerySet[MerchantOrder]:
    """Return the merchant orders of six months that hold one of the products, oldest first."""
    found = MerchantOrder.objects.filter(
        lines__offer__variant__product__in=list(product_ids), placed_at__gte=at - TOLD_BACK
    )
    return found.exclude(state__in=NEVER_HAD).order_by("pk").distinct()
