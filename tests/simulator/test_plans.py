"""Inside a play a statement is planned once, whatever rolls back; outside all is as before."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from tests.simulator.plans import plans_kept

pytestmark = pytest.mark.django_db(transaction=True)


def ask(number: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7 * %s::int", [number])
        return int(cursor.fetchone()[0])


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%7 *%'")
        return int(cursor.fetchone()[0])


def test_a_plan_outlives_what_rolls_back_and_ends_with_the_play() -> None:
    for _play in range(2):
        with plans_kept():
            for number in range(9):
                assert ask(number) == 7 * number
            assert kept() == 1
            with transaction.atomic():
                ask(1)
                transaction.set_rollback(True)
            assert (kept(), ask(3)) == (1, 21)
        assert (kept(), ask(4)) == (0, 28)
