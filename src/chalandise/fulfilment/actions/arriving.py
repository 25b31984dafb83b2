"""What merchants bring to a pooled point: ticked bag by bag, ready once all of it is there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.actions.steps import opened, require_accepted, step
from chalandise.fulfilment.events import ArrivalCorrected
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import kept_until, require_brought, require_correctable
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.models import MerchantOrder


@transaction.atomic
def note_arrival(
    order: MerchantOrder, *, by: Actor, at: datetime, bags: int | None = None
) -> Fulfilment:
    """Tick what has arrived at the pooled point; with the last bag the customer is told.

    What its merchant forgot to call packed is so on the way, under the same conditions.

    Args:
        order: the merchant order.
        by: who ticks.
        at: when.
        bags: how many more are there; all that were missing if nobody says.

    Raises:
        WrongWayError: it is not collected at a pooled point.
        NotWeighedError, QuestionsOpenError: its merchant has not finished.
        StaleStateError: all of it is there already, or it was cancelled meanwhile.
    """
    fulfilment = opened(order.pk, at=at)
    require_brought(fulfilment.merchant_order)
    if fulfilment.state == FulfilmentState.PREPARING:
        fulfilment = mark_ready(order, by=by, at=at)
    require_accepted(fulfilment, FulfilmentState.READY)
    if fulfilment.state != FulfilmentState.PACKED:
        raise StaleStateError(str(fulfilment), FulfilmentState.READY)
    missing = fulfilment.bags - fulfilment.bags_arrived
    come = missing if bags is None else max(1, min(bags, missing))
    fulfilment.bags_arrived += come
    fulfilment.save(update_fields=["bags_arrived"])
    record(fulfilment, "arrived", by=by, at=at, detail={"bags": come, "of": fulfilment.bags})
    if fulfilment.bags_arrived == fulfilment.bags:
        kept = kept_until(fulfilment.merchant_order, ready_at=at)
        step(fulfilment, FulfilmentState.READY, by=by, at=at, ready_at=at, kept_until=kept)
    return fulfilment


@transaction.atomic
def correct_arrival(order: MerchantOrder, *, by: Actor, at: datetime) -> Fulfilment:
    """Say that what was ticked at the pooled point is not there: its bags are ticked anew.

    Whoever was told that all is there is told that it is not (`fulfilment.arrival_corrected`).

    Raises:
        WrongWayError: it is not collected at a pooled point.
        TooLateToCorrectError: it has been ready for more than a day.
        StaleStateError: nothing of it was ticked, or it was handed over or cancelled meanwhile.
    """
    fulfilment = opened(order.pk, at=at)
    require_brought(fulfilment.merchant_order)
    require_accepted(fulfilment, FulfilmentState.PACKED)
    ticked = fulfilment.bags_arrived
    if not ticked or fulfilment.state not in (FulfilmentState.PACKED, FulfilmentState.READY):
        raise StaleStateError(str(fulfilment), FulfilmentState.PACKED)
    require_correctable(fulfilment, at=at)
    fulfilment.bags_arrived = 0
    fulfilment.save(update_fields=["bags_arrived"])
    record(fulfilment, "arrival_corrected", by=by, at=at, detail={"bags": ticked})
    ready_at = fulfilment.ready_at
    if fulfilment.state == FulfilmentState.READY and ready_at is not None:
        back = FulfilmentState.PACKED
        step(fulfilment, back, by=by, at=at, is_told=False, kept_until=None, reminded_at=None)
        fulfilment.ready_at = None  # only now: what is ready has its moment
        fulfilment.save(update_fields=["ready_at"])
        told = ready_at.isoformat()
        emit(ArrivalCorrected(fulfilment.pk, fulfilment.merchant_order_id, told), at=at)
    return fulfilment
