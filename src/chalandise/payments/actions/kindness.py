"""Giving back a part of what was paid out of kindness: never above what was taken and is still there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.journal.states import Actor
from chalandise.ordering.actions.changing import give_gesture, give_gesture_on_all
from chalandise.ordering.models import MerchantOrder, OrderLine
from chalandise.payments.errors import RefundTooLargeError
from chalandise.payments.queries import lock_captured_payments


@transaction.atomic
def give_back(
    part: MerchantOrder,
    *,
    line: OrderLine | None,
    cents: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Take an amount off a line, or off the whole, and give it back where it was paid.

    An order that is paid on collection, and not yet collected, just costs less.

    Args:
        part: the merchant order.
        line: which of its lines; none for the whole.
        cents: how much.
        reason: why, for the customer.
        by: who is kind.
        at: when.

    Raises:
        MoreThanStandsError: more than the line, or the whole, costs now.
        RefundTooLargeError: it was paid, and less is left of that.
        StaleStateError: the order has ended otherwise.
    """
    payments = lock_captured_payments(part.pk)
    if line is None:
        give_gesture_on_all(part, cents=cents, reason=reason, by=by, at=at)
    else:
        give_gesture(line, cents=cents, reason=reason, by=by, at=at)
    left = sum(one.captured_cents - one.refunded_cents for one in payments)
    if payments and cents > left:
        raise RefundTooLargeError(cents, left)
