"""Tables of the gestures made at the counter, each under its own key."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models import Establishment


class TappedAction(models.Model):
    """One gesture of a merchant, kept offline maybe, sent twice maybe, done once."""

    key = models.UUIDField(primary_key=True)
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="taps")
    what = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    tapped_at = models.DateTimeField(null=True, blank=True)  # by the telephone's own clock
    done_at = models.DateTimeField()

    class Meta:
        verbose_name = _("gesture")
        verbose_name_plural = _("gestures")
        indexes = [models.Index(fields=["done_at"], name="fulfilment_old_taps")]

    @override
    def __str__(self) -> str:
        return f"{self.what} {self.subject}"
