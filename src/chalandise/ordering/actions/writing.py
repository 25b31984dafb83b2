"""New rows in one statement, whatever their number and their tables.

The ORM takes longer to say an insertion than PostgreSQL to carry it out: here the rows of each table
travel as one JSON text, which PostgreSQL reads by the types of the table itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models


@dataclass(frozen=True)
class _Link:
    """A column that may name a row of the same call: the relation, and which table has its rows."""

    name: str
    attname: str
    table: int


@dataclass(frozen=True)
class _Table:
    """What one table is told: its columns but the key, and those that may name a new row."""

    name: str
    columns: tuple[str, ...]
    links: tuple[_Link, ...]


def write_new(
    *groups: Sequence[models.Model], also: str = "", values: Mapping[str, Any] | None = None
) -> None:
    """Insert rows, a group for each table, in one statement, and give each its key.

    A row may name another of the same call, which has no key yet: it travels as its place, and
    PostgreSQL, which draws all keys beforehand, puts the key there.

    Args:
        groups: rows of one table each, in the order of their keys; empty ones are passed over.
        also: further parts of a ``WITH`` to be done in the same statement.
        values: what ``also`` asks for.
    """
    filled = [rows for rows in groups if rows]
    if not filled:
        return
    kinds = tuple(type(rows[0]) for rows in filled)
    tables, statement = _tables(kinds), _insertion(kinds, also)
    places = {id(row): place for rows in filled for place, row in enumerate(rows, 1)}
    told = {
        f"rows_{rank}": json.dumps([_told(row, table, places) for row in rows], default=str)
        for rank, (rows, table) in enumerate(zip(filled, tables, strict=True))
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, {**told, **(values or {})})
        keys = cursor.fetchall()
    written = [(row, table) for rows, table in zip(filled, tables, strict=True) for row in rows]
    for (row, _table), (key,) in zip(written, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, "default"
    for row, table in written:
        for link in table.links:
            if (other := row._state.fields_cache.get(link.name)) is not None:
                row.__dict__[link.attname] = other.pk


def _told(row: models.Model, table: _Table, places: Mapping[int, int]) -> dict[str, Any]:
    """Return a row as PostgreSQL is told it; a key that is not drawn yet is minus a place."""
    told = {name: row.__dict__[name] for name in table.columns}
    for link in table.links:
        if told[link.attname] is None:
            place = places.get(id(row._state.fields_cache.get(link.name)))
            told[link.attname] = None if place is None else -place
    return told


@cache
def _tables(kinds: tuple[type[models.Model], ...]) -> tuple[_Table, ...]:
    return tuple(_table_of(kind, kinds) for kind in kinds)


def _table_of(kind: type[models.Model], kinds: Sequence[type[models.Model]]) -> _Table:
    own = [one for one in kind._meta.concrete_fields if not one.primary_key]
    links = [
        _Link(one.name, one.attname, kinds.index(one.related_model))
        for one in own
        if isinstance(one, models.ForeignKey) and one.related_model in kinds
    ]
    return _Table(kind._meta.db_table, tuple(one.attname for one in own), tuple(links))


@cache
def _insertion(kinds: tuple[type[models.Model], ...], also: str) -> str:
    """Say the statement: rows read with the keys drawn for them, then written, then the keys.

    Nothing says that RETURNING keeps the order of what was read: hence keys drawn beforehand.
    """
    tables = _tables(kinds)
    given = [
        f"""given_{rank} AS MATERIALIZED (
            SELECT nextval('{table.name}_id_seq') AS key, told.*
            FROM json_populate_recordset(NULL::{table.name}, %(rows_{rank})s::json)
                WITH ORDINALITY AS told
        )"""  # noqa: S608 (joined of names of ours)
        for rank, table in enumerate(tables)
    ]
    written = [_written(rank, table) for rank, table in enumerate(tables)]
    keys = " UNION ALL ".join(
        f"SELECT {rank} AS rank, ordinality AS place, key FROM given_{rank}"  # noqa: S608
        for rank in range(len(tables))
    )
    parts = ",\n".join([*given, *written, *([also] if also else [])])
    return f"WITH {parts}\nSELECT key FROM ({keys}) AS told ORDER BY rank, place"


def _written(rank: int, table: _Table) -> str:
    """Write the rows of a table, each place of another new row replaced by its key."""
    columns = {name: f"g.{name}" for name in table.columns}
    joined = ""
    for number, link in enumerate(table.links):
        columns[link.attname] = f"coalesce(l{number}.key, g.{link.attname})"
        joined += f"\nLEFT JOIN given_{link.table} l{number}"
        joined += f" ON l{number}.ordinality = -g.{link.attname}"
    return f"""written_{rank} AS (
        INSERT INTO {table.name} (id, {", ".join(columns)})
        SELECT g.key, {", ".join(columns.values())} FROM given_{rank} g {joined}
    )"""  # noqa: S608 (joined of names of ours)
