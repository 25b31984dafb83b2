"""New rows of one table in one statement, whatever their number.

The ORM takes longer to say an insertion than PostgreSQL to carry it out: here the rows travel as one
JSON text, which PostgreSQL reads by the types of the table itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

from django.db import connection, models


def write_new(rows: Sequence[models.Model]) -> None:
    """Insert rows of one table in their order, and give each its key."""
    if not rows:
        return
    statement, names = _insertion(type(rows[0]))
    given = [{name: row.__dict__[name] for name in names} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(given, default=str)])
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, "default"


@cache
def _insertion(model: type[models.Model]) -> tuple[str, tuple[str, ...]]:
    table = model._meta.db_table
    names = tuple(one.attname for one in model._meta.concrete_fields if not one.primary_key)
    columns = ", ".join(f'"{one}"' for one in names)
    # Nothing says that RETURNING keeps the order of what was read: each row is told its key beforehand.
    statement = f"""
        WITH given AS MATERIALIZED (
            SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS key, told.*
            FROM json_populate_recordset(NULL::{table}, %s::json) WITH ORDINALITY AS told
        ), written AS (
            INSERT INTO {table} (id, {columns}) SELECT key, {columns} FROM given
        )
        SELECT key FROM given ORDER BY ordinality
    """  # noqa: S608 (joined of names of ours)
    return statement, names
