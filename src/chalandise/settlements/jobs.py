"""Background entry points of settlements."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.settlements.actions.closing import close_finished_periods
from chalandise.settlements.actions.statements import issue_statements_of_last_month
from chalandise.settlements.queries.comparing import compare_with_payments
from chalandise.settlements.queries.verifying import verify

logger = logging.getLogger(__name__)

ON_ITS_WAY = timedelta(hours=1)  # what the outbox may still carry, with its second attempts


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


@app.periodic(cron="50 4 * * *")
@app.task(name="settlements.check_books", queueing_lock="settlements.check_books")
def check_books(timestamp: int) -> None:
    """Read the books again every night, beside the payments; what does not match is an error.

    An operator has errors of the log sent to them (`docs/deployment.md`).
    """
    faults = (*verify().faults, *compare_with_payments(until=timezone.now() - ON_ITS_WAY))
    for fault in faults:
        logger.error("books: %s: %s", fault.where, fault.why)
