"""What merchants bring to a pooled point: ticked bag by bag, ready once all of it is there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.actions.steps import opened, require_accepted, step
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import kept_until, require_brought
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.actions import record
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
