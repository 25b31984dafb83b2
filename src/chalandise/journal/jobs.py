"""Background entry points of the journal."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.journal.actions import forget_attempts


@app.periodic(cron="40 3 * * *")
@app.task(name="journal.forget_attempts", queueing_lock="journal.forget_attempts")
def forget(timestamp: int) -> None:
    """Forget, each night, who tried what and how often."""
    forget_attempts(at=timezone.now())
