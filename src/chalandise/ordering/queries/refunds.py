"""Reads of the refund clock: which withdrawals run, what it knows of each, what a desk must see."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from chalandise.directory.models import Establishment
from chalandise.ordering.models import Withdrawal
from chalandise.ordering.queries.withdrawals import SERVICE
from chalandise.ordering.refund_clock import REMINDER_DAYS, RefundFacts
from chalandise.ordering.states import Pays, WithdrawalState

AHEAD = timedelta(days=REMINDER_DAYS + 1)  # a day more: it is tomorrow already elsewhere in France
OPEN = (WithdrawalState.CONFIRMED, WithdrawalState.CONTESTED)


def withdrawals_to_watch(*, at: datetime) -> list[int]:
    """Return the withdrawals whose day is near or past, that nobody settled or contested."""
    running = Withdrawal.objects.filter(
        state=WithdrawalState.CONFIRMED, applied_at=None, refund_due_on__lte=at.date() + AHEAD
    )
    return list(running.order_by("pk").values_list("pk", flat=True))


def facts_of(withdrawal: Withdrawal) -> RefundFacts:
    """Return what the refund clock reads; one statement where the goods were handed over."""
    part = withdrawal.merchant_order
    has_goods = (
        part.received_at is not None and withdrawal.lines.exclude(line__goods_kind=SERVICE).exists()
    )
    return RefundFacts(
        due_on=withdrawal.refund_due_on,
        awaits_goods=has_goods,
        sent_on=withdrawal.sent_on,
        is_by_hand=part.pays == Pays.ON_COLLECTION and part.paid_at is not None,
    )


def withdrawals_of_shop(shop: Establishment) -> QuerySet[Withdrawal]:
    """Return what was withdrawn from at a shop, what is due soonest first."""
    return (
        Withdrawal.objects.filter(merchant_order__establishment=shop)
        .select_related("merchant_order__order", "merchant_order__establishment")
        .prefetch_related("lines__line")
        .order_by("refund_due_on", "pk")
    )


def open_withdrawals_of_shop(shop: Establishment) -> QuerySet[Withdrawal]:
    """Return those that wait for the merchant."""
    return withdrawals_of_shop(shop).filter(applied_at=None, state__in=OPEN)


def late_withdrawals(*, on: date) -> QuerySet[Withdrawal]:
    """Return those whose money did not go back on its day, and those a merchant objects to."""
    rows = Withdrawal.objects.filter(applied_at=None, state__in=OPEN).select_related(
        "merchant_order__order", "merchant_order__establishment"
    )
    late = rows.filter(refund_due_on__lt=on) | rows.filter(state=WithdrawalState.CONTESTED)
    return late.order_by("refund_due_on", "pk")
