"""Settings as people type them, made sure of before they are written; plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from chalandise.directory.hours import normalise, read_french
from chalandise.logistics.errors import BadSettingError
from chalandise.logistics.outlines import LEAST_CORNERS, MOST_CORNERS, check_ring
from chalandise.logistics.states import SLOT_MINUTES, PointKind, ZoneKind
from chalandise.logistics.values import (
    BringingDraft,
    PickupSettings,
    PointDraft,
    RoundDraft,
    ZoneDraft,
)

MOST_CAPACITY = 1000
MOST_LEAD_MINUTES = 60 * 24 * 60
MOST_DAYS = 90
LEAST_RADIUS, MOST_RADIUS = 100, 100_000
MOST_ROUNDS = 60


def check_settings(settings: PickupSettings) -> None:
    """Raise `BadSettingError` where a pickup point could not be run so."""
    if settings.slot_minutes not in SLOT_MINUTES:
        raise BadSettingError("slot_minutes", "unknown")
    _within("capacity", settings.capacity, 0, MOST_CAPACITY)
    _within("lead_minutes", settings.lead_minutes, 0, MOST_LEAD_MINUTES)
    _within("horizon_days", settings.horizon_days, 1, MOST_DAYS)


def check_bringing(draft: BringingDraft) -> None:
    """Raise `BadSettingError` where a merchant could not bring so."""
    if any(day not in range(7) for day in draft.weekdays):
        raise BadSettingError("weekdays", "unknown")
    _within("lead_minutes", draft.lead_minutes, 0, MOST_LEAD_MINUTES)
    _within("fee_cents", draft.fee_cents, 0, 100_000)


def check_point(draft: PointDraft) -> str:
    """Return the hours of a pooled point in OSM syntax, or raise `BadSettingError`."""
    if draft.kind not in PointKind.values or draft.kind == PointKind.SHOP:
        raise BadSettingError("kind", "unknown")
    _check_name(draft.name, longest=160)
    if not draft.address.strip() or len(draft.address) > 300:
        raise BadSettingError("address", "missing")
    if (draft.latitude is None) != (draft.longitude is None):
        raise BadSettingError("latitude", "incomplete")
    read = normalise(draft.hours)
    if read.value is None:
        read = read_french(draft.hours)
    if not read.value or len(read.value) > 1000:
        raise BadSettingError("hours", str(read.problem.code) if read.problem else "missing")
    return read.value


def check_zone(draft: ZoneDraft) -> None:
    """Raise `BadSettingError` where a zone is not drawn, or its rounds cannot be driven."""
    _check_name(draft.name, longest=80)
    _within("minimum_order_cents", draft.minimum_order_cents, 0, 100_000)
    _within("lead_minutes", draft.lead_minutes, 0, MOST_LEAD_MINUTES)
    _within("horizon_days", draft.horizon_days, 1, MOST_DAYS)
    if draft.kind not in ZoneKind.values:
        raise BadSettingError("kind", "unknown")
    if draft.kind == ZoneKind.COMMUNES and not draft.commune_keys:
        raise BadSettingError("commune_keys", "missing")
    if draft.kind == ZoneKind.RADIUS:
        if draft.radius_metres is None:
            raise BadSettingError("radius_metres", "missing")
        _within("radius_metres", draft.radius_metres, LEAST_RADIUS, MOST_RADIUS)
    if draft.kind == ZoneKind.POLYGON:
        check_polygon(draft.polygon)
    _check_rounds(draft.rounds)


def check_name(name: str) -> None:
    """Raise `BadSettingError` for a name that is blank or too long."""
    _check_name(name, longest=80)


def _check_name(name: str, *, longest: int) -> None:
    if not name.strip():
        raise BadSettingError("name", "missing")
    if len(name) > longest:
        raise BadSettingError("name", "too_long")


def _check_rounds(rounds: Sequence[RoundDraft]) -> None:
    if len(rounds) > MOST_ROUNDS:
        raise BadSettingError("rounds", "too_many")
    for one in rounds:
        if one.weekday not in range(7) or one.ends <= one.starts:
            raise BadSettingError("rounds", "bad_times")
        _within("rounds", one.capacity, 0, MOST_CAPACITY)
    by_time = sorted(rounds, key=lambda one: (one.weekday, one.starts))
    if any(a.weekday == b.weekday and b.starts < a.ends for a, b in pairwise(by_time)):
        raise BadSettingError("rounds", "overlapping")


def check_polygon(polygon: Mapping[str, Any] | None) -> None:
    """Raise `BadSettingError` for what is no closed ring of corners on earth, as a pencil draws."""
    rings = polygon.get("coordinates") if polygon and polygon.get("type") == "Polygon" else None
    if not isinstance(rings, list | tuple) or len(rings) != 1:
        raise BadSettingError("polygon", "missing")
    ring = rings[0]
    if not isinstance(ring, list | tuple) or len(ring) < LEAST_CORNERS + 1:
        raise BadSettingError("polygon", "bad_corners")
    if len(ring) > MOST_CORNERS + 1:
        raise BadSettingError("polygon", "too_many")
    for corner in ring:
        if not isinstance(corner, list | tuple) or len(corner) != 2:
            raise BadSettingError("polygon", "bad_corners")
        if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in corner):
            raise BadSettingError("polygon", "bad_corners")
        if not (abs(corner[0]) <= 180 and abs(corner[1]) <= 90):
            raise BadSettingError("polygon", "bad_corners")
    if list(ring[0]) != list(ring[-1]):
        raise BadSettingError("polygon", "open")
    check_ring(ring)


def _within(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadSettingError(field, "out_of_range")
