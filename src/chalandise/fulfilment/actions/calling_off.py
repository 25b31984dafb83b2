"""Calling off what is under way, wherever its goods are: only what is still in the shop is sold again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.queries.goods import goods_of
from chalandise.journal.states import Actor
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.queries.locking import lock_part


@transaction.atomic
def call_off(order: MerchantOrder, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Call a merchant order off, by an agent or by right; what was paid goes back.

    Args:
        order: the merchant order.
        reason: why, for the customer.
        by: who calls it off.
        at: when.

    Raises:
        StaleStateError: it has ended already.
    """
    held = lock_part(order.pk)  # its goods take no step meanwhile
    cancel_merchant_order(held, reason=reason, goods=goods_of([held]), by=by, at=at)
