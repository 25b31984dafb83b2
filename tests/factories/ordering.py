"""Reservation requests."""

from __future__ import annotations

from datetime import datetime

from chalandise.directory.models import Establishment
from chalandise.ordering.actions.reservations import Customer, request_reservation
from chalandise.ordering.models import ReservationRequest
from chalandise.portals.models import Portal


def reservation(
    establishment: Establishment,
    portal: Portal,
    *,
    at: datetime,
    wanted_at: datetime,
    email: str = "nadia@exemple.test",
    text: str = "Deux pains de seigle, bien cuits.",
) -> ReservationRequest:
    """Ask for something as Nadia does."""
    return request_reservation(
        establishment,
        portal=portal,
        customer=Customer(name="Nadia", email=email, phone="+33600000000"),
        text=text,
        wanted_at=wanted_at,
        at=at,
    )
