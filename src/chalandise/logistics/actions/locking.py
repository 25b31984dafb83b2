"""The doors to places and counts that are held until the transaction ends.

Places (a point, the rounds of a zone) always before counts, as who takes a place in a slot does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from chalandise.logistics.models import DeliveryZone, PickupPoint, SlotCount


def lock_point(point_id: int) -> PickupPoint:
    """Hold a pickup point."""
    return PickupPoint.objects.select_for_update().get(pk=point_id)


def lock_rounds(zone: DeliveryZone) -> None:
    """Hold the rounds of a zone, in the order of their keys."""
    list(zone.windows.select_for_update().order_by("pk").values_list("pk", flat=True))


def lock_coming_slots(way_key: str, *, at: datetime) -> list[int]:
    """Hold the counts of the slots to come of a way, in order."""
    coming = SlotCount.objects.filter(way_key=way_key, ends_at__gt=at)
    rows = coming.order_by("way_key", "starts_at").select_for_update()
    return list(rows.values_list("pk", flat=True))


def lock_idle_slots(slots: Collection[int]) -> list[int]:
    """Hold those of some counts that nobody is busy with, in order."""
    rows = SlotCount.objects.filter(pk__in=slots).order_by("way_key", "starts_at")
    return list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
