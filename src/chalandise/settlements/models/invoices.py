"""Invoices and credit notes: numbered without gaps, never changed.

The database refuses an update, a deletion, and a number whose predecessor does not exist
(migration 0002). The series is ours, under the merchant's mandate, apart from the merchant's own.
"""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from chalandise.organisations.models import Organisation
from chalandise.settlements.states import InvoiceKind


class InvoiceSeries(models.Model):
    """The last number given, one row a merchant, kind and year; locked while the next is given."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invoice_series"
    )
    kind = models.CharField(max_length=12, choices=InvoiceKind.choices)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "year"], name="settlements_one_series_a_year"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.organisation} {self.kind} {self.year}"


class Invoice(models.Model):
    """One numbered document; ``document`` holds all that it says."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invoices"
    )
    kind = models.CharField(max_length=12, choices=InvoiceKind.choices)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=20)
    source = models.CharField(max_length=120, unique=True)
    reference = models.CharField(max_length=40)
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
        indexes = [
            models.Index(fields=["organisation", "-issued_on"], name="settlements_invoices_new"),
            models.Index(fields=["reference"], name="settlements_invoice_reference"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "year", "sequence"],
                name="settlements_a_number_once",
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=models.Q(kind="invoice"),
                name="settlements_one_invoice_an_order",
            ),
            models.CheckConstraint(
                condition=models.Q(gross_cents=models.F("net_cents") + models.F("tax_cents")),
                name="settlements_invoice_net_and_tax_make_gross",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="invoice", original__isnull=True)
                | models.Q(kind="credit_note", original__isnull=False),
                name="settlements_credit_note_names_its_invoice",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.number


class InvoiceFile(models.Model):
    """The PDF of an invoice, made once: the same bytes for everybody, for ten years."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="file"
    )
    name = models.CharField(max_length=120, unique=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return self.name
