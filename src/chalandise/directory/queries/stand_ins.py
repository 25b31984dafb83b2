"""Reads about agents at merchants' counters."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment, StandIn

MOST_SHOWN = 50


def find_stand_in(agent: User, number: object) -> StandIn | None:
    """Return a session by its number if it is this agent's own, running or over.

    Whether it still stands is for `policies` to say, each time it is used.
    """
    if not isinstance(number, int):
        return None
    return (
        StandIn.objects.select_related("establishment", "portal", "merchant", "agent")
        .filter(pk=number, agent=agent)
        .first()
    )


def find_running_stand_in(agent: User, *, at: datetime) -> StandIn | None:
    """Return the session an agent has open, in whatever browser."""
    return (
        StandIn.objects.select_related("establishment", "portal", "merchant", "agent")
        .filter(agent=agent, ended_at__isnull=True, ends_at__gt=at)
        .first()
    )


def stand_ins_of(establishment: Establishment) -> QuerySet[StandIn]:
    """Return who came to a shop's counter, the latest first."""
    return (
        StandIn.objects.filter(establishment=establishment)
        .select_related("agent", "portal", "merchant")
        .order_by("-opened_at", "-pk")[:MOST_SHOWN]
    )


def is_running(stand_in: StandIn, *, at: datetime) -> bool:
    """Tell whether a session has neither been ended nor run out."""
    return stand_in.ended_at is None and stand_in.ends_at > at
