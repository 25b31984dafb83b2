"""Background entry points of the directory."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.directory.actions.claims import expire_claims
from chalandise.directory.actions.reminding import remind_of_hours


@app.periodic(cron="20 8 * * 2")
@app.task(name="directory.remind_of_hours", queueing_lock="directory.remind_of_hours")
def remind(timestamp: int) -> None:
    """Ask « still right? » on Tuesday mornings, when most shops have time to answer."""
    remind_of_hours(at=timezone.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="directory.expire_claims", queueing_lock="directory.expire_claims")
def expire(timestamp: int) -> None:
    """End, every night, the claims whose code is too old."""
    expire_claims(at=timezone.now())
