"""When an establishment is open, and when it exceptionally is not."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models.establishments import Establishment
from chalandise.directory.states import HoursPurpose


class EstablishmentHours(models.Model):
    """Opening hours for one purpose, in OSM syntax.

    ``value`` is always what the engine understands; ``raw`` keeps what the source said, and
    ``problem`` why it could not be read when ``value`` is blank.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="hours")
    purpose = models.CharField(
        max_length=10, choices=HoursPurpose.choices, default=HoursPurpose.VISIT
    )
    value = models.CharField(_("hours"), max_length=1000, blank=True)
    raw = models.TextField(blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "purpose"], name="directory_one_hours_a_purpose"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.value


class ExceptionalClosing(models.Model):
    """Days, by the establishment's own calendar, on which it stays closed."""

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="closings"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("exceptional closing")
        verbose_name_plural = _("exceptional closings")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="directory_closing_ends_after_it_starts",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
