"""Background entry points of logistics."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.logistics.actions import expire_slot_holds


@app.periodic(cron="* * * * *")
@app.task(name="logistics.expire_slot_holds", queueing_lock="logistics.expire_slot_holds")
def expire(timestamp: int) -> None:
    """Let go, every minute, of places in slots that nobody paid for."""
    expire_slot_holds(at=timezone.now())
