"""Looks at the socket of a kept connection instead of asking the server `SELECT 1` each time.

Django checks a kept connection once in each request, which costs as much as a short query. A server
that stopped or closed the connection has said so: its goodbye waits on the socket. Silence means
that all is well; anything else, and the server is asked.

Where a page asks for it (`web.preparing`), statements are given to PostgreSQL with their values
apart and are kept ready by the connection once they have come back a few times: read and planned
once instead of each time.
"""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL
from psycopg import Cursor
from psycopg.pq import ConnStatus
from typing_extensions import override


class PreparingCursor(Cursor[Any]):
    """Sends values apart from the statement, and remembers the statement for Django's log."""

    @override
    def _get_prepared(self, pgq: Any, prepare: bool | None = None) -> Any:
        self._query = pgq
        return super()._get_prepared(pgq, prepare)


class DatabaseWrapper(PostgreSQL):
    """Django's connection to PostgreSQL with a check that takes microseconds.

    Attributes:
        is_preparing: whether statements are to be kept ready; each thread has its own connection.
    """

    is_preparing = False

    @override
    def create_cursor(self, name: Any = None) -> Any:
        """Return a cursor, a preparing one where that is asked for and not switched off."""
        kept: Any = self.connection
        if name or not self.is_preparing or kept.prepare_threshold is None:
            return super().create_cursor(name)
        factory, kept.cursor_factory = kept.cursor_factory, PreparingCursor
        try:
            return super().create_cursor()
        finally:
            kept.cursor_factory = factory

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
