"""Sums over the journal of sales and balances of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet, Sum

from chalandise.settlements.models import LedgerEntry, SalesRecord
from chalandise.settlements.states import Account
from chalandise.settlements.taxes import TaxLine


def merged_taxes(records: Iterable[SalesRecord]) -> tuple[TaxLine, ...]:
    """Sum up the taxes of records by kind and rate, lowest rate first."""
    sums: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for record in records:
        for one in record.taxes:
            row = sums[one["rate_bp"], one["kind"]]
            row[0] += one["gross_cents"]
            row[1] += one["net_cents"]
            row[2] += one["tax_cents"]
    return tuple(
        TaxLine(kind, rate_bp, *amounts) for (rate_bp, kind), amounts in sorted(sums.items())
    )


def records_of(organisation_id: int, starts_on: date, ends_on: date) -> QuerySet[SalesRecord]:
    """Return the records of the days from one to another, both included, in their order."""
    return SalesRecord.objects.filter(
        organisation_id=organisation_id, happened_on__range=(starts_on, ends_on)
    ).order_by("happened_at", "number")


def balances_of(organisation_id: int) -> dict[Account, int]:
    """Return what each account of a merchant holds: debit positive, credit negative."""
    rows = (
        LedgerEntry.objects.filter(organisation_id=organisation_id)
        .values("account")
        .annotate(cents=Sum("amount_cents"))
    )
    return {Account(row["account"]): int(row["cents"]) for row in rows}


def owed_to(organisation_id: int) -> int:
    """Return what the provider still owes a merchant; negative when the merchant owes (fault 21)."""
    return -balances_of(organisation_id).get(Account.MERCHANT, 0)
