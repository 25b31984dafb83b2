"""The ledger: double entry, integer cents, only ever added to.

The database refuses an update, a deletion, and, when the transaction ends, a journal that does not
sum to zero in each currency or has fewer than two entries (migration 0002). Entries are written in
the transaction of their journal; none is added to it afterwards (migration 0003).
"""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from chalandise.journal.models import CurrentTransactionId
from chalandise.organisations.models import Organisation
from chalandise.settlements.states import Account, JournalKind


class LedgerJournal(models.Model):
    """One fact about money, written once: ``source`` names it, so it is never told twice."""

    kind = models.CharField(max_length=16, choices=JournalKind.choices)
    source = models.CharField(max_length=120, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="ledger_journals"
    )
    reference = models.CharField(max_length=40)
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField()
    xid = models.BigIntegerField(
        db_default=CurrentTransactionId()
    )  # entries come with it, or never

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "happened_at"], name="settlements_journals_of"),
            models.Index(fields=["reference"], name="settlements_journal_reference"),
        ]

    @override
    def __str__(self) -> str:
        return self.source


class LedgerEntry(models.Model):
    """One signed amount on one account: debit positive, credit negative."""

    journal = models.ForeignKey(LedgerJournal, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=16, choices=Account.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="ledger_entries"
    )
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "account"], name="settlements_balance_of"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount_cents=0), name="settlements_entry_is_not_zero"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"
