"""Background entry points of stock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.stock.actions import expire_holds
from chalandise.stock.actions.forgetting import forget_old_reservations


@app.periodic(cron="* * * * *")
@app.task(name="stock.expire_holds", queueing_lock="stock.expire_holds")
def expire(timestamp: int) -> None:
    """Give back, every minute, what was kept too long; availability never waits for it."""
    expire_holds(at=timezone.now())


@app.periodic(cron="15 3 * * *")
@app.task(name="stock.forget_old_reservations", queueing_lock="stock.forget_old_reservations")
def forget(timestamp: int) -> None:
    """Erase, every night, what was given back or handed over long ago."""
    forget_old_reservations(at=timezone.now())
