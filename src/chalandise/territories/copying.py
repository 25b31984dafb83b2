"""Brings a table to a wished content through ``COPY`` and one merging statement.

The wished rows are streamed into a temporary twin of the table, then compared with it, so that rows
that are already right are not written again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import sql

Row = tuple[Any, ...]


class Twin:
    """A temporary table shaped like some columns of ``table``, which vanishes at commit."""

    def __init__(self, cursor: Any, table: str, columns: tuple[str, ...]) -> None:
        self._cursor = cursor
        self._table = sql.Identifier(table)
        self._twin = sql.Identifier(f"loading_{table}")
        self._columns = columns
        self._run("DROP TABLE IF EXISTS {twin}")
        self._run(
            "CREATE TEMPORARY TABLE {twin} ON COMMIT DROP AS "
            "SELECT {columns} FROM {table} WITH NO DATA"
        )

    def pour(self, rows: Iterable[Row]) -> None:
        """Stream ``rows`` into the twin."""
        statement = self._compose("COPY {twin} ({columns}) FROM STDIN")
        with self._cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def merge(self) -> tuple[int, int]:
        """Insert or update the table, keyed by the first column; return how many of each."""
        _, *others = self._columns
        self._run(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {twin} "
            "ON CONFLICT ({key}) DO UPDATE SET ({others}) = ROW({new}) "
            "WHERE ({old}) IS DISTINCT FROM ({new}) RETURNING xmax = 0",
            others=_names(others),
            old=_names(others, self._table),
            new=_names(others, sql.SQL("EXCLUDED")),
        )
        fresh = [is_new for (is_new,) in self._cursor.fetchall()]
        return sum(fresh), len(fresh) - sum(fresh)

    def add_missing(self) -> None:
        """Insert the rows of the twin that no constraint of the table knows already."""
        self._run(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {twin} ON CONFLICT DO NOTHING"
        )

    def drop_others(self, *, on: tuple[str, ...]) -> None:
        """Delete the rows of the table that have no row with the same ``on`` in the twin."""
        self._run("DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM {twin} WHERE {same})", on=on)

    def keys_of_others(self) -> tuple[str, ...]:
        """Return the keys of the table that the twin does not have."""
        self._run(
            "SELECT {key} FROM {table} "
            "WHERE NOT EXISTS (SELECT 1 FROM {twin} WHERE {same}) ORDER BY {key}",
            on=self._columns[:1],
        )
        return tuple(key for (key,) in self._cursor.fetchall())

    def analyse(self) -> None:
        """Tell the planner what the table holds now."""
        self._run("ANALYZE {table}")

    def _run(self, text: str, *, on: tuple[str, ...] = (), **parts: sql.Composable) -> None:
        self._cursor.execute(self._compose(text, on=on, **parts))

    def _compose(
        self, text: str, *, on: tuple[str, ...] = (), **parts: sql.Composable
    ) -> sql.Composable:
        same = sql.SQL(" AND ").join(
            sql.SQL("{}.{name} = {}.{name}").format(
                self._table, self._twin, name=sql.Identifier(name)
            )
            for name in on
        )
        return sql.SQL(text).format(
            table=self._table,
            twin=self._twin,
            columns=_names(self._columns),
            key=sql.Identifier(self._columns[0]),
            same=same,
            **parts,
        )


def _names(columns: Iterable[str], owner: sql.Composable | None = None) -> sql.Composed:
    """Return column names in a row, each after its owner if there is one."""
    names = (sql.Identifier(column) for column in columns)
    if owner is None:
        return sql.SQL(", ").join(names)
    return sql.SQL(", ").join(sql.SQL("{}.{}").format(owner, name) for name in names)
