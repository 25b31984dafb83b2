"""A shop's own counter, as a place where orders are collected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from chalandise.directory.models import Establishment
from chalandise.directory.states import HoursPurpose
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.logistics.errors import NotYetDescribedError
from chalandise.logistics.events import WaysChanged
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.states import PointKind
from chalandise.logistics.values import PickupSettings

USUAL = PickupSettings()


@transaction.atomic
def open_counter_pickup(
    establishment: Establishment,
    *,
    settings: PickupSettings = USUAL,
    by: Actor,
    at: datetime,
) -> PickupPoint:
    """Let customers collect at a shop's counter, in slots of its hours; again after a pause too.

    A counter that was opened before keeps the settings it had.

    Raises:
        NotYetDescribedError: no hours are known.
    """
    if not _has_hours(establishment):
        raise NotYetDescribedError("hours")
    point, is_new = PickupPoint.objects.get_or_create(
        establishment=establishment,
        defaults={
            "kind": PointKind.SHOP,
            "timezone": establishment.timezone,
            **asdict(settings),
        },
    )
    if not is_new and not point.is_active:
        point.is_active = True
        point.save(update_fields=["is_active"])
    record(point, "opened", by=by, at=at)
    emit(WaysChanged(establishment.pk), at=at)
    return point


def _has_hours(establishment: Establishment) -> bool:
    purposes: Iterable[str] = (HoursPurpose.COLLECT, HoursPurpose.VISIT)
    return establishment.hours.filter(purpose__in=purposes).exclude(value="").exists()
