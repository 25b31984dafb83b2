"""The whole country, loaded once a module and put away afterwards."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from chalandise.journal.states import Actor
from chalandise.territories.actions import LoadReport, load_territories

LOADER = Actor.system("tests")
LOADED_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TABLES = ("formercommune", "territorycontour", "territory")


@dataclass(frozen=True)
class Country:
    """What the load that filled the tables reported, and how long it took."""

    report: LoadReport
    seconds: float


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Country]:
    """Every territory with its outline, outside of the transaction of each test."""
    del django_db_setup
    with django_db_blocker.unblock(), whole_country(contours=True) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def plain_country(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Country]:
    """Every territory, without outlines: half the time."""
    del django_db_setup
    with django_db_blocker.unblock(), whole_country(contours=False) as loaded:
        yield loaded


@contextmanager
def whole_country(*, contours: bool) -> Iterator[Country]:
    """Load the country, and empty the tables at the end."""
    started = time.monotonic()
    report = load_territories(by=LOADER, at=LOADED_AT, contours=contours)
    try:
        yield Country(report, time.monotonic() - started)
    finally:
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DELETE FROM territories_{table}")  # noqa: S608
            cursor.execute("DELETE FROM journal_entry WHERE subject = 'territories'")
