"""Telling a merchant what a period came to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from chalandise.settlements.models import LedgerEntry, SalesChain, Statement
from chalandise.settlements.periods import month
from chalandise.settlements.queries.locking import lock_chain
from chalandise.settlements.queries.statements import balance_before, sums_by_kind
from chalandise.settlements.states import Account


@transaction.atomic
def issue_statement(
    organisation_id: int, starts_on: date, ends_on: date, *, at: datetime
) -> Statement:
    """Write the statement of a period that is over, or return the one already written.

    It tells what was *written* in those days about what the merchant is owed: a fact that arrives
    late is in the statement of the day it arrived, so that each statement opens where the one
    before closed.
    """
    chain = lock_chain(organisation_id)
    known = Statement.objects.filter(
        organisation_id=organisation_id, starts_on=starts_on, ends_on=ends_on
    ).first()
    if known is not None:
        return known
    zone = ZoneInfo(chain.timezone)
    since = datetime.combine(starts_on, time(), tzinfo=zone)
    until = datetime.combine(ends_on + timedelta(days=1), time(), tzinfo=zone)
    entries = list(
        LedgerEntry.objects.filter(
            organisation_id=organisation_id,
            account=Account.MERCHANT,
            journal__written_at__gte=since,
            journal__written_at__lt=until,
        )
        .select_related("journal")
        .order_by("journal__written_at", "pk")
    )
    lines = [
        {
            "on": entry.journal.happened_at.astimezone(zone).date().isoformat(),
            "kind": entry.journal.kind,
            "reference": entry.journal.reference,
            "cents": -entry.amount_cents,
        }
        for entry in entries
    ]
    opening = balance_before(organisation_id, since)
    totals = {
        "opening_cents": opening,
        "closing_cents": opening - sum(entry.amount_cents for entry in entries),
        **sums_by_kind(entries),
    }
    last = Statement.objects.filter(organisation_id=organisation_id).aggregate(n=Max("number"))
    return Statement.objects.create(
        organisation_id=organisation_id,
        number=(last["n"] or 0) + 1,
        starts_on=starts_on,
        ends_on=ends_on,
        totals=totals,
        lines=lines,
        issued_at=at,
    )


def issue_statements_of_last_month(*, at: datetime) -> int:
    """Write last month's statement of every merchant with something to tell; return how many."""
    made = 0
    for chain in SalesChain.objects.order_by("pk"):
        today = at.astimezone(ZoneInfo(chain.timezone)).date()
        last = today.replace(day=1) - timedelta(days=1)
        span = month(last.year, last.month)
        if not Statement.objects.filter(
            organisation_id=chain.pk, starts_on=span.starts_on, ends_on=span.ends_on
        ).exists():
            issue_statement(chain.pk, span.starts_on, span.ends_on, at=at)
            made += 1
    return made
