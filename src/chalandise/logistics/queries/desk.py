"""What merchants and operators run, and what waits for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from chalandise.directory.hours import Closing
from chalandise.directory.hours.walltime import instant, local
from chalandise.directory.models import Establishment
from chalandise.kernel.sorting import by_name, french_sort_key
from chalandise.logistics.models import (
    DeliveryZone,
    PickupPoint,
    PointService,
    ShippingRate,
    SlotCount,
    SlotHold,
)
from chalandise.logistics.queries.closings import stretches_of
from chalandise.logistics.slots import Bringing, Stretch
from chalandise.logistics.states import HoldState
from chalandise.portals.models import Portal

LONGEST_BEFORE = 60  # days: a parcel is never brought earlier than that


@dataclass(frozen=True)
class ShopWays:
    """What a merchant has opened.

    Attributes:
        counter: the shop's own counter, paused or not, None when it was never opened.
        services: the pooled points it brings to.
        zones: where it brings, with their rounds.
        rates: how it sends.
    """

    counter: PickupPoint | None
    services: list[PointService]
    zones: list[DeliveryZone]
    rates: list[ShippingRate]


@dataclass(frozen=True)
class Parcel:
    """What one customer collects: for whom it is held, and when they come."""

    holder: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Transfer:
    """What one merchant brings to a pooled point on one day, and by when."""

    establishment: Establishment
    bring_by: datetime
    parcels: tuple[Parcel, ...]


def ways_to_edit(establishment: Establishment) -> ShopWays:
    """Return what a merchant has opened: five statements."""
    return ShopWays(
        counter=PickupPoint.objects.filter(establishment=establishment).first(),
        services=sorted(
            establishment.point_services.filter(is_active=True)
            .select_related("point__commune")
            .order_by("pk"),
            key=lambda one: french_sort_key(one.point.name),
        ),
        zones=list(
            establishment.delivery_zones.filter(is_active=True)
            .prefetch_related("windows")
            .order_by("pk")
        ),
        rates=list(establishment.shipping_rates.filter(is_active=True).order_by("pk")),
    )


def pooled_points(portal: Portal) -> list[PickupPoint]:
    """Return the pooled points that stand in a portal, those in use first, then by name."""
    points = _points_on(portal).order_by("-is_active", "pk")
    return sorted(by_name(points), key=lambda one: not one.is_active)


def points_to_join(establishment: Establishment, portal: Portal) -> list[PickupPoint]:
    """Return the pooled points of a portal that a merchant does not bring to yet, by name."""
    joined = PointService.objects.filter(establishment=establishment, is_active=True)
    free = _points_on(portal).filter(is_active=True).exclude(pk__in=joined.values("point"))
    return by_name(free.order_by("pk"))


def _points_on(portal: Portal) -> QuerySet[PickupPoint]:
    return PickupPoint.objects.on(portal).select_related("commune", "portal")


def over_booked(establishment: Establishment, *, at: datetime) -> list[SlotCount]:
    """Return the slots to come of a merchant in which more is booked than now fits."""
    coming = SlotCount.objects.filter(is_over_booked=True, ends_at__gt=at)
    mine = coming.filter(point__establishment=establishment) | coming.filter(
        zone__establishment=establishment
    )
    return list(mine.select_related("point", "zone").order_by("starts_at", "pk"))


def transfers_for(point: PickupPoint, on: date) -> list[Transfer]:
    """Return what merchants bring to a pooled point on a day, soonest first: four statements.

    Each booked parcel travels with the last bringing that is in time for its slot.
    """
    clock = ZoneInfo(point.timezone)
    begins_at = local(instant(on, 0, clock), clock)
    coming = (
        SlotHold.objects.filter(
            state=HoldState.FIRM,
            slot__point=point,
            slot__starts_at__gte=begins_at,
            slot__starts_at__lt=begins_at + timedelta(days=LONGEST_BEFORE),
        )
        .select_related("slot", "establishment")
        .order_by("slot__starts_at", "pk")
    )
    by_shop: dict[Establishment, list[SlotHold]] = defaultdict(list)
    for one in coming:
        by_shop[one.establishment].append(one)
    shut = stretches_of(point, since=begins_at) if by_shop else ()
    services = {
        one.establishment_id: _bringing(one, shut)
        for one in point.services.filter(establishment__in=by_shop)
        .select_related("establishment")
        .prefetch_related("establishment__closings")
    }
    transfers = []
    for shop, holds in by_shop.items():
        by_moment: dict[int, list[Parcel]] = defaultdict(list)
        for one in holds:
            brought = _brought(services.get(shop.pk), one.slot, point, clock)
            by_moment[brought].append(
                Parcel(
                    one.holder,
                    one.slot.starts_at.astimezone(clock),
                    one.slot.ends_at.astimezone(clock),
                )
            )
        transfers += [
            Transfer(shop, local(moment, clock), tuple(parcels))
            for moment, parcels in by_moment.items()
            if local(moment, clock).date() == on
        ]
    return sorted(transfers, key=lambda one: (one.bring_by, one.establishment.sort_key))


def _brought(
    bringing: Bringing | None, slot: SlotCount, point: PickupPoint, clock: ZoneInfo
) -> int:
    """Return when a parcel is brought; at the slot itself where no bringing is in time."""
    starts = int(slot.starts_at.timestamp())
    due = starts - point.lead_minutes * 60
    found = None if bringing is None else bringing.last_before(due, clock, days=LONGEST_BEFORE)
    return starts if found is None else found


def _bringing(service: PointService, shut: tuple[Stretch, ...]) -> Bringing:
    closings = service.establishment.closings.all()
    return Bringing(
        bring_by=service.bring_by,
        weekdays=tuple(service.weekdays),
        lead_minutes=service.lead_minutes,
        closings=tuple(Closing(one.starts_on, one.ends_on) for one in closings),
        shut=shut,
    )
