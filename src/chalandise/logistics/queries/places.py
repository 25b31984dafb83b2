"""From rows to places: what their slots depend on, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from chalandise.directory.hours import Closing
from chalandise.logistics.places import Place
from chalandise.logistics.queries.rows import PointRow, ZoneRow
from chalandise.logistics.slots import Bringing, Round, Stretch, Timetable, minute_of

_NEVER = "off"


def place_of_point(point: PointRow, establishment_id: int) -> Place | None:
    """Return what a point proposes to one merchant's customers.

    None where the merchant neither stands there nor brings there.
    """
    bringing = None
    shut = tuple(Stretch(starts, ends) for starts, ends in point.shut or ())
    if point.establishment_id is None:
        service = point.service_of(establishment_id)
        if service is None:
            return None
        bringing = _bringing_of(service, shut)
    elif point.establishment_id != establishment_id:
        return None
    return Place(
        way_key=point.way_key,
        timetable=Timetable(
            point.hours or _NEVER,
            point.timezone,
            point.holiday_zone,
            _read_closings(point.closings or ()),
        ),
        horizon_days=point.horizon_days,
        lead_minutes=point.lead_minutes,
        cutoff=point.cutoff,
        point_id=point.id,
        slot_minutes=point.slot_minutes,
        capacity=point.capacity,
        bringing=bringing,
        shut=shut,
    )


def place_of_zone(zone: ZoneRow) -> Place | None:
    """Return what a zone proposes; None where no round is made."""
    if not zone.windows:
        return None
    return Place(
        way_key=zone.way_key,
        timetable=Timetable(
            _NEVER, zone.timezone, zone.holiday_zone, _read_closings(zone.closings or ())
        ),
        horizon_days=zone.horizon_days,
        lead_minutes=zone.lead_minutes,
        cutoff=zone.cutoff,
        zone_id=zone.id,
        rounds=tuple(
            Round(weekday, _read_minute(starts), _read_minute(ends))
            for _pk, weekday, starts, ends, _capacity in zone.windows
        ),
        round_keys=tuple((row[0], row[4]) for row in zone.windows),
        works_on_holidays=zone.works_on_holidays,
    )


def _bringing_of(service: dict[str, Any], shut: tuple[Stretch, ...]) -> Bringing:
    return Bringing(
        bring_by=time.fromisoformat(service["bring_by"]),
        weekdays=tuple(service["weekdays"]),
        lead_minutes=service["lead"],
        closings=_read_closings(service["closings"] or ()),
        shut=shut,
    )


def _read_minute(text: str) -> int:
    return minute_of(time.fromisoformat(text))


def _read_closings(rows: Iterable[list[str]]) -> tuple[Closing, ...]:
    return tuple(
        Closing(date.fromisoformat(first), date.fromisoformat(last)) for first, last in rows
    )
