"""Choices and transition tables of ordering."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class ReservationState(models.TextChoices):
    """The life of a reservation request."""

    REQUESTED = "requested", _("waiting for the merchant")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    READY = "ready", _("put aside")
    COLLECTED = "collected", _("collected")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


RESERVATION_TRANSITIONS = Transitions.of(
    {
        ReservationState.REQUESTED: {
            ReservationState.ACCEPTED,
            ReservationState.DECLINED,
            ReservationState.CANCELLED,
            ReservationState.EXPIRED,
        },
        ReservationState.ACCEPTED: {
            ReservationState.READY,
            ReservationState.DECLINED,
            ReservationState.CANCELLED,
            ReservationState.EXPIRED,
        },
        ReservationState.READY: {
            ReservationState.COLLECTED,
            ReservationState.CANCELLED,
            ReservationState.EXPIRED,
        },
        ReservationState.DECLINED: set(),
        ReservationState.COLLECTED: set(),
        ReservationState.CANCELLED: set(),
        ReservationState.EXPIRED: set(),
    }
)
