"""Invoices of the operator for its commission: one a merchant and month, numbered by its own series.

The database refuses an update, a deletion, and a number whose predecessor does not exist.
"""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.settlements.models.numbered import NumberedDocument, Series


class CommissionSeries(Series):
    """The last number an operator gave, one row a kind and year; locked while the next is given."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="commission_series")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portal", "kind", "year"], name="settlements_one_commission_series"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.portal} {self.kind} {self.year}"


class CommissionInvoice(NumberedDocument):
    """What an operator charges a merchant for one month, or gives back; ``document`` says all."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="commission_invoices")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="commission_invoices"
    )
    month = models.DateField()  # its first day

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portal", "organisation", "month"],
                name="settlements_one_commission_a_month",
            ),
            models.UniqueConstraint(
                fields=["portal", "kind", "year", "sequence"],
                name="settlements_a_commission_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(gross_cents=models.F("net_cents") + models.F("tax_cents")),
                name="settlements_commission_net_and_tax_make_gross",
            ),
        ]
