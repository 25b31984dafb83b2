"""What becomes of the goods of orders that end now: it depends on how far each is, which is known here."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from chalandise.fulfilment.states import FulfilmentState
from chalandise.ordering.models import LineChange, MerchantOrder
from chalandise.ordering.states import ChangeKind, Goods

PREPARED = (FulfilmentState.PACKED, FulfilmentState.READY)
GONE = (FulfilmentState.SENT, FulfilmentState.HANDED_OVER, FulfilmentState.DELIVERED)


def goods_of(parts: Iterable[MerchantOrder]) -> dict[int, Goods]:
    """Return what becomes of goods, by the key of their merchant order: two statements at most.

    What has left the shop does not come back to its shelf by itself, nor does what perishes or was cut
    for this customer once it is prepared. What is gathered with a merchant order is told too, and is
    on the road with it.
    """
    asked = [part.pk for part in parts]
    rows = MerchantOrder.objects.filter(Q(pk__in=asked) | Q(gathered_by__in=asked)).values_list(
        "pk", "fulfilment__state", "gathered_by__fulfilment__state"
    )
    states = {pk: (own, with_it) for pk, own, with_it in rows}
    begun = [pk for pk, (own, _with) in states.items() if own == FulfilmentState.PREPARING]
    cut = _cut(begun) if begun else set()
    found = {}
    for pk, (own, with_it) in states.items():
        if own in GONE or with_it in GONE:
            found[pk] = Goods.LOST
        else:
            found[pk] = Goods.BY_KIND if own in PREPARED or pk in cut else Goods.SELLABLE
    return found


def _cut(merchant_order_ids: list[int]) -> set[int]:
    weighed = LineChange.objects.filter(
        line__merchant_order__in=merchant_order_ids, kind=ChangeKind.WEIGHED
    )
    return set(weighed.values_list("line__merchant_order", flat=True))
