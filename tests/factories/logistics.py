"""Counters, pooled points, delivery zones and parcels."""

from __future__ import annotations

from datetime import time
from typing import Any

from tests.clock import moment
from tests.factories import territories

from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.logistics import actions
from chalandise.logistics.models import (
    DeliveryWindow,
    DeliveryZone,
    PickupPoint,
    PointService,
    ShippingRate,
)
from chalandise.logistics.values import PickupSettings
from chalandise.portals.models import Portal

BY = Actor("merchant", "1", "Claire")
OPENED = moment("2026-09-01 09:00")


def counter(establishment: Establishment, **settings: Any) -> PickupPoint:
    """Let customers collect at a shop, four orders a half hour, an hour ahead."""
    return actions.open_counter_pickup(
        establishment, settings=PickupSettings(**settings), by=BY, at=OPENED
    )


def pooled_point(portal: Portal, name: str = "Mairie de Cahors", **fields: Any) -> PickupPoint:
    """Make a pickup point of the portal, in the town hall, open in the late afternoon."""
    values = {
        "kind": "town_hall",
        "address": "73 boulevard Gambetta, 46000 Cahors",
        "commune": territories.cahors(),
        "latitude": 44.4486,
        "longitude": 1.4411,
        "hours": "Mo-Fr 16:00-19:00",
        "lead_minutes": 0,
        **fields,
    }
    return PickupPoint.objects.create(portal=portal, name=name, **values)


def joins(point: PickupPoint, establishment: Establishment, **fields: Any) -> PointService:
    """Have a merchant bring to a pooled point by noon."""
    values = {"bring_by": time(12, 0), "lead_minutes": 60, **fields}
    return PointService.objects.create(point=point, establishment=establishment, **values)


def zone(establishment: Establishment, *windows: tuple[int, str, str, int], **fields: Any) -> Any:
    """Make a delivery zone over Cahors for 4.90 €, with rounds if given."""
    values = {
        "name": "Cahors",
        "kind": "communes",
        "commune_keys": ["commune-46042"],
        "rate": {"kind": "flat", "cents": 490},
        **fields,
    }
    made = DeliveryZone.objects.create(establishment=establishment, **values)
    for weekday, starts, ends, capacity in windows:
        DeliveryWindow.objects.create(
            zone=made,
            weekday=weekday,
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
            capacity=capacity,
        )
    return made


def parcel(establishment: Establishment, **fields: Any) -> ShippingRate:
    """Send parcels, by weight."""
    rate = {"kind": "weight", "steps": [[1000, 590], [5000, 890]]}
    values = {"name": "Colis", "rate": rate, **fields}
    return ShippingRate.objects.create(establishment=establishment, **values)
