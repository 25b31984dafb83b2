"""Background entry points of logistics."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.logistics.actions import expire_slot_holds, forget_old_slots


@app.periodic(cron="* * * * *")
@app.task(name="logistics.expire_slot_holds", queueing_lock="logistics.expire_slot_holds")
def expire(timestamp: int) -> None:
    """Let go, every minute, of places in slots that nobody paid for."""
    expire_slot_holds(at=timezone.now())


@app.periodic(cron="50 3 * * *")
@app.task(name="logistics.forget_old_slots", queueing_lock="logistics.forget_old_slots")
def forget(timestamp: int) -> None:
    """Erase, every night, slots that are long over."""
    forget_old_slots(at=timezone.now())
