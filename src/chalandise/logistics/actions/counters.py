"""Pickup points: a shop's own counter, and points that several merchants share."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from chalandise.directory.models import Establishment
from chalandise.directory.states import HoursPurpose
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotAllowedError
from chalandise.logistics.actions.capacity import apply_capacity
from chalandise.logistics.actions.locking import lock_point
from chalandise.logistics.checking import check_bringing, check_point, check_settings
from chalandise.logistics.errors import NotYetDescribedError
from chalandise.logistics.events import WaysChanged
from chalandise.logistics.models import PickupPoint, PointService, SlotCount
from chalandise.logistics.states import PointKind
from chalandise.logistics.values import BringingDraft, PickupSettings, PointDraft
from chalandise.portals.models import Portal

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
        BadSettingError: it could not be run so.
    """
    check_settings(settings)
    purposes = (HoursPurpose.COLLECT, HoursPurpose.VISIT)
    if not establishment.hours.filter(purpose__in=purposes).exclude(value="").exists():
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
    _tell(point, "opened", by=by, at=at)
    return point


@transaction.atomic
def open_pooled_point(
    portal: Portal, draft: PointDraft, *, settings: PickupSettings = USUAL, by: Actor, at: datetime
) -> PickupPoint:
    """Open a point where several merchants of a portal bring what their customers collect.

    Raises:
        BadSettingError: something is missing, or the hours cannot be read.
    """
    check_settings(settings)
    point = PickupPoint.objects.create(portal=portal, **_described(draft), **asdict(settings))
    _tell(point, "opened", by=by, at=at)
    return point


@transaction.atomic
def edit_point(
    point: PickupPoint,
    *,
    settings: PickupSettings,
    draft: PointDraft | None = None,
    by: Actor,
    at: datetime,
) -> list[SlotCount]:
    """Run a pickup point in another way from now on; every booking stands.

    Args:
        point: the point.
        settings: how it is run.
        draft: what a pooled point now is; a shop's counter follows the directory.
        by: who changes it.
        at: now.

    Returns:
        The slots that are now over-booked, for somebody to arrange.

    Raises:
        BadSettingError: it could not be run so.
    """
    check_settings(settings)
    locked = lock_point(point.pk)
    new: dict[str, Any] = asdict(settings)
    if draft is not None and locked.establishment_id is None:
        new |= _described(draft)
    changed = {name: value for name, value in new.items() if getattr(locked, name) != value}
    for name, value in changed.items():
        setattr(locked, name, value)
        setattr(point, name, value)
    locked.save(update_fields=[*changed])
    over = apply_capacity(locked.way_key, lambda _moment: locked.capacity, by=by, at=at)
    _tell(locked, "edited", by=by, at=at, fields=sorted(changed))
    return over


@transaction.atomic
def close_point(point: PickupPoint, *, by: Actor, at: datetime) -> None:
    """Propose nothing more at a point; what is booked there stays booked."""
    PickupPoint.objects.filter(pk=point.pk).update(is_active=False)
    point.is_active = False
    _tell(point, "closed", by=by, at=at)


@transaction.atomic
def reopen_point(point: PickupPoint, *, by: Actor, at: datetime) -> None:
    """Propose a closed point again, run as it was."""
    PickupPoint.objects.filter(pk=point.pk).update(is_active=True)
    point.is_active = True
    _tell(point, "opened", by=by, at=at)


@transaction.atomic
def join_point(
    point: PickupPoint,
    establishment: Establishment,
    *,
    draft: BringingDraft,
    by: Actor,
    at: datetime,
) -> PointService:
    """Have a merchant bring to a pooled point, or change how.

    Raises:
        BadSettingError: it could not be done so.
        NotAllowedError: the point is a shop's own, or the shop stands outside its portal.
    """
    check_bringing(draft)
    portal = point.portal
    if portal is None or not Establishment.objects.on(portal).filter(pk=establishment.pk).exists():
        raise NotAllowedError
    service, _is_new = PointService.objects.update_or_create(
        point=point,
        establishment=establishment,
        defaults={**asdict(draft), "weekdays": sorted(set(draft.weekdays)), "is_active": True},
    )
    record(service, "joined", by=by, at=at, detail={"point": point.pk})
    emit(WaysChanged(establishment.pk), at=at)
    return service


@transaction.atomic
def leave_point(service: PointService, *, by: Actor, at: datetime) -> None:
    """Have a merchant bring there no more; what was booked is still to be brought."""
    PointService.objects.filter(pk=service.pk).update(is_active=False)
    service.is_active = False
    record(service, "left", by=by, at=at, detail={"point": service.point_id})
    emit(WaysChanged(service.establishment_id), at=at)


def _described(draft: PointDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "name": draft.name.strip(),
        "address": draft.address.strip(),
        "commune": draft.commune,
        "latitude": draft.latitude,
        "longitude": draft.longitude,
        "timezone": draft.commune.timezone,
        "hours": check_point(draft),
    }


def _tell(
    point: PickupPoint, verb: str, *, by: Actor, at: datetime, fields: list[str] | None = None
) -> None:
    record(point, verb, by=by, at=at, detail={"fields": fields} if fields else None)
    shops = (
        [point.establishment_id]
        if point.establishment_id is not None
        else list(point.services.filter(is_active=True).values_list("establishment", flat=True))
    )
    for establishment_id in shops:
        emit(WaysChanged(establishment_id), at=at)
