"""Giving a whole order back, whoever its merchants are: each by itself, so that one may fail alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.changing import give_all_back
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, MerchantOrderState
from chalandise.payments.errors import RefundTooLargeError
from chalandise.payments.queries import lock_captured_payments
from chalandise.stock.errors import StockBusyError


class Outcome(Enum):
    """What became of one merchant's part."""

    CALLED_OFF = "called_off"  # it was under way: what was paid goes back with it
    GIVEN_BACK = "given_back"  # the customer has it, and all it still cost goes back
    NOTHING_LEFT = "nothing_left"  # it has ended, or all of it is given back already
    FAILED = "failed"  # it moved meanwhile, or less is left than it costs: nothing was changed


@dataclass(frozen=True)
class PartGivenBack:
    """One merchant's part of an order that is given back whole."""

    part: MerchantOrder
    outcome: Outcome


def refund_whole_order(
    order: Order, *, reason: str, by: Actor, at: datetime
) -> list[PartGivenBack]:
    """Give back all that every merchant of an order was paid and has not given back.

    What is under way is called off; what the customer has stays theirs. Each part is a transaction
    of its own: what one merchant's cannot do stops no other's. Pressed again, it does what is left.

    Args:
        order: the whole order.
        reason: why, in words that the customer reads.
        by: who decides.
        at: when.
    """
    record(order, "given_back_whole", by=by, at=at, detail={"reason": reason.strip()[:500]})
    parts = order.merchant_orders.order_by("pk").values_list("pk", flat=True)
    return [_give_back(pk, reason=reason, by=by, at=at) for pk in parts]


def _give_back(part_id: int, *, reason: str, by: Actor, at: datetime) -> PartGivenBack:
    try:
        with transaction.atomic():
            payments = lock_captured_payments(part_id)
            part = MerchantOrder.objects.get(pk=part_id)
            if MERCHANT_ORDER_TRANSITIONS.allows(part.state, MerchantOrderState.CANCELLED):
                cancel_merchant_order(part, reason=reason, by=by, at=at)
                return PartGivenBack(part, Outcome.CALLED_OFF)
            if part.state != MerchantOrderState.COMPLETED:
                return PartGivenBack(part, Outcome.NOTHING_LEFT)
            cents = give_all_back(part, reason=reason, by=by, at=at)
            left = sum(one.captured_cents - one.refunded_cents for one in payments)
            if payments and cents > left:
                raise RefundTooLargeError(cents, left)
            return PartGivenBack(part, Outcome.GIVEN_BACK if cents else Outcome.NOTHING_LEFT)
    except (StaleStateError, RefundTooLargeError, StockBusyError):
        return PartGivenBack(MerchantOrder.objects.get(pk=part_id), Outcome.FAILED)
