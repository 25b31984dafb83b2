"""Decisions of an operator about what others show, with their reasons and their redress (DSA 17, 20)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models.claims import ErrorReport
from chalandise.directory.models.establishments import Establishment
from chalandise.directory.states import DecisionGround, DecisionKind
from chalandise.kernel.tokens import new_link_token
from chalandise.portals.models import Portal


class Decision(models.Model):
    """One decision as it was told to whoever it concerns, and the complaint against it if one came.

    Its private link shows the reasons and takes one complaint, for six months.
    """

    token = models.CharField(max_length=64, unique=True, default=new_link_token)
    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="decisions"
    )
    report = models.OneToOneField(
        ErrorReport, null=True, blank=True, on_delete=models.CASCADE, related_name="decision"
    )  # the notice that it answers; none: the operator looked by itself
    kind = models.CharField(max_length=12, choices=DecisionKind.choices)
    ground = models.CharField(max_length=8, choices=DecisionGround.choices, blank=True)
    reason = models.TextField(_("reasons"), max_length=2000, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200)
    complaint = models.TextField(_("complaint"), max_length=4000, blank=True)
    complaint_email = models.EmailField(_("e-mail"), blank=True)
    contested_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    is_reversed = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [
            models.Index(
                fields=["contested_at"],
                condition=Q(contested_at__isnull=False, answered_at__isnull=True),
                name="directory_open_complaints",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True)
                | Q(contested_at__isnull=False, is_reversed__isnull=False),
                name="directory_an_answer_decides_a_complaint",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.establishment} · {self.kind}"
