"""Reads for statements: what a merchant was owed at a moment, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet, Sum

from chalandise.settlements.models import LedgerEntry, Statement
from chalandise.settlements.states import Account


def statements_of(organisation_id: int) -> QuerySet[Statement]:
    """Return a merchant's statements, newest first."""
    return Statement.objects.filter(organisation_id=organisation_id).order_by("-ends_on", "-number")


def balance_before(organisation_id: int, moment: datetime) -> int:
    """Return what the merchant was owed when ``moment`` began."""
    entries = LedgerEntry.objects.filter(
        organisation_id=organisation_id,
        account=Account.MERCHANT,
        journal__written_at__lt=moment,
    )
    return -int(entries.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def sums_by_kind(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    """Sum up entries on the merchant's account by what their journal tells."""
    sums: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        sums[f"{entry.journal.kind}_cents"] -= entry.amount_cents
    return dict(sorted(sums.items()))
