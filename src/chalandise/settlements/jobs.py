"""Background entry points of settlements."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.settlements.actions.closing import close_finished_periods
from chalandise.settlements.actions.commissions import issue_commissions_of_last_month
from chalandise.settlements.actions.diligence import (
    check_sellers,
    forget_people,
    tell_sellers_of_year,
)
from chalandise.settlements.actions.rates import apply_commissions
from chalandise.settlements.actions.statements import issue_statements_of_last_month
from chalandise.settlements.actions.thresholds import warn_of_thresholds
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


@app.periodic(cron="20 5 * * *")
@app.task(name="settlements.check_sellers", queueing_lock="settlements.check_sellers")
def ask_sellers(timestamp: int) -> None:
    """Ask sellers, each morning, for what their declaration lacks; recall it, hold, let go (DAC7).

    And erase who is no longer declared.
    """
    check_sellers(at=timezone.now())
    forget_people(at=timezone.now())


@app.periodic(cron="30 5 8 1 *")
@app.task(name="settlements.tell_year", queueing_lock="settlements.tell_year")
def tell_year(timestamp: int) -> None:
    """Tell sellers on 8 January what is declared of their last year, due on 31 January."""
    now = timezone.localtime()
    tell_sellers_of_year(year=now.year - 1, at=now)


@app.periodic(cron="10 5 * * *")
@app.task(name="settlements.warn_of_thresholds", queueing_lock="settlements.warn_of_thresholds")
def warn_sellers(timestamp: int) -> None:
    """Tell sellers without VAT, each morning, who come near to a threshold (CGI, art. 293 B)."""
    warn_of_thresholds(at=timezone.now())


@app.periodic(cron="45 4 2-6 * *")
@app.task(name="settlements.issue_commissions", queueing_lock="settlements.issue_commissions")
def issue_commissions(timestamp: int) -> None:
    """Invoice last month's commissions once it is over; those invoiced already stay."""
    issue_commissions_of_last_month(at=timezone.now())


@app.periodic(cron="2 * * * *")
@app.task(name="settlements.apply_commissions", queueing_lock="settlements.apply_commissions")
def apply_announced(timestamp: int) -> None:
    """Let announced commissions hold from their day on."""
    apply_commissions(at=timezone.now())
