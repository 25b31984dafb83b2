"""What was promised and did not come: both are told once, and the customer may act (L216-6, L216-7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from chalandise.fulfilment.actions.calling_off import call_off
from chalandise.fulfilment.actions.steps import opened
from chalandise.fulfilment.events import DeliveryDemanded, DemandLapsed, PromiseMissed
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import COLLECTED_WAYS
from chalandise.fulfilment.promises import (
    FURTHER_DAYS,
    STANDING,
    TRAVELLING_WAYS,
    Right,
    is_broken,
    right_of,
    today_at,
)
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.models import MerchantOrder

DELIVERIES_WATCHED = timedelta(days=60)
SLOTS_WATCHED = timedelta(days=1)  # a slot of last week is no news any more
CLOCK = Actor.system("promises")


def watch_promises(*, at: datetime) -> int:
    """Note, once each, what was promised and neither waits nor travels; tell how many."""
    day = at.date()
    travels = Q(way_kind__in=TRAVELLING_WAYS)
    waits = Q(way_kind__in=COLLECTED_WAYS, starts_at__gt=at - SLOTS_WATCHED, starts_at__lte=at)
    seen = MerchantOrder.objects.filter(
        travels | waits,
        promised_on__range=(day - DELIVERIES_WATCHED, day + timedelta(days=1)),
        state__in=STANDING,
        gathered_by=None,
        fulfilment__late_at=None,
    )
    return sum(_miss(pk, at=at) for pk in seen.order_by("pk").values_list("pk", flat=True))


def watch_demands(*, at: datetime) -> int:
    """Tell, once each, that a further period is over and nothing came; tell how many."""
    over = Fulfilment.objects.filter(demanded_until__lte=at.date(), lapsed_at=None)
    orders = over.order_by("pk").values_list("merchant_order", flat=True)
    return sum(_lapse(pk, at=at) for pk in orders)


@transaction.atomic
def demand_delivery(order: MerchantOrder, *, days: int, by: Actor, at: datetime) -> None:
    """Put the merchant on notice to deliver within a further period.

    Args:
        order: the merchant order that is late.
        days: how long the further period is, one of `promises.FURTHER_DAYS`.
        by: the customer.
        at: when.

    Raises:
        StaleStateError: it is not late, has arrived or ended, or was demanded already.
    """
    fulfilment = opened(order.pk, at=at)
    if _right(fulfilment, at) is not Right.DEMAND or days not in FURTHER_DAYS:
        raise StaleStateError(str(fulfilment), "demanded")
    until = today_at(fulfilment.merchant_order, at) + timedelta(days=days)
    fulfilment.demanded_at, fulfilment.demanded_until = at, until
    fulfilment.save(update_fields=["demanded_at", "demanded_until"])
    detail = {"until": until.isoformat()}
    record(fulfilment, "delivery_demanded", by=by, at=at, detail=detail)
    emit(DeliveryDemanded(fulfilment.pk, order.pk, until.isoformat()), at=at)


@transaction.atomic
def end_late_order(order: MerchantOrder, *, by: Actor, at: datetime) -> None:
    """End the contract because the further period passed too; all that was paid goes back at once.

    The law leaves fourteen days for that (L216-7); the road is that of any cancelled order.

    Raises:
        StaleStateError: the period is not over, or it has arrived or ended meanwhile.
    """
    fulfilment = opened(order.pk, at=at)
    if _right(fulfilment, at) is not Right.END:
        raise StaleStateError(str(fulfilment), "ended_late")
    record(fulfilment, "ended_late", by=by, at=at)
    call_off(fulfilment.merchant_order, by=by, at=at)


@transaction.atomic
def _miss(order_id: int, *, at: datetime) -> bool:
    fulfilment = opened(order_id, at=at)
    order = fulfilment.merchant_order
    if fulfilment.late_at is not None or not is_broken(order, fulfilment.state, at=at):
        return False
    fulfilment.late_at = at
    fulfilment.save(update_fields=["late_at"])
    record(fulfilment, "promise_missed", by=CLOCK, at=at)
    emit(PromiseMissed(fulfilment.pk, order_id, order.slot_moves), at=at)
    return True


@transaction.atomic
def _lapse(order_id: int, *, at: datetime) -> bool:
    fulfilment = opened(order_id, at=at)
    is_on_its_way = fulfilment.state == FulfilmentState.SENT  # the customer sees whether it comes
    if fulfilment.lapsed_at is not None or is_on_its_way or _right(fulfilment, at) is not Right.END:
        return False
    fulfilment.lapsed_at = at
    fulfilment.save(update_fields=["lapsed_at"])
    record(fulfilment, "demand_lapsed", by=CLOCK, at=at)
    emit(DemandLapsed(fulfilment.pk, order_id), at=at)
    return True


def _right(fulfilment: Fulfilment, at: datetime) -> Right:
    order = fulfilment.merchant_order
    return right_of(order, fulfilment.state, fulfilment.demanded_until, at=at)
