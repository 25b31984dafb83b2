"""What the ledger tells of a dispute."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from chalandise.settlements.models import LedgerEntry
from chalandise.settlements.states import Account


@dataclass(frozen=True)
class Written:
    """What was written of one dispute.

    Attributes:
        journals: how many journals.
        balances: what they come to by account, debit positive.
    """

    journals: int
    balances: Counter[Account]


def written_of_dispute(dispute: str) -> Written:
    """Return what the ledger tells of a dispute so far."""
    source = f"dispute:{dispute}"
    told = Q(journal__source=source) | Q(journal__source__startswith=f"{source}:")
    journals: set[int] = set()
    balances: Counter[Account] = Counter()
    for journal, account, cents in LedgerEntry.objects.filter(told).values_list(
        "journal_id", "account", "amount_cents"
    ):
        journals.add(journal)
        balances[Account(account)] += cents
    return Written(len(journals), balances)
