"""What merchants were told once a year: that a threshold is near or passed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.organisations.models import Organisation


class ThresholdNotice(models.Model):
    """One merchant, one year, one threshold, one step: told once."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="threshold_notices"
    )
    year = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=8)
    step = models.CharField(max_length=6)
    cents = models.BigIntegerField()
    noticed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("notice of a threshold")
        verbose_name_plural = _("notices of thresholds")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "part", "step"], name="settlements_told_once_a_year"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.organisation} {self.year} {self.part} {self.step}"
