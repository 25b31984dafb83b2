"""Reservations that ended long ago are erased; what is promised never is."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories.stock import counted, level

from chalandise.journal.states import Actor
from chalandise.stock.actions import consume_stock, firm_up, hold_stock, release_stock
from chalandise.stock.actions.forgetting import KEPT_DAYS, forget_old_reservations
from chalandise.stock.models import StockReservation

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-18 10:30")
SOON = NOW + timedelta(minutes=15)
BY = Actor.system("test")


def test_only_what_is_over_for_two_months_is_erased(cast: Cast) -> None:
    bread = counted(cast.bakery, on_hand=20)
    held, firm, released, consumed = (uuid4() for _one in range(4))
    for holder in (held, firm, released, consumed):
        hold_stock({holder: {bread.pk: 2}}, until=SOON, at=NOW)
    firm_up([firm, consumed], at=NOW)
    consume_stock(consumed, None, by=BY, at=NOW)
    release_stock([released], at=NOW)
    before = level(bread)
    assert forget_old_reservations(at=NOW) == 0
    assert forget_old_reservations(at=NOW + timedelta(days=KEPT_DAYS - 1)) == 0
    assert forget_old_reservations(at=NOW + timedelta(days=KEPT_DAYS)) == 2
    assert set(StockReservation.objects.values_list("holder", flat=True)) == {held, firm}
    assert level(bread) == before


def test_what_was_taken_again_counts_anew(cast: Cast) -> None:
    bread, holder = counted(cast.bakery, on_hand=20), uuid4()
    hold_stock({holder: {bread.pk: 2}}, until=SOON, at=NOW)
    release_stock([holder], at=NOW)
    forget_old_reservations(at=NOW)
    firm_up([holder], at=NOW + timedelta(days=1))
    assert forget_old_reservations(at=NOW + timedelta(days=KEPT_DAYS + 1)) == 0
    release_stock([holder], at=NOW + timedelta(days=KEPT_DAYS + 2))
    assert forget_old_reservations(at=NOW + timedelta(days=KEPT_DAYS + 3)) == 0
    assert StockReservation.objects.count() == 1
