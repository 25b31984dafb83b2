"""Background entry points of the bank."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.bank.actions.news import deliver_events
from chalandise.bank.actions.paying_out import pay_out
from chalandise.bank.actions.refunding import end_refunds
from chalandise.bank.actions.sessions import expire_sessions


@app.task(name="bank.deliver_events")
def deliver() -> None:
    """Send the events that are due, as soon as one was written."""
    if not settings.PRODUCTION:
        deliver_events(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="bank.keep_house", queueing_lock="bank.keep_house")
def keep_house(timestamp: int) -> None:
    """Each minute, close the sessions whose time is over, end refunds, send again what nobody took."""
    if not settings.PRODUCTION:
        expire_sessions(at=timezone.now())
        end_refunds(at=timezone.now())
        deliver_events(at=timezone.now())


@app.periodic(cron="10 * * * *")
@app.task(name="bank.pay_out", queueing_lock="bank.pay_out")
def pay_merchants_out(timestamp: int) -> None:
    """Each hour, pay out the accounts whose day it is, once a day."""
    if not settings.PRODUCTION:
        pay_out(at=timezone.now())
