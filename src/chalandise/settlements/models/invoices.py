"""Invoices and credit notes: numbered without gaps, never changed.

The database refuses an update, a deletion, and a number whose predecessor does not exist
(migration 0002). The series is ours, under the merchant's mandate, apart from the merchant's own.
"""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from chalandise.organisations.models import Organisation
from chalandise.settlements.models.numbered import NumberedDocument, Series


class InvoiceSeries(Series):
    """The last number given, one row a merchant, kind and year; locked while the next is given."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invoice_series"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "year"], name="settlements_one_series_a_year"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.organisation} {self.kind} {self.year}"


class Invoice(NumberedDocument):
    """One numbered document; ``document`` holds all that it says."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invoices"
    )
    number = models.CharField(max_length=20)
    source = models.CharField(max_length=120, unique=True)
    reference = models.CharField(max_length=40)

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
