"""Cursors whose statements PostgreSQL keeps ready, and a short way to those that are.

psycopg asks through generators, so that one code serves threads and event loops, and lets go of the
interpreter several times on the way, which another thread of the process takes each time. A
statement that is ready, asked by a thread, needs none of that: its values are written, libpq asks
and waits in one call, its rows are there. What is out of the ordinary (not ready yet, a pipeline, a
statement to be forgotten) goes psycopg's own way.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from psycopg import Cursor, OperationalError, RawCursor
from psycopg._queries import PostgresQuery, _query2pg_nocache
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from typing_extensions import override

LONGEST_KEPT = 16_384
"""psycopg reads statements of more than 4,096 letters anew each time, which an order's are."""

_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@lru_cache(maxsize=512)
def _read(statement: str, encoding: str) -> Any:
    """Find the places of a statement: what psycopg makes of it, once."""
    return _query2pg_nocache(statement.encode(encoding), encoding)


class KnownQuery(PostgresQuery):
    """A statement whose places were found before."""

    @override
    def convert(self, query: Any, vars: Any) -> None:
        if vars is None or type(query) is not str or len(query) > LONGEST_KEPT:
            super().convert(query, vars)
            return
        known = _read(query, self._tx.encoding)
        self.query, self._want_formats, self._order, self._parts = known
        self.dump(vars)


class Lent(Cursor[Any]):
    """Remembers the statement for Django's log, and is given back instead of closed.

    Attributes:
        is_free: whether it was given back.
    """

    is_free = False

    @override
    def close(self) -> None:
        self._reset()
        self.is_free = True

    @override
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if options or not self._ask_ready(query, params):
            super().execute(query, params, **options)
        return self

    def _ask_ready(self, query: Any, params: Any) -> bool:
        """Ask a statement that is ready; tell whether it was."""
        conn, pgconn = self._conn, cast("Any", self._pgconn)
        prepared = conn._prepared
        if conn._pipeline or prepared._to_flush or self._last_query is None:
            return False
        with conn.lock:
            self._reset()
            pgq = self._convert_query(query, params)
            key = prepared.key(pgq)
            name = prepared._names.get(key)
            if name is None:
                return False
            if not conn._autocommit and pgconn.transaction_status == TransactionStatus.IDLE:
                run_command(pgconn, conn._get_tx_start_command())
            self._query = pgq
            prepared._names.move_to_end(key)
            result = pgconn.exec_prepared(name, pgq.params, pgq.formats, self.format)
            _require_good(pgconn, result)
            self._set_results([result])
        return True

    @override
    def _start_query(self, query: Any = None) -> Any:
        self._last_query = query  # psycopg forgets what it has learned when the statement changes
        return super()._start_query(query)

    @override
    def _get_prepared(self, pgq: Any, prepare: bool | None = None) -> Any:
        self._query = pgq
        return super()._get_prepared(pgq, prepare)


class PreparingCursor(Lent):
    """Sends values apart from the statement, which is kept ready once it has come back."""

    _query_cls = KnownQuery


class NumberedCursor(Lent, RawCursor[Any]):
    """Takes statements whose places are numbered from ``$1``, and has each kept ready at once."""

    @override
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if not self._ask_ready(query, params):
            super().execute(query, params, prepare=True, **options)
        return self


def has_begun(connection: Any) -> bool:
    """Tell whether a transaction is open, nothing in it has failed, and COMMIT ends it."""
    return (
        not connection._pipeline
        and not connection._num_transactions
        and connection.pgconn.transaction_status == TransactionStatus.INTRANS
    )


def run_command(pgconn: Any, command: bytes) -> None:
    """Send what has neither values nor rows, such as COMMIT, and wait in one call."""
    _require_good(pgconn, pgconn.exec_(command))


def _require_good(pgconn: Any, result: Any) -> None:
    """Raise what PostgreSQL, or a connection that broke, has to say of a statement."""
    if result.status in _GOOD:
        return
    error = error_from_result(result, encoding=pgconn._encoding)
    is_told = bool(result.error_field(DiagnosticField.SQLSTATE))
    if pgconn.status == ConnStatus.BAD and not is_told:
        raise OperationalError(str(error))
    raise error
