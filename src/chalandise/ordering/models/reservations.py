"""Tables of reservation requests."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models import Establishment
from chalandise.kernel.tokens import new_link_token
from chalandise.ordering.states import ReservationState
from chalandise.portals.models import Portal


class ReservationRequest(models.Model):
    """« Mettez-le-moi de côté »: a sentence in, a yes with a price or a no out."""

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="reservations"
    )
    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="reservations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reservations",
    )
    token = models.CharField(max_length=64, unique=True, default=new_link_token)
    pickup_code = models.CharField(max_length=8, blank=True)
    customer_name = models.CharField(_("name"), max_length=80)
    customer_email = models.EmailField(_("e-mail"))
    customer_phone = models.CharField(_("telephone"), max_length=16, blank=True)
    text = models.TextField(_("what should be put aside"), max_length=1000)
    photo_name = models.CharField(max_length=64, blank=True)
    wanted_at = models.DateTimeField(_("wished time"))
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=ReservationState.choices,
        default=ReservationState.REQUESTED,
    )
    price_cents = models.PositiveIntegerField(_("price"), null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes = [
            models.Index(
                fields=["establishment", "state", "wanted_at"], name="ordering_merchant_board"
            ),
            models.Index(fields=["state", "expires_at"], name="ordering_expiring"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "pickup_code"],
                condition=models.Q(state__in=["accepted", "ready"]) & ~models.Q(pickup_code=""),
                name="ordering_a_code_opens_one_request",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.customer_name} · {self.establishment}"
