"""An operator's agent at a merchant's counter, for a stated reason and a short time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models.establishments import Establishment
from chalandise.portals.models import Portal


class StandIn(models.Model):
    """One session of an agent at a counter; over at ``ends_at``, or when somebody ends it.

    The row stays afterwards: the merchant reads there who came, why and for how long.
    """

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="stand_ins"
    )
    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    merchant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["establishment", "-opened_at"], name="directory_stand_ins_of_shop")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(ended_at__isnull=True),
                name="directory_one_stand_in_an_agent",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opened_at")), name="directory_stand_in_lasts"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.agent} · {self.establishment}"
