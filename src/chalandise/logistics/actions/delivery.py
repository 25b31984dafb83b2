"""Delivery zones with their rounds, and shipping rates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from chalandise.directory.models import Establishment
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.logistics.actions.capacity import apply_capacity
from chalandise.logistics.actions.locking import lock_rounds
from chalandise.logistics.checking import check_name, check_zone
from chalandise.logistics.errors import BadSettingError, NotYetDescribedError
from chalandise.logistics.events import WaysChanged
from chalandise.logistics.models import DeliveryWindow, DeliveryZone, ShippingRate, SlotCount
from chalandise.logistics.rates import DELIVERY_KINDS, SHIPPING_KINDS, read_rate
from chalandise.logistics.states import ZoneKind
from chalandise.logistics.values import RoundDraft, ShippingDraft, ZoneDraft
from chalandise.territories.models import Territory


@transaction.atomic
def open_zone(
    establishment: Establishment, draft: ZoneDraft, *, by: Actor, at: datetime
) -> DeliveryZone:
    """Bring to a new zone.

    Raises:
        BadSettingError: it is not drawn, its rate or its rounds make no sense.
        NotYetDescribedError: a distance is given and the shop's position is not known.
    """
    zone = DeliveryZone.objects.create(
        establishment=establishment, **_described(establishment, draft)
    )
    _save_rounds(zone, draft.rounds)
    record(zone, "opened", by=by, at=at)
    emit(WaysChanged(establishment.pk), at=at)
    return zone


@transaction.atomic
def edit_zone(zone: DeliveryZone, draft: ZoneDraft, *, by: Actor, at: datetime) -> list[SlotCount]:
    """Bring there in another way from now on; every booking stands.

    Returns:
        The slots that are now over-booked, those of a round that is no longer made included.

    Raises:
        BadSettingError: it is not drawn, its rate or its rounds make no sense.
        NotYetDescribedError: a distance is given and the shop's position is not known.
    """
    described = _described(zone.establishment, draft)
    # the rounds are locked before any count, as who holds a slot does
    lock_rounds(zone)
    for name, value in described.items():
        setattr(zone, name, value)
    zone.save(update_fields=[*described])
    _save_rounds(zone, draft.rounds)
    clock = ZoneInfo(zone.establishment.timezone)
    by_start = {(one.weekday, one.starts): one.capacity for one in draft.rounds}

    def capacity_at(moment: datetime) -> int:
        here = moment.astimezone(clock)
        return by_start.get((here.weekday(), here.time()), 0)

    over = apply_capacity(zone.way_key, capacity_at, by=by, at=at)
    record(zone, "edited", by=by, at=at)
    emit(WaysChanged(zone.establishment_id), at=at)
    return over


@transaction.atomic
def close_zone(zone: DeliveryZone, *, by: Actor, at: datetime) -> None:
    """Bring there no more; what is booked is still to be brought."""
    DeliveryZone.objects.filter(pk=zone.pk).update(is_active=False)
    zone.is_active = False
    record(zone, "closed", by=by, at=at)
    emit(WaysChanged(zone.establishment_id), at=at)


@transaction.atomic
def open_shipping(
    establishment: Establishment, draft: ShippingDraft, *, by: Actor, at: datetime
) -> ShippingRate:
    """Send parcels at a rate.

    Raises:
        BadSettingError: the name is blank, or the rate makes no sense.
    """
    rate = ShippingRate.objects.create(establishment=establishment, **_parcel(draft))
    record(rate, "opened", by=by, at=at)
    emit(WaysChanged(establishment.pk), at=at)
    return rate


@transaction.atomic
def edit_shipping(rate: ShippingRate, draft: ShippingDraft, *, by: Actor, at: datetime) -> None:
    """Send parcels at another rate from now on.

    Raises:
        BadSettingError: the name is blank, or the rate makes no sense.
    """
    described = _parcel(draft)
    for name, value in described.items():
        setattr(rate, name, value)
    rate.save(update_fields=[*described])
    record(rate, "edited", by=by, at=at)
    emit(WaysChanged(rate.establishment_id), at=at)


@transaction.atomic
def close_shipping(rate: ShippingRate, *, by: Actor, at: datetime) -> None:
    """Send no more parcels at a rate."""
    ShippingRate.objects.filter(pk=rate.pk).update(is_active=False)
    rate.is_active = False
    record(rate, "closed", by=by, at=at)
    emit(WaysChanged(rate.establishment_id), at=at)


def _described(establishment: Establishment, draft: ZoneDraft) -> dict[str, Any]:
    """Return what is written of a zone; what it is not drawn by is kept, should it be again."""
    check_zone(draft)
    if draft.kind == ZoneKind.RADIUS and establishment.latitude is None:
        raise NotYetDescribedError("position")
    keys = sorted(set(draft.commune_keys))
    if keys and Territory.objects.communes().filter(key__in=keys).count() != len(keys):
        raise BadSettingError("commune_keys", "unknown")
    return {
        "name": draft.name.strip(),
        "kind": draft.kind,
        "commune_keys": keys,
        "radius_metres": draft.radius_metres,
        "polygon": dict(draft.polygon) if draft.polygon else None,
        "rate": read_rate(draft.rate, kinds=DELIVERY_KINDS),
        "minimum_order_cents": draft.minimum_order_cents,
        "lead_minutes": draft.lead_minutes,
        "cutoff": draft.cutoff,
        "horizon_days": draft.horizon_days,
        "works_on_holidays": draft.works_on_holidays,
        "is_by_bicycle": draft.is_by_bicycle,
    }


def _save_rounds(zone: DeliveryZone, rounds: Iterable[RoundDraft]) -> None:
    """Write the rounds of a zone; one that starts on the same weekday and time stays the same row."""
    kept = [
        DeliveryWindow(
            zone=zone,
            weekday=one.weekday,
            starts=one.starts,
            ends=one.ends,
            capacity=one.capacity,
        )
        for one in rounds
    ]
    wanted = {(one.weekday, one.starts) for one in kept}
    gone = [one.pk for one in zone.windows.all() if (one.weekday, one.starts) not in wanted]
    DeliveryWindow.objects.filter(pk__in=gone).delete()
    DeliveryWindow.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["zone", "weekday", "starts"],
        update_fields=["ends", "capacity"],
    )


def _parcel(draft: ShippingDraft) -> dict[str, Any]:
    check_name(draft.name)
    return {
        "name": draft.name.strip(),
        "rate": read_rate(draft.rate, kinds=SHIPPING_KINDS),
        "is_mainland_only": draft.is_mainland_only,
    }
