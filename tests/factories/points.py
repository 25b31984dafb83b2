"""Orders that merchants bring to a pooled point."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.factories import logistics
from tests.factories.fulfilment import MERCHANT, placed
from tests.factories.orders import NOON

from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.preparing import accept
from chalandise.logistics.actions import confirm_slots, hold_slots
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.values import SlotChoice
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import WayKind
from chalandise.portals.models import Portal


def brought(
    portal: Portal,
    shop: Establishment,
    point: PickupPoint,
    *,
    starts_at: datetime,
    at: datetime = NOON,
    **fields: Any,
) -> MerchantOrder:
    """Return an accepted order with its place in a slot of a pooled point, paid online."""
    if not point.services.filter(establishment=shop).exists():
        logistics.joins(point, shop)
    ends_at = starts_at + timedelta(minutes=30)
    values = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "way_kind": WayKind.POINT,
        "way_key": point.way_key,
        "way": {"kind": "point", "label": point.name, "timezone": point.timezone},
        "paid_at": at,
        **fields,
    }
    part = placed(portal, shop, **values)
    choice = SlotChoice(point.way_key, shop.pk, starts_at)
    hold_slots({part.holder: choice}, until=at + timedelta(hours=1), at=at)
    confirm_slots([part.holder], at=at)
    accept(part, by=MERCHANT, at=at)
    return MerchantOrder.objects.get(pk=part.pk)
