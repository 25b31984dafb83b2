"""Who keeps which pooled point."""

from __future__ import annotations

from django.db.models import QuerySet

from chalandise.accounts.models import User
from chalandise.logistics.models import PickupPoint, PointKeeper


def points_kept_by(user: User) -> QuerySet[PickupPoint]:
    """Return the pooled points that a person keeps; `by_name` puts them as people read them."""
    mine = PointKeeper.objects.filter(user=user).values("point")
    return (
        PickupPoint.objects.filter(pk__in=mine, establishment=None)
        .select_related("commune", "portal")
        .order_by("pk")
    )


def keepers_of(point: PickupPoint) -> QuerySet[PointKeeper]:
    """Return the people of a pooled point, the first invited first."""
    return point.keepers.select_related("user", "point").order_by("invited_at", "pk")


def is_kept(way_key: str) -> bool:
    """Tell whether somebody receives at the pooled point where a way ends."""
    _kind, _colon, number = way_key.partition(":")
    return number.isdecimal() and PointKeeper.objects.filter(point=int(number)).exists()
