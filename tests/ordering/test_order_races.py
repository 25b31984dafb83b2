"""Several people at once, or one who presses twice: real transactions, and the same with the lock off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection
from tests.cast import Cast
from tests.factories import market
from tests.factories.stock import level

from chalandise.journal.states import Actor
from chalandise.kernel.errors import ChalandiseError
from chalandise.kernel.failpoints import armed
from chalandise.logistics.models import SlotCount
from chalandise.ordering.actions import placing, withdrawing
from chalandise.ordering.actions.checkout import start_checkout
from chalandise.ordering.actions.expiring import expire_unpaid
from chalandise.ordering.actions.paying import PaidOutcome, mark_paid
from chalandise.ordering.actions.serving import accept_merchant_order, decline_merchant_order
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import Cart, Checkout, MerchantOrder, Order, Withdrawal
from chalandise.ordering.queries.checkouts import preview

pytestmark = pytest.mark.django_db(transaction=True)
NOW = market.NOW
PATIENCE = 20
BY = Actor("merchant", "1", "Claire")


def at_once(number: int, act: Callable[[int], object]) -> Counter[object]:
    """Run ``act`` in threads that start together; count what each returned or raised."""
    start = Barrier(number)

    def run(index: int) -> object:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            return act(index)
        except ChalandiseError as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return Counter(pool.map(run, range(number)))


@contextmanager
def reading_together(name: str) -> Iterator[None]:
    """Have two callers read before either writes, if the lock lets them."""
    both = Barrier(2)

    def wait() -> None:
        try:
            both.wait(0.7)
        except BrokenBarrierError:
            return  # the other one waits for the lock, as it should

    with armed(name, wait):
        yield


@contextmanager
def without_the_constraints() -> Iterator[None]:
    """Take away PostgreSQL's last words on one order a checkout, for a moment."""
    columns = (("ordering_order", "checkout_id"), ("ordering_merchantorder", "holder"))
    with connection.cursor() as cursor:
        found = [(table, column, unique_name(table, column)) for table, column in columns]
        for table, _column, name in found:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ordering_order CASCADE")
            for table, column, name in found:
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({column})")


def unique_name(table: str, column: str) -> str:
    """The name that PostgreSQL knows a unique constraint of one column by."""
    find = """
        SELECT c.conname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
        WHERE c.conrelid = %s::regclass AND c.contype = 'u' AND a.attname = %s
    """
    with connection.cursor() as cursor:
        cursor.execute(find, [table, column])
        return str(cursor.fetchone()[0])


def press(checkout: Checkout, total: int) -> int:
    """Press the button, as a form sent once more does."""
    return placing.place_order(
        checkout,
        seen_total_cents=total,
        form_token=checkout.form_token,
        declarations=market.YES,
        pays="on_collection",
        at=NOW,
    ).pk


def test_fault_01_many_buyers_one_last_loaf(cast: Cast) -> None:
    buyers = 8
    bakery = market.shop(cast.bakery, on_hand=1)
    carts = [market.cart(cast.lot, (bakery.offers[0], 1)) for _ in range(buyers)]

    def buy(index: int) -> str:
        start_checkout(carts[index], portal=cast.lot, at=NOW)
        return "held"

    assert at_once(buyers, buy) == {"held": 1, "TermsChangedError": buyers - 1}
    assert level(bakery.offers[0]) == (1, 1, 0)


def test_fault_02_the_same_things_the_other_way_round(cast: Cast) -> None:
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    one, two = (bakery.offers[0], 1), (books.offers[0], 1)
    for _round in range(5):
        carts = [
            market.cart(cast.lot, *((one, two) if index % 2 else (two, one))) for index in range(2)
        ]

        def start(index: int, carts: list[Cart] = carts) -> str:
            return start_checkout(carts[index], portal=cast.lot, at=NOW).source

        assert at_once(2, start) == {"web": 2}


def test_fault_05_pressed_ten_times_at_once(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 2))
    total = preview(checkout, at=NOW).recap.total_cents
    answers = at_once(10, lambda _index: press(checkout, total))
    assert answers == {Order.objects.get().pk: 10}
    assert level(bakery.offers[0]) == (10, 0, 2)
    assert SlotCount.objects.get().booked == 1


