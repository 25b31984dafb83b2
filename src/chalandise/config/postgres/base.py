"""Looks at the socket of a kept connection instead of asking the server `SELECT 1` each time.

Django checks a kept connection once in each request, which costs as much as a short query. A server
that stopped or closed the connection has said so: its goodbye waits on the socket. Silence means
that all is well; anything else, and the server is asked.

Where a page asks for it (`web.preparing`), statements are given to PostgreSQL with their values
apart and are kept ready by the connection once they have come back a few times: read and planned
once instead of each time. Their cursors are lent: what one has learned about writing values and
reading columns, which takes longer than a short statement, serves the next.
"""

from __future__ import annotations

import select
from datetime import UTC
from typing import Any, TypeVar

from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL
from django.db.backends.utils import debug_transaction
from psycopg.pq import ConnStatus
from typing_extensions import override

from chalandise.config.postgres.cursors import (
    Lent,
    NumberedCursor,
    PreparingCursor,
    has_begun,
    run_command,
)
from chalandise.config.postgres.values import FlatListDumper, KnownJsonLoader, UTCLoader

Kind = TypeVar("Kind", bound=Lent)


class DatabaseWrapper(PostgreSQL):
    """Django's connection to PostgreSQL with a check that takes microseconds.

    Attributes:
        is_preparing: whether statements are to be kept ready; each thread has its own connection.
    """

    is_preparing = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lent: dict[type[Lent], Lent] = {}

    @override
    def create_cursor(self, name: Any = None) -> Any:
        """Return a cursor, a preparing one where that is asked for and not switched off."""
        if name or not self.is_preparing or self.connection.prepare_threshold is None:
            return super().create_cursor(name)
        return self._lend(PreparingCursor)

    def numbered_cursor(self) -> Any:
        """Return a cursor like any other of Django's, counted and logged, for numbered places."""
        self.ensure_connection()
        # Django has no public way to wrap a cursor of another class.
        return self._prepare_cursor(self._lend(NumberedCursor))  # type: ignore[attr-defined]

    def _lend(self, kind: type[Kind]) -> Kind:
        """Return the cursor that was given back, a new one while it is in use."""
        known = self._lent.get(kind)
        if known is None or not known.is_free or known.connection is not self.connection:
            known = self._lent[kind] = self._new(kind)
        known.is_free = False
        return known  # type: ignore[return-value] # kept under its kind

    def _new(self, kind: type[Kind]) -> Kind:
        """Make a cursor that reads moments as all of Django's do."""
        factory, self.connection.cursor_factory = self.connection.cursor_factory, kind
        try:
            made: Kind = super().create_cursor()
        finally:
            self.connection.cursor_factory = factory
        made.adapters.register_dumper(list, FlatListDumper)
        made.adapters.register_loader("json", KnownJsonLoader)
        if self.timezone is UTC:
            made.adapters.register_loader("timestamptz", UTCLoader)
        return made

    def _commit(self) -> None:
        """Commit what was begun in one call; the rest is psycopg's to say."""
        kept: Any = self.connection
        if kept is None or not has_begun(kept):
            super()._commit()  # type: ignore[misc] # not in the stubs
            return
        with debug_transaction(self, "COMMIT"), self.wrap_database_errors, kept.lock:
            run_command(kept.pgconn, b"COMMIT")

    @override
    def is_usable(self) -> bool:
        """Tell whether the connection may be used again."""
        kept: Any = self.connection
        if kept is None or kept.closed or kept.pgconn.status != ConnStatus.OK:
            return False
        socket = select.poll()
        socket.register(kept.pgconn.socket)
        waiting = [mask for _file, mask in socket.poll(0) if mask & ~select.POLLOUT]
        return super().is_usable() if waiting else True
