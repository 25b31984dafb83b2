"""What every numbered document has: its place in a series without gaps, its sums, all that it says.

Two issuers number documents: a merchant (`invoices`) and an operator for its commission (`commissions`).
Each has tables, series and constraints of its own; triggers refuse changes and gaps in both.
"""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from chalandise.settlements.states import InvoiceKind


class Series(models.Model):
    """The last number that an issuer gave, one row a kind and year; locked while the next is given."""

    kind = models.CharField(max_length=12, choices=InvoiceKind.choices)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class NumberedDocument(models.Model):
    """One numbered document; ``document`` holds all that it says."""

    kind = models.CharField(max_length=12, choices=InvoiceKind.choices)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=24)
    original = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes"
    )
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    gross_cents = models.PositiveBigIntegerField()
    net_cents = models.PositiveBigIntegerField()
    tax_cents = models.PositiveBigIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True

    @override
    def __str__(self) -> str:
        return self.number
