"""Reservations that ended long ago are erased: orders and movements keep their own record."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from chalandise.stock.models import StockReservation
from chalandise.stock.states import ReservationState

KEPT_DAYS = 60  # money may come late for what was given back (fault 9): days at most, never months
ENDED = (ReservationState.RELEASED, ReservationState.CONSUMED)


@transaction.atomic
def forget_old_reservations(*, at: datetime) -> int:
    """Erase what was seen over two months ago and still is; tell how many.

    No sale writes when a reservation ended: the first night that sees it over does.
    """
    over = StockReservation.objects.filter(state__in=ENDED)
    over.filter(over_since=None).update(over_since=at)
    StockReservation.objects.exclude(state__in=ENDED).exclude(over_since=None).update(
        over_since=None
    )
    return over.filter(over_since__lte=at - timedelta(days=KEPT_DAYS)).delete()[0]
