"""Tables that an import lays out for itself, in the database and not in memory.

They are temporary: nobody else sees them, and they fall with the connection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection

ROWS_AT_ONCE = 500


@contextmanager
def scratch_table(name: str, columns: str) -> Iterator[None]:
    """Lay out an empty table for the length of a work."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    yield
    # after a failure it falls with the connection, which may be in no state to be asked
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE pg_temp.{name}")


def copy_rows(table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Fill a table, some hundred rows at a time: the rows may come from the same connection."""
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in some:
                copy.write_row(row)


def ask(statement: str, values: Collection[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement whose one parameter is an array."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(values)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
