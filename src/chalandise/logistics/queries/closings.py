"""When pooled points are closed although their hours say otherwise."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from chalandise.logistics.models import PickupPoint, PointClosing
from chalandise.logistics.slots import Stretch


def closings_to_come(point: PickupPoint, *, at: datetime) -> QuerySet[PointClosing]:
    """Return the exceptional closings of a point that are not over, soonest first."""
    return PointClosing.objects.filter(point=point, ends_at__gt=at).order_by("starts_at", "pk")


def stretches_of(point: PickupPoint, *, since: datetime) -> tuple[Stretch, ...]:
    """Return the exceptional closings of a point as its slots are made with: one statement."""
    rows = PointClosing.objects.filter(point=point, ends_at__gte=since).order_by("starts_at", "pk")
    return tuple(
        Stretch(int(starts.timestamp()), int(ends.timestamp()))
        for starts, ends in rows.values_list("starts_at", "ends_at")
    )
