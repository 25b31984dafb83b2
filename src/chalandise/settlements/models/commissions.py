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
    """What an operator charges a merchant for one month, or gives back; ``document`` says all.

    It never changes; that what was left of it was paid later is a row beside it (`CommissionPaid`).
    """

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

    @property
    def left_cents(self) -> int:
        """What was left to pay when it was issued: the rest was kept at each payment."""
        return self.gross_cents - int(self.document.get("paid_cents", 0))


class CommissionPaid(models.Model):
    """A note of the operator's: what was left of an invoice has arrived, or a credit note went out."""

    invoice = models.OneToOneField(
        CommissionInvoice, on_delete=models.PROTECT, related_name="settled"
    )
    paid_on = models.DateField()
    noted_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"{self.invoice} {self.paid_on}"


class CommissionChange(models.Model):
    """A higher commission that merchants were told of, before it holds (`actions.rates`)."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="commission_changes")
    before_bp = models.PositiveSmallIntegerField()
    commission_bp = models.PositiveSmallIntegerField()
    announced_at = models.DateTimeField()
    starts_on = models.DateField()
    applied_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portal"],
                condition=models.Q(applied_at=None, withdrawn_at=None),
                name="settlements_one_commission_to_come",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    commission_bp__lte=3000, before_bp__lt=models.F("commission_bp")
                ),
                name="settlements_only_a_raise_is_announced",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.portal} {self.commission_bp} {self.starts_on}"
