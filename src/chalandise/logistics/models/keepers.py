"""Tables of who receives and hands over at a pooled point."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.logistics.models.points import PickupPoint


class PointKeeper(models.Model):
    """A person of a pooled point: at the desk of the town hall, in the market hall.

    The place is worth something at this point only; it opens nothing of the merchants.
    """

    point = models.ForeignKey(PickupPoint, on_delete=models.CASCADE, related_name="keepers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_points"
    )
    invited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("person of a pickup point")
        verbose_name_plural = _("people of pickup points")
        constraints = [
            models.UniqueConstraint(
                fields=["point", "user"], name="logistics_a_person_keeps_a_point_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.user} · {self.point}"
