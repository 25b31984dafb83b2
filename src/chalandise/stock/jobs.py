"""Background entry points of stock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.stock.actions import expire_holds


@app.periodic(cron="* * * * *")
@app.task(name="stock.expire_holds", queueing_lock="stock.expire_holds")
def expire(timestamp: int) -> None:
    """Give back, every minute, what was kept too long; availability never waits for it."""
    expire_holds(at=timezone.now())
