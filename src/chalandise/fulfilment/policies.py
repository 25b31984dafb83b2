"""What may be handed over, to whom, and for how long it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.conf import settings

from chalandise.fulfilment.errors import (
    AgeNotCheckedError,
    CashCapError,
    PaymentNeededError,
    TooEarlyToLetGoError,
    TooLateToCorrectError,
    WrongWayError,
)
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.promises import zone_of
from chalandise.fulfilment.queries.cards import Card
from chalandise.fulfilment.states import FulfilmentState
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.queries.lines import perishable_lines, perishable_parts
from chalandise.ordering.states import Pays, WayKind
from chalandise.payments.queries import CASH_LIMIT_CENTS
from chalandise.payments.states import Means

COLLECTED_WAYS = (WayKind.PICKUP, WayKind.POINT)
REMINDED_AFTER = timedelta(hours=2)  # after the slot
KEPT_FOR = timedelta(hours=settings.KEPT_HOURS)  # after its slot, or after it was ready if later
PERISHABLE_KEPT_FOR = timedelta(hours=settings.KEPT_PERISHABLE_HOURS)  # after the end of that day
ASKED_EVERY = timedelta(days=7)  # what was paid and is overdue
ASKED_AT_MOST = 4
CORRECTED_WITHIN = timedelta(days=1)  # what was ticked by mistake; sooner than anything is let go
ANSWERED_WITHIN = timedelta(hours=4)
ANSWERED_BEFORE_SLOT = timedelta(hours=1)
SHORTEST_ANSWER = timedelta(minutes=20)


def require_collected(order: MerchantOrder) -> None:
    """Let pass what the customer comes for.

    Raises:
        WrongWayError: it travels to the customer.
    """
    if order.way_kind not in COLLECTED_WAYS:
        raise WrongWayError


def is_brought(order: MerchantOrder) -> bool:
    """Tell whether its merchant brings it to a pooled point; what is gathered comes with another."""
    return order.way_kind == WayKind.POINT and order.gathered_by_id is None


def require_brought(order: MerchantOrder) -> None:
    """Let pass what is collected at a pooled point.

    Raises:
        WrongWayError: the customer gets it elsewhere, or it comes with another merchant's.
    """
    if not is_brought(order):
        raise WrongWayError


def require_collected_by_itself(order: MerchantOrder) -> None:
    """Stop what would take a neighbour's part out of a gift basket that still waits.

    Raises:
        WrongWayError: it is collected with another merchant's order, and ends with that.
    """
    if order.gathered_by_id is not None:
        raise WrongWayError


def may_correct_arrival(order: MerchantOrder, fulfilment: Fulfilment, *, at: datetime) -> bool:
    """Tell whether what was ticked at a pooled point may be said not to be there after all.

    Bags of an order that still waits for others were told to nobody: they may at any time.
    """
    if not is_brought(order) or not fulfilment.bags_arrived:
        return False
    if fulfilment.state == FulfilmentState.PACKED:
        return True
    return fulfilment.state == FulfilmentState.READY and _is_fresh(fulfilment, at=at)


def require_correctable(fulfilment: Fulfilment, *, at: datetime) -> None:
    """Let pass what was ticked a short while ago.

    Raises:
        TooLateToCorrectError: it has been ready for too long.
    """
    if fulfilment.state == FulfilmentState.READY and not _is_fresh(fulfilment, at=at):
        raise TooLateToCorrectError


def require_travels(order: MerchantOrder) -> None:
    """Let pass what is brought or sent to the customer.

    Raises:
        WrongWayError: the customer comes for it.
    """
    if order.way_kind in COLLECTED_WAYS:
        raise WrongWayError


def require_age_checked(card: Card, *, is_checked: bool) -> None:
    """Stop what has an age limit until somebody has looked (code de la santé publique, L3342-1).

    Raises:
        AgeNotCheckedError: nobody has.
    """
    if card.minimum_age and not is_checked:
        raise AgeNotCheckedError(card.minimum_age)


def require_paid(card: Card, *, means: str) -> None:
    """Stop what is paid on collection until it is, in a way the law allows.

    Raises:
        PaymentNeededError: nobody said how it was paid.
        CashCapError: more than may be paid in cash.
    """
    if not card.due_cents:
        return
    if not means:
        raise PaymentNeededError(card.due_cents)
    if means == Means.CASH and card.is_above_cash_cap:
        raise CashCapError(card.due_cents, CASH_LIMIT_CENTS)


def kept_until(order: MerchantOrder, *, ready_at: datetime) -> datetime:
    """Return until when something ready is kept for who does not come: one statement.

    What perishes is kept until its day is over, and a little of the next; one loaf makes the bag
    perishable.
    """
    from_then = max(order.ends_at or ready_at, ready_at)
    if not perishable_lines(order):
        return from_then + KEPT_FOR
    zone = zone_of(order)
    next_day = from_then.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(next_day, time(), zone) + PERISHABLE_KEPT_FOR


def remind_at(fulfilment: Fulfilment) -> datetime:
    """Return when a customer who has not come should be reminded, once."""
    ready_at = fulfilment.ready_at or fulfilment.opened_at
    ends_at = fulfilment.merchant_order.ends_at
    return (ends_at or ready_at + timedelta(hours=22)) + REMINDED_AFTER


def let_go_alone(orders: Iterable[MerchantOrder]) -> set[int]:
    """Return which of what nobody collects is let go without anybody pressing: one statement at most.

    What was paid and keeps waits for the merchant's word; what perishes is nothing to wait with.
    """
    collected = [one for one in orders if one.way_kind in COLLECTED_WAYS]
    unpaid = {one.pk for one in collected if one.pays == Pays.ON_COLLECTION}
    paid = [one for one in collected if one.pk not in unpaid]
    return unpaid | perishable_parts(paid) if paid else unpaid


def is_overdue(order: MerchantOrder, fulfilment: Fulfilment, *, at: datetime) -> bool:
    """Tell whether something ready was kept as long as agreed, and nobody came.

    What is gathered in a gift basket waits as long as the basket does, whatever it is.
    """
    return (
        fulfilment.state == FulfilmentState.READY
        and order.gathered_by_id is None
        and order.way_kind in COLLECTED_WAYS
        and fulfilment.kept_until is not None
        and fulfilment.kept_until <= at
    )


def is_asked_again(fulfilment: Fulfilment, *, at: datetime) -> bool:
    """Tell whether the merchant of something overdue is to be asked what becomes of it."""
    if fulfilment.asked_at is None:
        return True
    is_time = fulfilment.asked_at + ASKED_EVERY <= at
    return is_time and fulfilment.times_asked < ASKED_AT_MOST


def require_kept_long_enough(order: MerchantOrder, fulfilment: Fulfilment, *, at: datetime) -> None:
    """Stop whoever gives up what was paid before the time agreed is over (C. civ., 1657).

    Raises:
        TooEarlyToLetGoError: the customer may still come.
    """
    until = fulfilment.kept_until
    if order.pays != Pays.ONLINE or fulfilment.state != FulfilmentState.READY or until is None:
        return
    if at < until:
        raise TooEarlyToLetGoError(until)


def decides_at(order: MerchantOrder, *, at: datetime) -> datetime:
    """Return until when a customer may answer: some hours, less when the slot is near."""
    latest = at + ANSWERED_WITHIN
    if order.starts_at is not None:
        latest = min(latest, order.starts_at - ANSWERED_BEFORE_SLOT)
    return max(latest, at + SHORTEST_ANSWER)


def _is_fresh(fulfilment: Fulfilment, *, at: datetime) -> bool:
    return fulfilment.ready_at is not None and at <= fulfilment.ready_at + CORRECTED_WITHIN
