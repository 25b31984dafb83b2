"""What passes between us and the providers: calls, events, and what does not add up."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.organisations.models import Organisation
from chalandise.payments.models.payments import Payment
from chalandise.payments.states import DiscrepancyKind, DiscrepancyState


class ProviderCall(models.Model):
    """A call that does something, stored before it is made.

    After a crash the same key asks again, and the provider answers as it did the first time
    (fault 28). The same key with another request is a mistake of ours.
    """

    key = models.CharField(max_length=160, primary_key=True)
    provider = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    request_digest = models.CharField(max_length=64)
    answer: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True, blank=True
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=80, blank=True)
    stored_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    @override
    def __str__(self) -> str:
        return self.key


class InboxEvent(models.Model):
    """An event that was taken: written in the transaction of its effect, so it has one at most."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    account = models.CharField(max_length=80, blank=True)
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    outcome = models.CharField(max_length=20)
    repeats = models.PositiveIntegerField(default=0)
    handled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="payments_an_event_acts_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"


class RefusedEvents(models.Model):
    """How many events of a day were not believed, and why."""

    provider = models.CharField(max_length=20)
    reason = models.CharField(max_length=20)
    on = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reason", "on"], name="payments_refused_events_a_day"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.on} {self.provider} {self.reason} × {self.count}"


class Discrepancy(models.Model):
    """Something about money that needs a person (the console's queue)."""

    kind = models.CharField(_("what"), max_length=20, choices=DiscrepancyKind.choices)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=DiscrepancyState.choices,
        default=DiscrepancyState.OPEN,
    )
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="discrepancies"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="discrepancies"
    )
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=120, blank=True)
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("what was decided"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("money to look at")
        verbose_name_plural = _("money to look at")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reference", "kind"],
                condition=models.Q(state="open"),
                name="payments_one_open_discrepancy",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
