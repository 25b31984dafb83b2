"""What is on hand, and why it changed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.utils import InternalError
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue
from tests.factories.stock import counted, level

from chalandise.catalogue.actions import agree_to_basket, compose_basket, publish_product
from chalandise.catalogue.errors import BadQuantityError
from chalandise.journal.models import OutboxEvent
from chalandise.stock.actions import (
    consume_stock,
    count_stock,
    firm_up,
    hold_stock,
    keep_stock,
    receive_stock,
    release_stock,
    return_stock,
    sell_in_shop,
    stop_keeping_stock,
    write_off,
)
from chalandise.stock.errors import BelowBookedError, OutOfStockError, Shortage
from chalandise.stock.models import StockLevel, StockMovement, StockReservation
from chalandise.stock.queries import left_of

NOW = moment("2026-11-18 10:30")
SOON = NOW + timedelta(minutes=15)
BY = catalogue.BY


def test_a_sale_in_the_shop_is_two_taps(cast: Cast) -> None:
    bread = counted(cast.bakery, on_hand=4)
    sell_in_shop(bread, by=BY, at=NOW)
    assert level(bread) == (3, 0, 0)
    last = StockMovement.objects.latest("pk")
    assert (last.delta, last.reason, last.moved_by) == (-1, "shop_sale", "Claire Fournil")


def test_every_change_says_why(cast: Cast) -> None:
    bread = counted(cast.bakery, on_hand=4)
    receive_stock(bread, 6, by=BY, at=NOW, reference="fournée")
    return_stock(bread, 1, by=BY, at=NOW)
    write_off(bread, 2, by=BY, at=NOW)
    count_stock(bread, 8, by=BY, at=NOW)
    assert level(bread) == (8, 0, 0)
    moves = StockMovement.objects.order_by("pk").values_list("delta", "reason")
    assert list(moves) == [
        (4, "count"),
        (6, "delivery"),
        (1, "return"),
        (-2, "loss"),
        (-1, "count"),
    ]


@pytest.mark.parametrize("is_firm", [False, True])
def test_fault_04_nothing_lowers_the_count_below_what_is_promised(
    cast: Cast, is_firm: bool
) -> None:
    bread, holder = counted(cast.bakery, on_hand=4), uuid4()
    hold_stock({holder: {bread.pk: 3}}, until=SOON, at=NOW)
    if is_firm:
        firm_up([holder], at=NOW)
    for lower in (
        lambda: count_stock(bread, 2, by=BY, at=NOW),
        lambda: sell_in_shop(bread, 2, by=BY, at=NOW),
        lambda: write_off(bread, 2, by=BY, at=NOW),
    ):
        with pytest.raises(BelowBookedError) as refused:
            lower()
        assert (refused.value.booked, refused.value.wanted) == (3, 2)
    assert level(bread)[0] == 4
    count_stock(bread, 3, by=BY, at=NOW)
    if not is_firm:
        count_stock(bread, 0, by=BY, at=SOON)
        assert level(bread) == (0, 0, 0)


def test_counting_begins_with_the_first_count(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery)
    sell_in_shop(bread, by=BY, at=NOW)
    assert not StockLevel.objects.exists()
    count_stock(bread, 5, by=BY, at=NOW)
    bread.refresh_from_db()
    assert bread.keeps_stock
    assert left_of([bread.pk], at=NOW) == {bread.pk: 5}
    stop_keeping_stock(bread, by=BY, at=NOW)
    assert left_of([bread.pk], at=NOW) == {bread.pk: None}
    keep_stock(bread, 2, by=BY, at=NOW)
    assert left_of([bread.pk], at=NOW) == {bread.pk: 2}


@pytest.mark.parametrize("count", [-1, 1.5, "3", True, None, 10**7, float("nan")])
def test_a_count_is_a_whole_number(cast: Cast, count: object) -> None:
    bread = counted(cast.bakery, on_hand=4)
    with pytest.raises(BadQuantityError):
        count_stock(bread, count, by=BY, at=NOW)  # type: ignore[arg-type]
    assert level(bread) == (4, 0, 0)


def test_a_basket_takes_from_its_parts(cast: Cast) -> None:
    jar = counted(cast.bakery, "Confiture", on_hand=5, price_cents=500)
    book = counted(cast.bookshop, "Recettes", on_hand=3, price_cents=1500, category="livres")
    made = compose_basket(
        cast.bakery,
        name="Panier",
        price_cents=2400,
        parts={jar.pk: 2, book.pk: 1},
        by=BY,
        at=NOW,
    )
    agree_to_basket(made.invitations.get(), by=BY, at=NOW)
    publish_product(made, by=BY, at=NOW)
    basket, holder = catalogue.offer_of(made), uuid4()
    assert left_of([basket.pk, jar.pk], at=NOW) == {basket.pk: 2, jar.pk: 5}
    hold_stock({holder: {basket.pk: 1, jar.pk: 1}}, until=SOON, at=NOW)
    assert (level(jar), level(book)) == ((5, 3, 0), (3, 1, 0))
    with pytest.raises(OutOfStockError) as refused:
        hold_stock({uuid4(): {basket.pk: 2}}, until=SOON, at=NOW)
    assert refused.value.shortages == (Shortage(basket.pk, 2, 1),)
    firm_up([holder], at=NOW)
    consume_stock(holder, {basket.pk: 1}, by=BY, at=NOW)
    assert (level(jar), level(book)) == ((3, 0, 0), (2, 0, 0))


def test_only_what_flips_is_announced(cast: Cast) -> None:
    bread = counted(cast.bakery, on_hand=10)
    OutboxEvent.objects.all().delete()
    holders = [uuid4() for _ in range(3)]
    for holder, quantity in zip(holders, (2, 5, 3), strict=True):
        hold_stock({holder: {bread.pk: quantity}}, until=SOON, at=NOW)
    release_stock(holders[:2], at=NOW)
    told = OutboxEvent.objects.filter(kind="stock.level_changed").order_by("pk")
    assert [one.payload for one in told] == [
        {"offer_id": bread.pk, "left": 3},
        {"offer_id": bread.pk, "left": 0},
        {"offer_id": bread.pk, "left": 7},
    ]


@pytest.mark.parametrize(
    "change",
    [
        "reserved = -1",
        "allocated = -1",
        "on_hand = -1",
        "on_hand = 1000001",
        "reserved = 5",
        "allocated = 5",
        "reserved = 3, allocated = 2",
    ],
)
def test_the_database_refuses_an_impossible_level(cast: Cast, change: str) -> None:
    counted(cast.bakery, on_hand=4)
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE stock_stocklevel SET {change}")  # noqa: S608 - ours


@pytest.mark.parametrize("quantity", [0, -2, 10**12, "NaN", "1e9", None])
def test_the_database_refuses_an_impossible_reservation(cast: Cast, quantity: object) -> None:
    bread = counted(cast.bakery, on_hand=4)
    statement = """
        INSERT INTO stock_stockreservation (holder, offer_id, quantity, state, expires_at)
        VALUES (gen_random_uuid(), %s, %s::text::int, 'held', now())
    """
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [bread.pk, quantity])
    assert not StockReservation.objects.exists()


@pytest.mark.parametrize(
    "statement", ["UPDATE stock_stockmovement SET delta = 9", "DELETE FROM stock_stockmovement"]
)
def test_a_movement_is_written_once(cast: Cast, statement: str) -> None:
    counted(cast.bakery, on_hand=4)
    with (
        pytest.raises((IntegrityError, InternalError), match="never changed nor removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert StockMovement.objects.get().delta == 4