def unlocked(checkout_id: int) -> Checkout:
    """What `lock_checkout` would be without its lock."""
    return Checkout.objects.select_related("portal").get(pk=checkout_id)


def test_fault_05_should_the_lock_fail_the_constraint_holds(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 2))
    monkeypatch.setattr(placing, "lock_checkout", unlocked)
    with reading_together("ordering.place.read"):
        answers = at_once(2, lambda _index: press(checkout, 900))
    assert answers == {Order.objects.get().pk: 2}


def test_fault_05_without_lock_nor_constraint_there_would_be_two(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 2))
    monkeypatch.setattr(placing, "lock_checkout", unlocked)
    with without_the_constraints(), reading_together("ordering.place.read"):
        at_once(2, lambda _index: press(checkout, 900))
        assert Order.objects.count() == 2


def one_book(cast: Cast) -> Order:
    books = market.shop(cast.bookshop, category="livres")
    order = market.ordered(cast.lot, (books.offers[0], 1))
    accept_merchant_order(order.merchant_orders.get(), by=BY, at=NOW)
    return order


def give_back(order: Order) -> str:
    (line,) = order.merchant_orders.get().lines.all()
    confirm_withdrawal(order, {line.pk: 1}, name="Nadia", email="nadia@exemple.test", at=NOW)
    return "confirmed"


def test_withdrawn_twice_at_once_is_withdrawn_once(cast: Cast) -> None:
    order = one_book(cast)
    with reading_together("ordering.withdrawal.read"):
        answers = at_once(2, lambda _index: give_back(order))
    assert answers == {"confirmed": 1, "MoreThanStandsError": 1}
    assert Withdrawal.objects.count() == 1


def test_without_its_lock_it_would_be_withdrawn_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = one_book(cast)
    line = order.merchant_orders.get().lines.get()
    monkeypatch.setattr(withdrawing, "lock_parts", lambda _order: None)
    # the number of a declaration is unique too: have each draw another
    numbers = iter(range(100))
    monkeypatch.setattr(withdrawing, "next_number", lambda part: f"{part.number}-R{next(numbers)}")
    monkeypatch.setattr(withdrawing, "settle_withdrawal", lambda withdrawal, **_said: None)
    with reading_together("ordering.withdrawal.read"):
        at_once(2, lambda _index: give_back(order))
    assert sum(row.quantity for row in line.withdrawn.all()) == 2


def test_yes_and_no_at_once(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bakery.offers[0], 2))

    def answer(index: int) -> str:
        part = order.merchant_orders.get()
        if index:
            accept_merchant_order(part, by=BY, at=NOW)
        else:
            decline_merchant_order(part, reason="", by=BY, at=NOW)
        return part.state

    answers = at_once(2, answer)
    part = order.merchant_orders.get()
    assert level(bakery.offers[0])[2] == (2 if part.state == "accepted" else 0)
    if part.state == "accepted":
        assert answers == {"accepted": 1, "StaleStateError": 1}


def test_fault_09_money_and_expiry_at_once_never_lose_the_goods(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bakery.offers[0], 2), pays="online")
    part = order.merchant_orders.get()
    late = NOW + timedelta(minutes=31)

    def act(index: int) -> str:
        if index:
            return mark_paid(part.pk, at=late)
        expire_unpaid(at=late)
        return "swept"

    assert at_once(2, act) == {PaidOutcome.PLACED: 1, "swept": 1}
    found = MerchantOrder.objects.get(pk=part.pk)
    assert (found.state, found.paid_at) == ("placed", late)
    assert level(bakery.offers[0]) == (10, 0, 2)


def test_fault_06_money_seen_twice_at_once_counts_once(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bakery.offers[0], 2), pays="online")
    part = order.merchant_orders.get()
    answers = at_once(4, lambda _index: mark_paid(part.pk, at=NOW))
    assert answers == {PaidOutcome.PLACED: 1, PaidOutcome.ALREADY: 3}
