"""Letting go, by the clock, of what awaits a payment that never comes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from chalandise.logistics.actions import hold_slots
from chalandise.logistics.values import SlotChoice
from chalandise.ordering.actions.serving import expire_merchant_order
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.queries.locking import lock_parts, lock_unpaid_part
from chalandise.ordering.states import MerchantOrderState
from chalandise.stock.actions import hold_stock


def expire_unpaid(*, at: datetime) -> int:
    """Let go of the parts whose time to pay has run out; tell how many.

    Parts that somebody is settling at this moment are left to them. Money that comes later still
    takes what remains (`paying.mark_paid`).
    """
    overdue = MerchantOrder.objects.filter(
        state=MerchantOrderState.AWAITING_PAYMENT, order__expires_at__lte=at
    ).order_by("placed_at", "pk")
    count = 0
    for pk in list(overdue.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            if (part := lock_unpaid_part(pk, at=at)) is not None:
                expire_merchant_order(part, at=at)
                count += 1
    return count


@transaction.atomic
def keep_for_payment(order: Order, *, until: datetime, at: datetime) -> None:
    """Give a customer who pays at this moment more time: goods and slots are kept until then.

    Raises:
        OutOfStockError, SlotFullError, SlotGoneError: of lower rooms; what was kept had run out
            and is gone.
    """
    parts = lock_parts(order)
    waiting = [part for part in parts if part.state == MerchantOrderState.AWAITING_PAYMENT]
    if not waiting:
        return
    prefetch_related_objects(waiting, "lines")
    hold_stock({part.holder: _goods(part) for part in waiting}, until=until, at=at)
    slots = {
        part.holder: SlotChoice(part.way_key, part.establishment_id, part.starts_at)
        for part in waiting
        if part.starts_at is not None and part.gathered_by_id is None
    }
    if slots:
        hold_slots(slots, until=until, at=at)
    order.expires_at = until
    order.save(update_fields=["expires_at"])


def _goods(part: MerchantOrder) -> dict[int, int]:
    goods: dict[int, int] = {}
    for line in part.lines.all():
        if line.offer_id is not None:
            goods[line.offer_id] = goods.get(line.offer_id, 0) + line.quantity
    return goods
