"""By when goods were promised, and what a customer may do once that is over (L216-1, L216-6).

What travels is promised for a day, which is over at midnight where the shop stands; what is collected
is promised for the beginning of its slot. A consumer whose delivery is late may put the merchant on
notice to deliver within a further period, and end the contract when that is over as well.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from chalandise.fulfilment.states import FULFILMENT_TRANSITIONS, FulfilmentState
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, WayKind

TRAVELLING_WAYS = (WayKind.DELIVERY, WayKind.SHIPPING)
STANDING = (MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED)
FURTHER_DAYS = (3, 7, 14)
"""How long a further period may be: the law says « reasonable », and bread is not a bookcase."""
KEPT_PROMISES = (
    FulfilmentState.READY,
    FulfilmentState.SENT,
    *FULFILMENT_TRANSITIONS.final,
)


class Right(Enum):
    """What the customer of a late delivery may do now."""

    NONE = "none"
    DEMAND = "demand"  # ask for it by a last day
    WAIT = "wait"  # that day is not over
    END = "end"  # the contract may be ended


def today_at(order: MerchantOrder, at: datetime) -> date:
    """Return the day it is where the order comes from."""
    return at.astimezone(zone_of(order)).date()


def promised_until(order: MerchantOrder) -> datetime | None:
    """Return the moment after which the promise is broken; None where there is none to break."""
    if order.way_kind not in TRAVELLING_WAYS:
        return order.starts_at
    if order.promised_on is None:
        return None
    return datetime.combine(order.promised_on + timedelta(days=1), time(), zone_of(order))


def is_broken(order: MerchantOrder, state: str, *, at: datetime) -> bool:
    """Tell whether a promise is over and the goods neither wait nor travel.

    Args:
        order: the merchant order.
        state: where its goods are; blank while nobody has touched them.
        at: when.
    """
    until = promised_until(order)
    if until is None or order.state not in STANDING or at < until:
        return False
    if order.way_kind in TRAVELLING_WAYS and state == FulfilmentState.READY:
        return True  # ready at the shop, and nobody has brought it
    return state not in KEPT_PROMISES


def right_of(
    order: MerchantOrder, state: str, demanded_until: date | None, *, at: datetime
) -> Right:
    """Return what the customer may do; what was sent and did not arrive is late as well.

    A firm has what its contract says: these articles are for consumers.
    """
    until = promised_until(order)
    if (
        until is None
        or order.way_kind not in TRAVELLING_WAYS
        or order.state not in STANDING
        or order.gathered_by_id is not None
        or order.order.business
        or state in FULFILMENT_TRANSITIONS.final
    ):
        return Right.NONE
    if demanded_until is None:
        return Right.DEMAND if at >= until else Right.NONE
    return Right.END if today_at(order, at) > demanded_until else Right.WAIT


def zone_of(order: MerchantOrder) -> ZoneInfo:
    """Return the time zone of the place where the order is had."""
    return ZoneInfo(order.way.get("timezone") or order.establishment.timezone)
