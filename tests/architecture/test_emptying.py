"""What a test commits is gone for the next one, as after Django's `flush` (`tests/emptying.py`)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from tests import emptying
from tests.cast import Cast
from tests.factories import market, territories

from chalandise.journal.actions import record
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.territories.models import Territory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def flushed(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin as after a `flush`."""
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    monkeypatch.setattr(emptying, "_left_by_flush", emptying._kept())


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in emptying._tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - ours
            if (count := cursor.fetchone()[0]) != 0:
                counts[table] = count
    return counts


def test_nothing_is_left_of_what_a_test_committed(cast: Cast) -> None:
    market.shop(cast.bakery, prices=(450,), on_hand=2, capacity=1)
    record(cast.bakery, "looked_at", by=Actor.system("test"), at=market.NOW)
    assert Entry.objects.exists()  # which a trigger keeps the product from deleting
    assert len(rows()) > 15
    assert emptying.empty_tables()
    assert rows() == {}


def test_a_table_that_grew_large_is_small_again() -> None:
    first = territories.lot()
    Territory.objects.bulk_create(
        Territory(key=f"commune-{number}", kind="commune", code=str(number), name="x" * 200,
                  sort_key="x", slug="x", departement=first)
        for number in range(1500)
    )  # fmt: skip
    assert emptying.empty_tables()
    assert rows() == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('territories_territory')")
        assert cursor.fetchone() == (0,)


def test_a_permission_that_a_test_has_changed_is_seen() -> None:
    Permission.objects.filter(pk=Permission.objects.earliest("pk").pk).update(name="Tout")
    assert not emptying.empty_tables()
