"""Background entry points of ordering."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.ordering.actions.reservations import erase_old_reservations, expire_reservations


@app.periodic(cron="*/5 * * * *")
@app.task(name="ordering.expire_reservations", queueing_lock="ordering.expire_reservations")
def expire(timestamp: int) -> None:
    """Let go, every five minutes, of what has waited too long."""
    expire_reservations(at=timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(name="ordering.erase_old_reservations", queueing_lock="ordering.erase_old_reservations")
def erase(timestamp: int) -> None:
    """Erase, every night, what customers wrote a year ago and more."""
    erase_old_reservations(at=timezone.now())
