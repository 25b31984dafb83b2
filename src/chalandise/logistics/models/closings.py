"""Tables of when a pooled point is closed although its hours say otherwise."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.logistics.models.points import PickupPoint


class PointClosing(models.Model):
    """A pooled point is closed for a day, half a day, some days: a half-open stretch of time."""

    point = models.ForeignKey(PickupPoint, on_delete=models.CASCADE, related_name="closings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    announced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("exceptional closing of a pickup point")
        verbose_name_plural = _("exceptional closings of pickup points")
        indexes = [models.Index(fields=["point", "ends_at"], name="logistics_point_is_shut")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="logistics_closing_has_a_length"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.point}: {self.starts_at:%Y-%m-%d %H:%M} – {self.ends_at:%Y-%m-%d %H:%M}"
