"""Statements: what a period came to for a merchant, told once and kept."""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from chalandise.organisations.models import Organisation


class Statement(models.Model):
    """One period of one merchant; ``totals`` are the sums, ``lines`` the facts they are made of."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="statements"
    )
    number = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    totals = models.JSONField()
    lines = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "starts_on", "ends_on"],
                name="settlements_one_statement_a_period",
            ),
            models.UniqueConstraint(
                fields=["organisation", "number"], name="settlements_one_statement_a_number"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="settlements_statement_ends_after_it_starts",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.organisation} {self.starts_on} – {self.ends_on}"
