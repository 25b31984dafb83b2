"""From rows to places: points, zones and rates with all that their slots depend on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from chalandise.directory.hours import Closing
from chalandise.directory.models import Establishment, EstablishmentHours, ExceptionalClosing
from chalandise.directory.states import HoursPurpose
from chalandise.logistics.models import DeliveryWindow, DeliveryZone, PickupPoint, PointService
from chalandise.logistics.places import Place
from chalandise.logistics.slots import Bringing, Round, Timetable, minute_of


def points_with_all(establishment_ids: Iterable[int]) -> QuerySet[PickupPoint]:
    """Active points with hours, closings and what the establishments bring: one statement."""
    ids = list(establishment_ids)
    brought = PointService.objects.filter(
        point=OuterRef("pk"), establishment__in=ids, is_active=True
    ).order_by("pk")
    return (
        PickupPoint.objects.active()
        .select_related("commune", "establishment__commune")
        .annotate(
            hours_rows=ArraySubquery(
                EstablishmentHours.objects.filter(establishment=OuterRef("establishment"))
                .order_by("pk")
                .values(row=JSONObject(purpose="purpose", value="value"))
            ),
            closing_rows=_closings("establishment"),
            service_rows=ArraySubquery(
                brought.annotate(closings=_closings("establishment")).values(
                    row=JSONObject(
                        establishment="establishment",
                        bring_by="bring_by",
                        weekdays="weekdays",
                        lead="lead_minutes",
                        fee="fee_cents",
                        closings="closings",
                    )
                )
            ),
        )
    )


def points_serving(establishment_ids: Iterable[int]) -> QuerySet[PickupPoint]:
    """Points where the establishments' goods can be collected, their own and pooled ones."""
    ids = list(establishment_ids)
    served = PointService.objects.filter(
        point=OuterRef("pk"), establishment__in=ids, is_active=True
    )
    return (
        points_with_all(ids)
        .filter(Q(establishment__in=ids) | Exists(served))
        .order_by("kind", "pk")
    )


def zones_with_all() -> QuerySet[DeliveryZone]:
    """Active zones with rounds and closings: one statement."""
    return (
        DeliveryZone.objects.filter(is_active=True)
        .select_related("establishment__commune")
        .annotate(
            window_rows=ArraySubquery(
                DeliveryWindow.objects.filter(zone=OuterRef("pk"))
                .order_by("weekday", "starts")
                .values(
                    row=JSONObject(
                        pk="pk",
                        weekday="weekday",
                        starts="starts",
                        ends="ends",
                        capacity="capacity",
                    )
                )
            ),
            closing_rows=_closings("establishment"),
        )
    )


def place_of_point(point: PickupPoint, establishment_id: int) -> Place | None:
    """Return what a point of `points_with_all` proposes to one merchant's customers.

    None where the merchant neither stands there nor brings there.
    """
    if point.establishment_id is not None:
        if point.establishment_id != establishment_id:
            return None
        return _counter(point, point.establishment_id)
    service = service_of(point, establishment_id)
    if service is None or point.commune is None:
        return None
    return Place(
        way_key=point.way_key,
        timetable=Timetable(point.hours, point.timezone, point.commune.holiday_zone),
        horizon_days=point.horizon_days,
        lead_minutes=point.lead_minutes,
        cutoff=point.cutoff,
        point_id=point.pk,
        slot_minutes=point.slot_minutes,
        capacity=point.capacity,
        bringing=bringing_of(service),
    )


def service_of(point: PickupPoint, establishment_id: int) -> dict[str, Any] | None:
    """Return how a merchant brings to a point of `points_with_all`."""
    rows: list[dict[str, Any]] = getattr(point, "service_rows", [])
    return next((row for row in rows if row["establishment"] == establishment_id), None)


def bringing_of(service: dict[str, Any]) -> Bringing:
    """Read a row of what a merchant brings."""
    return Bringing(
        bring_by=time.fromisoformat(service["bring_by"]),
        weekdays=tuple(service["weekdays"]),
        lead_minutes=service["lead"],
        closings=_read_closings(service["closings"]),
    )


def place_of_zone(zone: DeliveryZone) -> Place | None:
    """Return what a zone of `zones_with_all` proposes; None where no round is made."""
    rows: list[dict[str, Any]] = getattr(zone, "window_rows", [])
    if not rows:
        return None
    shop = zone.establishment
    return Place(
        way_key=zone.way_key,
        timetable=Timetable(
            "", shop.timezone, shop.commune.holiday_zone, _read_closings(_rows(zone))
        ),
        horizon_days=zone.horizon_days,
        lead_minutes=zone.lead_minutes,
        cutoff=zone.cutoff,
        zone_id=zone.pk,
        rounds=tuple(
            Round(
                row["weekday"],
                minute_of(time.fromisoformat(row["starts"])),
                minute_of(time.fromisoformat(row["ends"])),
            )
            for row in rows
        ),
        round_keys=tuple((row["pk"], row["capacity"]) for row in rows),
        works_on_holidays=zone.works_on_holidays,
    )


def address_of(establishment: Establishment) -> str:
    """Return where a shop stands, on one line."""
    town = f"{establishment.postal_code} {establishment.commune.name}".strip()
    return ", ".join(part for part in (establishment.street, town) if part)


def _counter(point: PickupPoint, establishment_id: int) -> Place:
    shop = point.establishment
    if shop is None:
        raise ValueError(establishment_id)
    rows: list[dict[str, Any]] = getattr(point, "hours_rows", [])
    values = {row["purpose"]: row["value"] for row in rows if row["value"]}
    hours = point.hours or values.get(HoursPurpose.COLLECT) or values.get(HoursPurpose.VISIT)
    return Place(
        way_key=point.way_key,
        timetable=Timetable(
            hours or "off", shop.timezone, shop.commune.holiday_zone, _read_closings(_rows(point))
        ),
        horizon_days=point.horizon_days,
        lead_minutes=point.lead_minutes,
        cutoff=point.cutoff,
        point_id=point.pk,
        slot_minutes=point.slot_minutes,
        capacity=point.capacity,
    )


def _closings(establishment: str) -> ArraySubquery:
    rows = ExceptionalClosing.objects.filter(establishment=OuterRef(establishment))
    return ArraySubquery(
        rows.order_by("starts_on", "pk").values(
            row=JSONObject(starts_on="starts_on", ends_on="ends_on")
        )
    )


def _rows(owner: PickupPoint | DeliveryZone) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = getattr(owner, "closing_rows", [])
    return rows


def _read_closings(rows: Iterable[dict[str, str]]) -> tuple[Closing, ...]:
    return tuple(
        Closing(date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"]))
        for row in rows
    )
