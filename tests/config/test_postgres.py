"""A kept connection is looked at without asking, and a closed one is never taken for a good one."""

from collections.abc import Iterator

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from chalandise.config import settings as shipped
from chalandise.config.postgres import cursors

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


@pytest.fixture
def ready(kept: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Return a connection on which `ASKED` is kept ready."""
    kept.is_preparing = True  # type: ignore[attr-defined] # of our own backend
    for _time in range(8):
        ask(kept, 1)
    assert readied(kept) == 1
    return kept


ASKED = "SELECT 12 / %s::int, pg_current_xact_id()::text"


def ask(kept: BaseDatabaseWrapper, divisor: int) -> tuple[int, str]:
    with kept.cursor() as cursor:
        cursor.execute(ASKED, [divisor])
        found: tuple[int, str] = cursor.fetchone()
    return found


def readied(kept: BaseDatabaseWrapper) -> int:
    with kept.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%12 /%'")
        return int(cursor.fetchone()[0])


def test_what_is_ready_is_asked_again_and_again(ready: BaseDatabaseWrapper) -> None:
    assert [ask(ready, divisor)[0] for divisor in (1, 2, 3, 4)] == [12, 6, 4, 3]
    with ready.cursor() as cursor:
        cursor.execute(ASKED, [5])
        assert (cursor.rowcount, len(cursor.description)) == (1, 2)
        assert cursor.fetchall()[0][0] == 2
    assert readied(ready) == 1


def test_what_postgresql_refuses_is_the_same_error_and_the_connection_goes_on(
    ready: BaseDatabaseWrapper,
) -> None:
    with pytest.raises(DataError, match="division by zero"):
        ask(ready, 0)
    assert ask(ready, 6)[0] == 2


def test_a_transaction_begins_with_its_first_ready_statement_and_ends_with_its_commit(
    ready: BaseDatabaseWrapper,
) -> None:
    ready.set_autocommit(False)
    first = ask(ready, 3)
    assert ask(ready, 3) == first  # the same transaction
    ready.commit()
    second = ask(ready, 3)
    assert second != first
    with pytest.raises(DataError):
        ask(ready, 0)
    ready.commit()  # of what has failed: PostgreSQL rolls it back
    ready.set_autocommit(True)
    assert ask(ready, 3)[0] == 4


def test_a_commit_that_is_refused_says_so(ready: BaseDatabaseWrapper) -> None:
    with ready.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE parents (id int PRIMARY KEY)")
        cursor.execute(
            "CREATE TEMPORARY TABLE children (parent int REFERENCES parents"
            " DEFERRABLE INITIALLY DEFERRED)"
        )
    ready.set_autocommit(False)
    with ready.cursor() as cursor:
        cursor.execute("INSERT INTO children VALUES (7)")
    with pytest.raises(IntegrityError):
        ready.commit()
    ready.set_autocommit(True)
    assert ask(ready, 4)[0] == 3


def test_after_a_rollback_nothing_is_ready_and_everything_answers(
    ready: BaseDatabaseWrapper,
) -> None:
    ready.set_autocommit(False)
    assert ask(ready, 2)[0] == 6
    ready.rollback()
    ready.set_autocommit(True)
    assert ask(ready, 2)[0] == 6


def test_a_ready_statement_of_a_connection_that_broke_is_an_operational_error(
    ready: BaseDatabaseWrapper,
) -> None:
    pid = ready.connection.info.backend_pid  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    for _time in range(2):  # its goodbye, then nobody there
        with pytest.raises(OperationalError):
            ask(ready, 1)


def test_long_statements_are_read_once(ready: BaseDatabaseWrapper) -> None:
    long = f"SELECT %(one)s::int, %(two)s::int, %(one)s::int /* {'x' * 6000} 100%% */"
    before = cursors._read.cache_info().misses
    for number in range(8):
        with ready.cursor() as cursor:
            cursor.execute(long, {"two": 2, "one": number})
            assert cursor.fetchone() == (number, 2, number)
    assert cursors._read.cache_info().misses == before + 1


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
