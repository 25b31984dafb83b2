"""The journal of sales: chained records, closures that seal them, totals to report.

CGI art. 286 I 3° bis asks of software that records customers' payments that what was recorded
cannot be altered unseen, is kept and can be archived. Each record carries the hash of the one
before; each closure carries the totals of its period, the perpetual total and a hash of its own.
Records, closures and totals are only ever added (migration 0002); `queries.verifying` reads the
whole chain again.
"""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from chalandise.organisations.models import Organisation
from chalandise.settlements.states import PaidBy, Period, RecordKind


class SalesChain(models.Model):
    """The end of a merchant's chain; locked while the next record or closure is written."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, primary_key=True, related_name="sales_chain"
    )
    timezone = models.CharField(max_length=40)
    last_number = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)
    last_recorded_at = models.DateTimeField(null=True, blank=True)
    perpetual_cents = models.BigIntegerField(default=0)  # all sales less all refunds, ever
    closed_until = models.DateField(null=True, blank=True)  # the last day that is sealed
    last_closure_hash = models.CharField(max_length=64, blank=True)
    last_closure_number = models.PositiveBigIntegerField(default=0)

    @override
    def __str__(self) -> str:
        return f"{self.organisation}, {self.last_number}"


class SalesRecord(models.Model):
    """One sale, or one refund with its amounts negative.

    ``happened_on`` is the day the customer paid, which taxes follow; ``recorded_on`` the day it was
    written, which closures follow, so that nothing ever falls into a sealed period. ``taxes`` lists
    kind, rate, gross, net and tax.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="sales_records"
    )
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=8, choices=RecordKind.choices)
    source = models.CharField(max_length=120, unique=True)
    reference = models.CharField(max_length=40)
    paid_by = models.CharField(max_length=12, choices=PaidBy.choices)
    happened_at = models.DateTimeField()
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_on = models.DateField()
    gross_cents = models.BigIntegerField()
    commission_cents = models.BigIntegerField(default=0)
    commission_bp = models.PositiveIntegerField(default=0)
    taxes = models.JSONField()
    is_to_business = models.BooleanField(default=False)  # invoiced, hence not in the daily totals
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "happened_on"], name="settlements_records_by_day"),
            models.Index(fields=["organisation", "recorded_on"], name="settlements_records_sealed"),
            models.Index(fields=["reference"], name="settlements_record_reference"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="settlements_one_record_a_number"
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=models.Q(kind="sale"),
                name="settlements_an_order_is_sold_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="sale", gross_cents__gte=0)
                | models.Q(kind="refund", gross_cents__lt=0),
                name="settlements_refunds_are_negative",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.number} {self.reference}"


class SalesClosure(models.Model):
    """The seal of one day, month or year that had records."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="sales_closures"
    )
    number = models.PositiveBigIntegerField()
    period = models.CharField(max_length=5, choices=Period.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    first_number = models.PositiveBigIntegerField()
    last_number = models.PositiveBigIntegerField()
    last_hash = models.CharField(max_length=64)
    gross_cents = models.BigIntegerField()
    perpetual_cents = models.BigIntegerField()
    taxes = models.JSONField()
    closed_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "period", "starts_on"], name="settlements_sealed_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "number"], name="settlements_one_closure_a_number"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.period} {self.starts_on}"


class DailyTotal(models.Model):
    """What to report of one day, kind and rate; a correction is a further row with the difference.

    The rows of a day add up to what is true of it. Those of ``revision`` 0 are the first report,
    later ones deltas (e-reporting of sales to consumers).
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="daily_totals"
    )
    on = models.DateField()
    kind = models.CharField(max_length=8)
    rate_bp = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=0)
    sales_count = models.IntegerField()
    gross_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    tax_cents = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "on", "kind", "rate_bp", "revision"],
                name="settlements_one_total_a_revision",
            ),
            models.CheckConstraint(
                condition=models.Q(gross_cents=models.F("net_cents") + models.F("tax_cents")),
                name="settlements_total_net_and_tax_make_gross",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.on} {self.kind} {self.rate_bp}"
