"""Background entry points of settlements."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.settlements.actions.closing import close_finished_periods


@app.periodic(cron="25 * * * *")
@app.task(name="settlements.close_periods", queueing_lock="settlements.close_periods")
def close_periods(timestamp: int) -> None:
    """Seal, every hour, the days that have ended: midnight comes at eleven hours in France."""
    close_finished_periods(at=timezone.now())
