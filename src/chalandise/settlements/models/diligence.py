"""Due diligence: what is asked of a seller for the yearly declaration (DAC7), and since when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.organisations.models import Organisation
from chalandise.settlements.states import DiligenceState


class DueDiligence(models.Model):
    """What lacks of one seller; one row each, begun again when something lacks once more."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="due_diligence"
    )
    state = models.CharField(
        max_length=14, choices=DiligenceState.choices, default=DiligenceState.ASKED
    )
    missing: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("due diligence")
        verbose_name_plural = _("due diligence")

    @override
    def __str__(self) -> str:
        return f"{self.organisation}: {self.state}"
