"""The refund clock of withdrawals turned: reminders, and money that goes back by itself on its day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from chalandise.journal.actions import emit, record, subject_of
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.settling import GoodsOf, on_the_shelf, settle_withdrawal
from chalandise.ordering.events import RefundClockStruck, WithdrawalSent
from chalandise.ordering.models import Withdrawal
from chalandise.ordering.queries.locking import lock_running_withdrawal, lock_withdrawal
from chalandise.ordering.queries.refunds import facts_of, withdrawals_to_watch
from chalandise.ordering.refund_clock import Turn, turn_of

CLOCK = Actor.system("refund clock")


@transaction.atomic
def say_sent(
    withdrawal: Withdrawal, *, sent_on: date, tracking: str, by: Actor, at: datetime
) -> None:
    """Note the customer's proof that the goods are on their way: the merchant waits no longer.

    Article L221-24 asks for a proof of sending, and no more: the first one counts.

    Args:
        withdrawal: which.
        sent_on: the day they were posted or brought, not later than today.
        tracking: the number of the parcel, or what the receipt says.
        by: who says so.
        at: when.

    Raises:
        StaleStateError: it is shown already, or the money went back.
    """
    held = lock_withdrawal(withdrawal.pk)
    if held.sent_on is not None or held.applied_at is not None:
        raise StaleStateError(subject_of(held), "sent")
    today = _today(held, at)
    held.sent_on = min(max(sent_on, held.confirmed_at.date()), today)
    held.tracking = tracking.strip()[:120]
    held.save(update_fields=["sent_on", "tracking"])
    record(held, "sent_back", by=by, at=at, detail={"sent_on": held.sent_on.isoformat()})
    emit(WithdrawalSent(held.pk), at=at)
    withdrawal.refresh_from_db()


def turn_refund_clock(*, at: datetime, goods_of: GoodsOf = on_the_shelf) -> int:
    """Give back what is due today, remind who must act tomorrow; tell how much went back by itself.

    Each withdrawal is dealt with in a transaction of its own, under its lock: run twice, or by two at
    once, each says one thing once and gives back once.

    Args:
        at: now.
        goods_of: what becomes of the goods of what is under way and of what is gathered with it.
    """
    return sum(_turn(pk, goods_of=goods_of, at=at) for pk in withdrawals_to_watch(at=at))


@transaction.atomic
def _turn(withdrawal_id: int, *, goods_of: GoodsOf, at: datetime) -> bool:
    held = lock_running_withdrawal(withdrawal_id)
    if held is None:  # somebody has settled it meanwhile, or is about to
        return False
    turn = turn_of(facts_of(held), on=_today(held, at))
    if turn is Turn.DUE:
        record(held, "given_back_on_its_day", by=CLOCK, at=at)
        settle_withdrawal(held, goods_of=goods_of, by=CLOCK, at=at)
        return True
    _say(held, turn, at=at)
    return False


def _say(held: Withdrawal, turn: Turn, *, at: datetime) -> None:
    """Tell people once what the clock says."""
    if turn is Turn.NEAR and held.reminded_at is None:
        held.reminded_at = at
        held.save(update_fields=["reminded_at"])
    elif turn in {Turn.WAITING, Turn.BY_HAND} and held.late_told_at is None:
        held.late_told_at = at
        held.save(update_fields=["late_told_at"])
    else:
        return
    record(held, f"clock_{turn.value}", by=CLOCK, at=at)
    emit(RefundClockStruck(held.pk, turn.value), at=at)


def _today(withdrawal: Withdrawal, at: datetime) -> date:
    zone = ZoneInfo(withdrawal.merchant_order.establishment.timezone)
    return at.astimezone(zone).date()
