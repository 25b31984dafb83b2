"""Background entry points of fulfilment."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.fulfilment.actions.asking import settle_overdue
from chalandise.fulfilment.actions.lateness import watch_demands, watch_promises
from chalandise.fulfilment.actions.letting_go import release_uncollected, remind_of_uncollected
from chalandise.fulfilment.actions.tapping import forget_old_taps
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.ordering.actions.refund_turns import turn_refund_clock


@app.periodic(cron="*/5 * * * *")
@app.task(name="fulfilment.settle_questions", queueing_lock="fulfilment.settle_questions")
def settle_questions(timestamp: int) -> None:
    """Close, every five minutes, the questions that nobody answered in time."""
    settle_overdue(at=timezone.now())


@app.periodic(cron="*/10 7-20 * * *")
@app.task(name="fulfilment.remind", queueing_lock="fulfilment.remind")
def remind(timestamp: int) -> None:
    """Have customers reminded, by day only, of what waits for them."""
    remind_of_uncollected(at=timezone.now())


@app.periodic(cron="*/10 6-20 * * *")
@app.task(name="fulfilment.watch_promises", queueing_lock="fulfilment.watch_promises")
def watch(timestamp: int) -> None:
    """Tell, once and by day only, of what was promised and did not come (L216-1, L216-6)."""
    at = timezone.now()
    watch_promises(at=at)
    watch_demands(at=at)


@app.periodic(cron="*/15 * * * *")
@app.task(name="fulfilment.release", queueing_lock="fulfilment.release")
def release(timestamp: int) -> None:
    """Let go, every quarter of an hour, of what nobody collects."""
    release_uncollected(at=timezone.now())


@app.periodic(cron="10 * * * *")
@app.task(name="fulfilment.turn_refund_clock", queueing_lock="fulfilment.turn_refund_clock")
def turn_clock(timestamp: int) -> None:
    """Give back, every hour, the money of withdrawals whose day has come, and remind of the next.

    The clock is of ordering; where goods under way are is known here.
    """
    turn_refund_clock(at=timezone.now(), goods_of=goods_of)


@app.periodic(cron="40 3 * * *")
@app.task(name="fulfilment.forget_taps", queueing_lock="fulfilment.forget_taps")
def forget_taps(timestamp: int) -> None:
    """Remove, every night, the keys of gestures made a month ago."""
    forget_old_taps(at=timezone.now())
