"""What a test has committed goes again, at a fifth of the price of Django's `flush`.

`flush` truncates all tables, of which most are empty, and writes every content type and permission
again: 0.3 to 0.5 seconds of processor after each test that commits. Here only tables that hold a row
are emptied, and content types and permissions stay, as long as they are what the last `flush` left.
Like it, this waits for whoever still writes.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = (ContentType._meta.db_table, Permission._meta.db_table)
LARGE_BYTES = 128 * 1024  # rows deleted stay in the file, and whoever reads it next walks past them

_flush = TransactionTestCase._fixture_teardown
_left_by_flush: list[tuple[Any, ...]] = []


def empty_database(case: TransactionTestCase) -> None:
    """Leave the database as `flush` would: tables empty, content types and permissions as made."""
    if not _left_by_flush or not empty_tables():
        _flush(case)
        _left_by_flush[:] = _kept()


def empty_tables() -> bool:
    """Empty every table but those kept; tell whether the database is now as a `flush` left it.

    Triggers that forbid to delete are for the product, so none runs: that asks for a superuser.
    """
    tables = [connection.ops.quote_name(table) for table in _tables()]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', pg_relation_size('{table}') > {LARGE_BYTES}"  # noqa: S608 - ours
                f" WHERE EXISTS (SELECT FROM {table})"
                for table in tables
            )
        )
        found = cursor.fetchall()
        statements = [f"DELETE FROM {table}" for table, is_large in found if not is_large]  # noqa: S608
        if large := [table for table, is_large in found if is_large]:
            statements.append(f"TRUNCATE {', '.join(large)} CASCADE")
        if statements:
            cursor.execute("; ".join(statements))
    ContentType.objects.clear_cache()
    return _kept() == _left_by_flush


def _tables() -> list[str]:
    known = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(known) - set(KEPT))


def _kept() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t"  # noqa: S608
                for table in KEPT
            )
        )
        return list(cursor.fetchall())


def install() -> None:
    """Have pytest-django's transactional tests end so."""
    TransactionTestCase._fixture_teardown = empty_database  # type: ignore[method-assign]
