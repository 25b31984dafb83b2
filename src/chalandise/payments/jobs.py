"""Background entry points of payments."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.payments.actions.arriving import follow_refunds
from chalandise.payments.actions.holding import turn_holds
from chalandise.payments.actions.sending import send_refunds
from chalandise.payments.actions.watching import compare_books, watch_payments
from chalandise.payments.queries import refunds_on_their_way, refunds_to_send

MOST_REFUNDS = 200
COMPARED = timedelta(days=4)  # events are sent again for three days; one more for a night missed


@app.task(name="payments.send_refund")
def send(refund_id: int) -> None:
    """Give money back, as soon as it was promised."""
    send_refunds([refund_id], at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="payments.watch", queueing_lock="payments.watch")
def watch(timestamp: int) -> None:
    """Each minute, look up what nobody told us, hold payouts, send refunds and ask after them."""
    watch_payments(at=timezone.now())
    turn_holds(at=timezone.now())
    now = timezone.now()
    send_refunds(refunds_to_send(at=now, most=MOST_REFUNDS), at=now)
    now = timezone.now()
    follow_refunds(refunds_on_their_way(at=now, most=MOST_REFUNDS), at=now)


@app.periodic(cron="25 * * * *")
@app.task(name="payments.compare_books", queueing_lock="payments.compare_books")
def compare(timestamp: int) -> None:
    """Each hour, compare our payments of the last days with the providers' lists."""
    now = timezone.now()
    compare_books(since=now - COMPARED, at=now)
