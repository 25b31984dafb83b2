"""Nobody came: a reminder, some patience, then the sale is over (fault 26; C. civ., 1657)."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.actions.steps import opened, require_accepted, step
from chalandise.fulfilment.events import CollectionOverdue, ReminderDue
from chalandise.fulfilment.models import Fulfilment, NoShow
from chalandise.fulfilment.policies import (
    COLLECTED_WAYS,
    is_asked_again,
    is_overdue,
    let_go_alone,
    remind_at,
    require_collected_by_itself,
    require_kept_long_enough,
)
from chalandise.fulfilment.queries.customers import customer_keys
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.actions.serving import mark_uncollected
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import Goods
from chalandise.stock.errors import StockBusyError

logger = logging.getLogger(__name__)


def remind_of_uncollected(*, at: datetime) -> int:
    """Have customers reminded, once, of what waits for them after its slot; tell how many."""
    waiting = Fulfilment.objects.filter(
        state=FulfilmentState.READY,
        reminded_at=None,
        kept_until__gt=at,
        merchant_order__way_kind__in=COLLECTED_WAYS,
        merchant_order__gathered_by__isnull=True,
    )
    done = 0
    for one in waiting.select_related("merchant_order").order_by("pk"):
        if remind_at(one) <= at and _remind(one.merchant_order_id, at=at):
            done += 1
    return done


def release_uncollected(*, at: datetime) -> int:
    """Let go of what was kept long enough; tell how many.

    That is what was to be paid on collection, and what perishes. The merchant of anything else that
    was paid is asked what to do, once a week, four times; meanwhile it stays the customer's. What
    is gathered in a gift basket ends with it, never before. What somebody is busy with is left for
    the next time.
    """
    rows = Fulfilment.objects.filter(
        state=FulfilmentState.READY,
        kept_until__lte=at,
        merchant_order__way_kind__in=COLLECTED_WAYS,
        merchant_order__gathered_by__isnull=True,
    )
    overdue = list(rows.select_related("merchant_order").order_by("pk"))
    alone = let_go_alone(one.merchant_order for one in overdue)
    done = 0
    for one in overdue:
        order = one.merchant_order
        if order.pk not in alone:
            if is_asked_again(one, at=at):
                _ask(order.pk, at=at)
            continue
        try:
            done += _release(order.pk, at=at)
        except StaleStateError:
            continue  # collected meanwhile
        except (StockBusyError, SlotsBusyError) as error:
            logger.warning("fulfilment: %s is let go later: %s", order, type(error).__name__)
    return done


@transaction.atomic
def let_go(
    order: MerchantOrder, *, goods: Goods = Goods.BY_KIND, by: Actor, at: datetime
) -> Fulfilment:
    """Give up waiting for a customer; what was paid goes back, all of it.

    Args:
        order: the merchant order.
        goods: whether they can be sold again; only then do they go back on the shelf.
        by: who gives up.
        at: when.

    Raises:
        WrongWayError: it is collected with another merchant's order, and ends with that.
        TooEarlyToLetGoError: it was paid, and is kept for longer.
        StaleStateError: it was collected or cancelled meanwhile, or is not ready.
    """
    fulfilment = opened(order.pk, at=at)
    require_collected_by_itself(fulfilment.merchant_order)
    require_accepted(fulfilment, FulfilmentState.NOT_COLLECTED)
    if order.way_kind in COLLECTED_WAYS:
        require_kept_long_enough(fulfilment.merchant_order, fulfilment, at=at)
    mark_uncollected(fulfilment.merchant_order, goods=goods, by=by, at=at)
    step(fulfilment, FulfilmentState.NOT_COLLECTED, by=by, at=at)
    if order.way_kind in COLLECTED_WAYS:
        customer = fulfilment.merchant_order.order
        keys = customer_keys(customer.customer_email, customer.customer_phone)
        NoShow.objects.bulk_create(
            [NoShow(fulfilment=fulfilment, customer=key, missed_at=at) for key in keys],
            ignore_conflicts=True,
        )
    return fulfilment


@transaction.atomic
def _release(order_id: int, *, at: datetime) -> bool:
    """Let go of one order, unless its merchant has just said that it is kept for longer."""
    fulfilment = opened(order_id, at=at)
    if not is_overdue(fulfilment.merchant_order, fulfilment, at=at):
        return False
    let_go(fulfilment.merchant_order, by=Actor.system("patience"), at=at)
    return True


@transaction.atomic
def _ask(order_id: int, *, at: datetime) -> None:
    """Ask the merchant what becomes of paid goods that nobody collects, and tell the customer."""
    fulfilment = opened(order_id, at=at)
    order = fulfilment.merchant_order
    if not is_overdue(order, fulfilment, at=at) or not is_asked_again(fulfilment, at=at):
        return
    fulfilment.asked_at = at
    fulfilment.times_asked += 1
    fulfilment.save(update_fields=["asked_at", "times_asked"])
    record(fulfilment, "asked_what_to_do", by=Actor.system("patience"), at=at)
    kept = fulfilment.kept_until.isoformat() if fulfilment.kept_until else ""
    emit(CollectionOverdue(fulfilment.pk, order_id, fulfilment.times_asked, kept), at=at)


@transaction.atomic
def _remind(order_id: int, *, at: datetime) -> bool:
    fulfilment = opened(order_id, at=at)
    if fulfilment.state != FulfilmentState.READY or fulfilment.reminded_at is not None:
        return False
    fulfilment.reminded_at = at
    fulfilment.save(update_fields=["reminded_at"])
    record(fulfilment, "reminded", by=Actor.system("patience"), at=at)
    kept = fulfilment.kept_until.isoformat() if fulfilment.kept_until else ""
    emit(ReminderDue(fulfilment.pk, order_id, kept), at=at)
    return True
