"""The whole country, loaded once a module and put away afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from chalandise.journal.states import Actor
from chalandise.territories.actions import LoadReport, load_territories

LOADER = Actor.system("tests")
LOADED_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TABLES = ("formercommune", "territorycontour", "territory")


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[LoadReport]:
    """Every territory with its outline, outside of the transaction of each test."""
    del django_db_setup
    with django_db_blocker.unblock():
        yield load_territories(by=LOADER, at=LOADED_AT)
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DELETE FROM territories_{table}")  # noqa: S608
            cursor.execute("DELETE FROM journal_entry WHERE subject = 'territories'")
