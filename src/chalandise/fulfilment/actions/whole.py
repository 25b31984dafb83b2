"""Giving a whole order back, whoever its merchants are: each by itself, so that one may fail alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import F

from chalandise.fulfilment.actions.calling_off import call_off
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.actions.changing import give_all_back
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.queries.locking import lock_part
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, Goods, MerchantOrderState
from chalandise.payments.models import Payment
from chalandise.payments.queries import lock_captured_payments
from chalandise.payments.sums import sums_of
from chalandise.stock.errors import StockBusyError


class Outcome(Enum):
    """What became of one merchant's part."""

    CALLED_OFF = "called_off"  # it was under way: what was paid goes back with it
    ON_ITS_WAY = "on_its_way"  # it has left the shop: all it still costs goes back, it travels on
    GIVEN_BACK = "given_back"  # the customer has it, and all it still cost goes back
    NOTHING_LEFT = "nothing_left"  # it has ended, or all of it is given back already
    FAILED = "failed"  # it moved meanwhile, or somebody is busy with its goods: nothing was changed


@dataclass(frozen=True)
class PartGivenBack:
    """One merchant's part of an order that is given back whole.

    Attributes:
        part: the merchant order.
        outcome: what became of it.
        is_short: less was left of what was paid than was due: a person looks at the rest.
    """

    part: MerchantOrder
    outcome: Outcome
    is_short: bool = False


def refund_whole_order(
    order: Order, *, reason: str, by: Actor, at: datetime
) -> list[PartGivenBack]:
    """Give back all that every merchant of an order was paid and has not given back.

    What is under way is called off; what the customer has stays theirs, and so does what was paid and
    has left the shop. Each part is a transaction of its own: what one merchant's cannot do stops no
    other's. Pressed again, it does what is left.

    Args:
        order: the whole order.
        reason: why, in words that the customer reads.
        by: who decides.
        at: when.
    """
    record(order, "given_back_whole", by=by, at=at, detail={"reason": reason.strip()[:500]})
    givers_first = order.merchant_orders.order_by(F("gathered_by").asc(nulls_first=True), "pk")
    told: dict[int, PartGivenBack] = {}
    for pk, giver in list(givers_first.values_list("pk", "gathered_by")):
        done = _give_back(pk, reason=reason, by=by, at=at)
        with_it = told.get(giver) if giver is not None else None
        if done.outcome is Outcome.NOTHING_LEFT and with_it is not None:
            done = replace(done, outcome=with_it.outcome)  # it ended with what it was gathered in
        told[pk] = done
    return [told[pk] for pk in sorted(told)]


def _give_back(part_id: int, *, reason: str, by: Actor, at: datetime) -> PartGivenBack:
    try:
        with transaction.atomic():
            payments = lock_captured_payments(part_id)
            part = lock_part(part_id)
            is_short = _due(part) > _left(payments) if payments else False
            outcome = _step(part, payments, reason=reason, by=by, at=at)
            return PartGivenBack(
                part, outcome, is_short=is_short and outcome is not Outcome.NOTHING_LEFT
            )
    except (StaleStateError, StockBusyError, SlotsBusyError):
        return PartGivenBack(MerchantOrder.objects.get(pk=part_id), Outcome.FAILED)


def _step(
    part: MerchantOrder, payments: Sequence[Payment], *, reason: str, by: Actor, at: datetime
) -> Outcome:
    is_open = MERCHANT_ORDER_TRANSITIONS.allows(part.state, MerchantOrderState.CANCELLED)
    travels = is_open and stays_on_its_way(part, goods_of([part])[part.pk])
    if is_open and not travels:
        call_off(part, reason=reason, by=by, at=at)
        return Outcome.CALLED_OFF
    if not travels and part.state != MerchantOrderState.COMPLETED:
        return Outcome.NOTHING_LEFT
    if payments and _left(payments) <= 0:
        return Outcome.NOTHING_LEFT  # all of it went back, some of it elsewhere
    if not give_all_back(part, reason=reason, by=by, at=at):
        return Outcome.NOTHING_LEFT
    return Outcome.ON_ITS_WAY if travels else Outcome.GIVEN_BACK


def stays_on_its_way(part: MerchantOrder, goods: Goods) -> bool:
    """Tell whether something under way is given back and not called off: it was paid, and has left.

    What was not paid and has left is called off: whoever brings it asks for no money at the door.
    """
    return goods is Goods.LOST and part.paid_at is not None


def _due(part: MerchantOrder) -> int:
    sums = sums_of([part])[part.pk].sums
    return sums.now - sums.announced


def _left(payments: Sequence[Payment]) -> int:
    return sum(one.captured_cents - one.refunded_cents for one in payments)
