"""Which commits wait for the disk: a trigger tells what each write was told (decision 0015)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.cast import Cast
from tests.factories import market

from chalandise import ordering

TABLES = ("ordering_cartline", "ordering_checkout", "ordering_checkoutpart", "ordering_order")
_WATCH = """
    CREATE TABLE told_of (place serial, tabled text, setting text);
    CREATE FUNCTION tell_durability() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO told_of (tabled, setting)
        VALUES (TG_TABLE_NAME, current_setting('synchronous_commit'));
        RETURN NULL;
    END $$;
"""


@contextmanager
def told() -> Iterator[list[tuple[str, str]]]:
    """Collect, for each write of the market's tables, what `synchronous_commit` was then."""
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        cursor.execute(_WATCH)
        cursor.execute("SET synchronous_commit TO on")  # the tests' PostgreSQL has nothing to lose
        for table in TABLES:
            cursor.execute(
                f"CREATE TRIGGER tell AFTER INSERT OR UPDATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION tell_durability()"
            )
        try:
            yield found
            cursor.execute("SELECT DISTINCT tabled, setting FROM told_of ORDER BY 1, 2")
            found += cursor.fetchall()
        finally:
            cursor.execute("RESET synchronous_commit")
            cursor.execute("DROP FUNCTION tell_durability CASCADE; DROP TABLE told_of")


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        row: tuple[str] = cursor.fetchone()
    return row[0]


@pytest.mark.django_db(transaction=True)
def test_a_basket_need_not_wait_for_the_disk_and_an_order_does(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    with told() as writes:
        market.ordered(cast.lot, (shop.offers[0], 1), (shop.offers[1], 1))
        assert setting() == "on"
    assert writes == [
        ("ordering_cartline", "off"),
        ("ordering_checkout", "off"),
        ("ordering_checkout", "on"),
        ("ordering_checkoutpart", "off"),
        ("ordering_order", "on"),
    ]


@pytest.mark.django_db(transaction=True)
def test_within_a_larger_transaction_nothing_is_loosened(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    with told() as writes, transaction.atomic():
        market.checked_out(cast.lot, (shop.offers[0], 1))
        assert setting() == "on"
    assert {how for _table, how in writes} == {"on"}


def test_the_setting_stands_in_one_place() -> None:
    source = Path(ordering.__file__).parents[1]
    naming = {
        str(file.relative_to(source))
        for file in source.rglob("*.py")
        if "synchronous_commit" in file.read_text()
    }
    whole_databases = {"config/embedded.py", "config/demo/seed.py"}
    assert naming - whole_databases == {"ordering/durability.py"}
