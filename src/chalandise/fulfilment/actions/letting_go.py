"""Nobody came: a reminder, some patience, then the goods go back on the shelf (fault 26)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.actions.steps import opened, require_accepted, step
from chalandise.fulfilment.events import ReminderDue
from chalandise.fulfilment.models import Fulfilment, NoShow
from chalandise.fulfilment.policies import COLLECTED_WAYS, is_let_go_alone, remind_at
from chalandise.fulfilment.queries.customers import customer_keys
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.serving import mark_uncollected
from chalandise.ordering.models import MerchantOrder


def remind_of_uncollected(*, at: datetime) -> int:
    """Have customers reminded, once, of what waits for them after its slot; tell how many."""
    waiting = Fulfilment.objects.filter(
        state=FulfilmentState.READY,
        reminded_at=None,
        kept_until__gt=at,
        merchant_order__way_kind__in=COLLECTED_WAYS,
    )
    done = 0
    for one in waiting.select_related("merchant_order").order_by("pk"):
        if remind_at(one) <= at and _remind(one.merchant_order_id, at=at):
            done += 1
    return done


def release_uncollected(*, at: datetime) -> int:
    """Let go of what was to be paid on collection and was kept long enough; tell how many."""
    overdue = Fulfilment.objects.filter(state=FulfilmentState.READY, kept_until__lte=at)
    done = 0
    for one in overdue.select_related("merchant_order").order_by("pk"):
        if not is_let_go_alone(one.merchant_order):
            continue
        try:
            let_go(one.merchant_order, by=Actor.system("patience"), at=at)
        except StaleStateError:
            continue  # collected meanwhile
        done += 1
    return done


@transaction.atomic
def let_go(order: MerchantOrder, *, by: Actor, at: datetime) -> Fulfilment:
    """Give up waiting for a customer: the goods go back on the shelf.

    Raises:
        StaleStateError: it was collected or cancelled meanwhile, or is not ready.
    """
    fulfilment = opened(order.pk, at=at)
    require_accepted(fulfilment, FulfilmentState.NOT_COLLECTED)
    mark_uncollected(fulfilment.merchant_order, by=by, at=at)
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
