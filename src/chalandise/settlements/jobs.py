"""Background entry points of settlements."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.settlements.actions.closing import close_finished_periods
from chalandise.settlements.actions.statements import issue_statements_of_last_month


@app.periodic(cron="25 * * * *")
@app.task(name="settlements.close_periods", queueing_lock="settlements.close_periods")
def close_periods(timestamp: int) -> None:
    """Seal, every hour, the days that have ended: midnight comes at eleven hours in France."""
    close_finished_periods(at=timezone.now())


@app.periodic(cron="40 4 1-5 * *")
@app.task(name="settlements.issue_statements", queueing_lock="settlements.issue_statements")
def issue_statements(timestamp: int) -> None:
    """Write last month's statements in the first nights of a month; those written already stay."""
    issue_statements_of_last_month(at=timezone.now())
