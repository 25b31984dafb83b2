"""A pooled point closed for some hours, and opened after all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotAllowedError
from chalandise.logistics.errors import BadSettingError
from chalandise.logistics.events import PointShut, WaysChanged
from chalandise.logistics.models import PickupPoint, PointClosing


@transaction.atomic
def shut_point(
    point: PickupPoint,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> PointClosing:
    """Propose no slot of a pooled point that touches a stretch of time; every booking stands.

    Who comes then is told and may come at another time (`PointShut`).

    Raises:
        NotAllowedError: it is a shop's own counter, whose closings are the directory's.
        BadSettingError: it ends before it starts, or is over.
    """
    if point.establishment_id is not None:
        raise NotAllowedError
    if ends_at <= starts_at or ends_at <= at:
        raise BadSettingError("ends_on", "bad_times")
    made = PointClosing.objects.create(
        point=point,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip()[:120],
        announced_at=at,
    )
    detail = {"from": starts_at.isoformat(), "to": ends_at.isoformat()}
    record(point, "shut", by=by, at=at, detail=detail)
    emit(PointShut(made.pk), at=at)
    _tell(point, at)
    return made


@transaction.atomic
def reopen_after_all(closing: PointClosing, *, by: Actor, at: datetime) -> None:
    """Take an exceptional closing back: its slots are proposed again."""
    detail = {"from": closing.starts_at.isoformat(), "to": closing.ends_at.isoformat()}
    record(closing.point, "reopened", by=by, at=at, detail=detail)
    point = closing.point
    closing.delete()
    _tell(point, at)


def _tell(point: PickupPoint, at: datetime) -> None:
    for shop in point.services.filter(is_active=True).values_list("establishment", flat=True):
        emit(WaysChanged(shop), at=at)
