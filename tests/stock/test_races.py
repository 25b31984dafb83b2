"""Two people, one last loaf: real transactions on real connections, and the same with the lock off."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue
from tests.factories.stock import counted, level

from chalandise.catalogue.models import Offer
from chalandise.kernel.failpoints import armed
from chalandise.stock import queries
from chalandise.stock.actions import firm_up, hold_stock, release_stock, sell_in_shop
from chalandise.stock.errors import BelowBookedError, OutOfStockError, StockBusyError
from chalandise.stock.models import StockReservation

pytestmark = pytest.mark.django_db(transaction=True)

NOW = moment("2026-11-18 10:30")
SOON = NOW + timedelta(minutes=15)
PATIENCE = 10


def at_once(number: int, act: Callable[[int], object]) -> Counter[str]:
    """Run ``act`` in threads that start together; count what became of each."""
    start = Barrier(number)

    def run(index: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            act(index)
        except (OutOfStockError, StockBusyError, BelowBookedError, IntegrityError) as refused:
            return type(refused).__name__
        except OperationalError as error:
            return type(error.__cause__).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return Counter(pool.map(run, range(number)))


@contextmanager
def read_together() -> Iterator[None]:
    """Have two buyers read the level before either writes it, if the lock lets them."""
    both = Barrier(2)

    def wait() -> None:
        try:
            both.wait(0.7)
        except BrokenBarrierError:
            return  # the other one waits for the lock, as it should

    with armed("stock.levels.read", wait):
        yield


@contextmanager
def without_the_constraint() -> Iterator[None]:
    """Take away PostgreSQL's last word for a moment."""
    name = "stock_never_oversold"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE stock_stocklevel DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE stock_stocklevel SET reserved = 0, allocated = 0")
            cursor.execute(
                f"ALTER TABLE stock_stocklevel ADD CONSTRAINT {name}"
                " CHECK (on_hand >= reserved + allocated)"
            )


def hold_one(offer: Offer) -> Callable[[int], None]:
    return lambda _index: hold_stock({uuid4(): {offer.pk: 1}}, until=SOON, at=NOW)


@pytest.mark.parametrize("buyers", [2, 3, 8, 20])
def test_fault_01_the_last_loaf_goes_to_one_buyer(cast: Cast, buyers: int) -> None:
    bread = counted(cast.bakery, on_hand=1)
    ends = at_once(buyers, hold_one(bread))
    assert ends == {"done": 1, "OutOfStockError": buyers - 1}
    assert level(bread) == (1, 1, 0)
    assert StockReservation.objects.filter(state="held").count() == 1


def test_five_loaves_go_to_five_of_twelve_buyers(cast: Cast) -> None:
    bread = counted(cast.bakery, on_hand=5)
    ends = at_once(12, hold_one(bread))
    assert ends == {"done": 5, "OutOfStockError": 7}
    assert level(bread) == (5, 5, 0)


def test_the_lock_makes_the_second_buyer_read_what_the_first_wrote(cast: Cast) -> None:
    bread = counted(cast.bakery, on_hand=1)
    with read_together():
        ends = at_once(2, hold_one(bread))
    assert ends == {"done": 1, "OutOfStockError": 1}


def test_without_the_lock_the_second_buyer_is_not_told_properly(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of the test above: with the lock off only the constraint is left."""
    monkeypatch.setattr(queries, "ROW_LOCK", "")
    bread = counted(cast.bakery, on_hand=1)
    with read_together():
        ends = at_once(2, hold_one(bread))
    assert ends == {"done": 1, "IntegrityError": 1}
    assert level(bread) == (1, 1, 0)


def test_without_lock_nor_constraint_the_loaf_is_sold_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ROW_LOCK", "")
    bread = counted(cast.bakery, on_hand=1)
    with without_the_constraint(), read_together():
        ends = at_once(2, hold_one(bread))
        oversold = level(bread)
    assert ends == {"done": 2}
    assert oversold == (1, 2, 0)


def test_the_shop_and_the_web_do_not_sell_the_same_loaf(cast: Cast) -> None:
    bread = counted(cast.bakery, on_hand=1)

    def act(index: int) -> None:
        if index % 2:
            sell_in_shop(bread, by=catalogue.BY, at=NOW)
        else:
            hold_stock({uuid4(): {bread.pk: 1}}, until=SOON, at=NOW)

    ends = at_once(8, act)
    assert ends["done"] == 1
    assert level(bread) in {(1, 1, 0), (0, 0, 0)}


def test_fault_02_carts_in_opposite_order_wait_and_never_deadlock(cast: Cast) -> None:
    breads = [counted(cast.bakery, on_hand=1000) for _ in range(4)]
    waits: list[float] = []

    def act(index: int) -> None:
        order = breads if index % 2 else breads[::-1]
        for _ in range(50):
            holder, begun = uuid4(), time.perf_counter()
            hold_stock({holder: {one.pk: 1 for one in order}}, until=SOON, at=NOW)
            firm_up([holder], at=NOW)
            release_stock([holder], at=NOW)
            waits.append(time.perf_counter() - begun)

    assert at_once(4, act) == {"done": 4}
    assert len(waits) == 200
    assert sorted(waits)[197] < 4
    assert {level(one) for one in breads} == {(1000, 0, 0)}


def test_locks_taken_one_by_one_in_the_order_of_the_cart_deadlock(cast: Cast) -> None:
    """The twin of the test above: what happens to whoever locks in the order of the cart."""
    breads = [counted(cast.bakery, on_hand=10) for _ in range(2)]
    first_taken = Barrier(2)

    def act(index: int) -> None:
        order = breads if index else breads[::-1]
        with transaction.atomic(), connection.cursor() as cursor:
            for position, one in enumerate(order):
                if position:
                    first_taken.wait(PATIENCE)
                cursor.execute(
                    "SELECT 1 FROM stock_stocklevel WHERE offer_id = %s FOR UPDATE", [one.pk]
                )

    assert at_once(2, act) == {"done": 1, DeadlockDetected.__name__: 1}


def test_whoever_waits_too_long_may_try_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LOCK_TIMEOUT", "150ms")
    bread = counted(cast.bakery, on_hand=1)
    with transaction.atomic():
        queries.lock_levels([bread.pk])
        assert at_once(1, hold_one(bread)) == {"StockBusyError": 1}
    assert at_once(1, hold_one(bread)) == {"done": 1}


def test_one_holder_asking_twice_at_once_holds_once(cast: Cast) -> None:
    bread, holder = counted(cast.bakery, on_hand=5), uuid4()
    ends = at_once(6, lambda _i: hold_stock({holder: {bread.pk: 2}}, until=SOON, at=NOW))
    assert ends == {"done": 6}
    assert level(bread) == (5, 2, 0)
    assert StockReservation.objects.count() == 1
