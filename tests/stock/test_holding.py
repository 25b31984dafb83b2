"""Goods kept for a holder."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue
from tests.factories.stock import counted, level

from chalandise.stock.actions import (
    consume_stock,
    expire_holds,
    firm_up,
    hold_stock,
    release_stock,
)
from chalandise.stock.errors import HolderSpentError, HoldLostError, OutOfStockError, Shortage
from chalandise.stock.models import StockMovement, StockReservation
from chalandise.stock.queries import left_of

NOW = moment("2026-11-18 10:30")
SOON = NOW + timedelta(minutes=15)
LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def holder() -> UUID:
    return uuid4()


def test_what_is_held_cannot_be_had_by_another(cast: Cast, holder: UUID) -> None:
    bread = counted(cast.bakery, on_hand=3)
    hold_stock({holder: {bread.pk: 2}}, until=SOON, at=NOW)
    assert level(bread) == (3, 2, 0)
    with pytest.raises(OutOfStockError) as refused:
        hold_stock({uuid4(): {bread.pk: 2}}, until=SOON, at=NOW)
    assert refused.value.shortages == (Shortage(bread.pk, 2, 1),)
    assert level(bread) == (3, 2, 0)


def test_a_new_hold_replaces_what_the_holder_held(cast: Cast, holder: UUID) -> None:
    bread, cake = counted(cast.bakery, on_hand=3), counted(cast.bakery, on_hand=3)
    hold_stock({holder: {bread.pk: 2, cake.pk: 1}}, until=SOON, at=NOW)
    hold_stock({holder: {bread.pk: 3}}, until=SOON, at=NOW)
    hold_stock({holder: {bread.pk: 3}}, until=SOON, at=NOW)
    assert level(bread) == (3, 3, 0)
    assert level(cake) == (3, 0, 0)
    assert list(StockReservation.objects.values_list("offer", "quantity")) == [(bread.pk, 3)]


def test_an_offer_that_nobody_counts_sells_without_limit(cast: Cast, holder: UUID) -> None:
    bread = catalogue.offer(cast.bakery)
    hold_stock({holder: {bread.pk: 99}}, until=SOON, at=NOW)
    assert left_of([bread.pk], at=NOW) == {bread.pk: None}
    assert not StockReservation.objects.exists()


def test_a_hold_that_ended_counts_no_more(cast: Cast, holder: UUID) -> None:
    bread = counted(cast.bakery, on_hand=1)
    hold_stock({holder: {bread.pk: 1}}, until=SOON, at=NOW)
    assert left_of([bread.pk], at=NOW) == {bread.pk: 0}
    assert left_of([bread.pk], at=SOON) == {bread.pk: 1}
    hold_stock({uuid4(): {bread.pk: 1}}, until=LATER, at=SOON)
    assert level(bread) == (1, 1, 0)


def test_a_promise_survives_the_end_of_the_hold(cast: Cast, holder: UUID) -> None:
    bread = counted(cast.bakery, on_hand=1)
    hold_stock({holder: {bread.pk: 1}}, until=SOON, at=NOW)
    firm_up([holder], at=NOW)
    firm_up([holder], at=LATER)
    assert expire_holds(at=LATER) == 0
    assert level(bread) == (1, 0, 1)
    with pytest.raises(HolderSpentError):
        hold_stock({holder: {bread.pk: 1}}, until=LATER, at=NOW)


def test_fault_09_money_that_comes_late_takes_what_is_still_there(cast: Cast, holder: UUID) -> None:
    bread = counted(cast.bakery, on_hand=1)
    hold_stock({holder: {bread.pk: 1}}, until=SOON, at=NOW)
    assert expire_holds(at=LATER) == 1
    firm_up([holder], at=LATER)
    assert level(bread) == (1, 0, 1)


def test_money_that_comes_too_late_learns_what_is_gone(cast: Cast, holder: UUID) -> None:
    bread, cake = counted(cast.bakery, on_hand=1), counted(cast.bakery, on_hand=1)
    hold_stock({holder: {bread.pk: 1, cake.pk: 1}}, until=SOON, at=NOW)
    hold_stock({uuid4(): {bread.pk: 1}}, until=LATER, at=SOON)
    with pytest.raises(HoldLostError) as lost:
        firm_up([holder], at=SOON)
    assert lost.value.holder == holder
    assert lost.value.shortages == (Shortage(bread.pk, 1, 0),)
    assert level(cake) == (1, 1, 0)


def test_what_was_taken_out_of_the_cart_is_not_promised_later(cast: Cast, holder: UUID) -> None:
    bread, cake = counted(cast.bakery, on_hand=1), counted(cast.bakery, on_hand=1)
    hold_stock({holder: {bread.pk: 1, cake.pk: 1}}, until=SOON, at=NOW)
    hold_stock({holder: {bread.pk: 1}}, until=SOON, at=NOW)
    expire_holds(at=LATER)
    firm_up([holder], at=LATER)
    assert level(cake) == (1, 0, 0)


def test_what_is_handed_over_leaves_the_shop_once(cast: Cast, holder: UUID) -> None:
    bread = counted(cast.bakery, on_hand=5)
    hold_stock({holder: {bread.pk: 3}}, until=SOON, at=NOW)
    firm_up([holder], at=NOW)
    consume_stock(holder, {bread.pk: 2}, by=catalogue.BY, at=LATER, reference="K7-1")
    consume_stock(holder, {bread.pk: 2}, by=catalogue.BY, at=LATER, reference="K7-1")
    assert level(bread) == (3, 0, 0)
    last = StockMovement.objects.latest("pk")
    assert (last.delta, last.reason, last.reference) == (-2, "order", "K7-1")
    release_stock([holder], at=LATER)
    assert level(bread) == (3, 0, 0)


def test_a_cancelled_promise_goes_back_to_the_shelf(cast: Cast, holder: UUID) -> None:
    bread = counted(cast.bakery, on_hand=2)
    hold_stock({holder: {bread.pk: 2}}, until=SOON, at=NOW)
    firm_up([holder], at=NOW)
    release_stock([holder], at=LATER)
    release_stock([holder], at=LATER)
    assert level(bread) == (2, 0, 0)


@pytest.mark.parametrize("lines", [1, 12])
def test_a_hold_costs_three_statements_whatever_the_cart(cast: Cast, lines: int) -> None:
    baker, seller = uuid4(), uuid4()
    breads = [counted(cast.bakery, on_hand=10) for _ in range(lines)]
    books = [counted(cast.bookshop, on_hand=10, category="livres") for _ in range(lines)]
    wanted = {baker: {one.pk: 1 for one in breads}, seller: {one.pk: 2 for one in books}}
    with CaptureQueriesContext(connection) as captured:
        hold_stock(wanted, until=SOON, at=NOW)
    assert len(captured) == 3, [one["sql"][:90] for one in captured]
    with CaptureQueriesContext(connection) as captured:
        firm_up([baker, seller], at=NOW)
    assert len(captured) == 2, [one["sql"][:90] for one in captured]
