"""A kept connection is looked at without asking, and a closed one is never taken for a good one."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Iterator[BaseDatabaseWrapper]:
    wrapper = connection.copy()
    wrapper.connect()
    yield wrapper
    wrapper.close()


def test_a_quiet_connection_is_usable_and_costs_no_query(kept: BaseDatabaseWrapper) -> None:
    kept.force_debug_cursor = True
    assert kept.is_usable()
    assert not kept.queries_log


def test_a_connection_the_server_closed_is_noticed(kept: BaseDatabaseWrapper) -> None:
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)
    assert not kept.is_usable()


def test_a_connection_closed_here_is_not_usable(kept: BaseDatabaseWrapper) -> None:
    kept.close()
    assert not kept.is_usable()
