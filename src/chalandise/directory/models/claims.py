"""Requests to look after a sheet, and reports that something on it is wrong."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models.establishments import Establishment
from chalandise.directory.states import ClaimChannel, ClaimState, ReportKind, ReportState


class Claim(models.Model):
    """A person's request to look after a sheet, proved by a code.

    Only a digest of the code is kept. ``attempts`` counts wrong codes.
    """

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="claims"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="claims",
    )
    claimant_name = models.CharField(_("name"), max_length=120, blank=True)
    claimant_email = models.EmailField(_("e-mail"), blank=True)
    claimant_phone = models.CharField(_("telephone"), max_length=16, blank=True)
    channel = models.CharField(_("way"), max_length=10, choices=ClaimChannel.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=ClaimState.choices, default=ClaimState.PENDING
    )
    code_digest = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    letter_printed_at = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [models.Index(fields=["state", "-requested_at"], name="directory_claims_waiting")]

    @override
    def __str__(self) -> str:
        return f"{self.establishment} · {self.claimant_email}"


class ErrorReport(models.Model):
    """A visitor's word that something on a sheet is wrong."""

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="reports"
    )
    kind = models.CharField(_("what is wrong"), max_length=10, choices=ReportKind.choices)
    text = models.TextField(_("message"), max_length=2000, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ReportState.choices, default=ReportState.OPEN
    )
    answer = models.TextField(_("answer"), blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("error report")
        verbose_name_plural = _("error reports")
        indexes = [models.Index(fields=["state", "-sent_at"], name="directory_reports_open")]

    @override
    def __str__(self) -> str:
        return f"{self.establishment} · {self.get_kind_display()}"
