"""A kept connection is looked at without asking, and a closed one is never taken for a good one."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from chalandise.config import settings as shipped

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


def test_a_cursor_is_lent_again_once_it_is_given_back(kept: BaseDatabaseWrapper) -> None:
    kept.is_preparing = True  # type: ignore[attr-defined] # of our own backend
    with kept.cursor() as first:
        first.execute("SELECT %s::int", [1])
        with kept.cursor() as inside:
            inside.execute("SELECT %s::int", [2])
            assert (first.fetchone(), inside.fetchone()) == ((1,), (2,))
    with kept.cursor() as one:
        lent = one.cursor
    with kept.cursor() as again:
        assert again.cursor is lent
        again.execute("SELECT %s::int", [3])
        assert again.fetchall() == [(3,)]
    kept.close()
    kept.connect()
    with kept.cursor() as anew:
        assert anew.cursor is not lent
        anew.execute("SELECT %s::int", [4])
        assert anew.fetchone() == (4,)


def test_fault_82_a_page_does_not_wait_for_ever(
    kept: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHALANDISE_STATEMENT_SECONDS", "1")
    made = shipped._database("postgresql://nobody@localhost/nothing")["OPTIONS"]
    kept.close()
    kept.settings_dict["OPTIONS"] = {
        **kept.settings_dict["OPTIONS"],
        "options": made["options"],
    }
    kept.connect()
    with kept.cursor() as cursor, pytest.raises(OperationalError, match="statement timeout"):
        cursor.execute("SELECT pg_sleep(30)")


def test_commands_and_jobs_take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHALANDISE_STATEMENT_SECONDS", raising=False)
    made = shipped._database("postgresql://nobody@localhost/nothing")["OPTIONS"]
    assert "statement_timeout" not in made["options"]
