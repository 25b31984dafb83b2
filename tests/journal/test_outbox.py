"""The outbox: in order, after commit, nothing skipped, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import transaction
from psycopg import Connection
from tests.patience import eventually, read_events

from chalandise.directory.events import EstablishmentsChanged
from chalandise.journal.actions import emit
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import Reader

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


class Notebook:
    """Remembers which establishments it was told about."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def __call__(self, rows: Sequence[OutboxEvent]) -> None:
        for row in rows:
            self.told += row.payload["establishment_ids"]


@pytest.fixture
def other_connection(transactional_db: None) -> Iterator[Connection]:
    database = settings.DATABASES["default"]
    parts = {"host": database["HOST"], "user": database["USER"], "dbname": database["NAME"]}
    with Connection.connect(**{k: v for k, v in parts.items() if v}) as connection:
        yield connection
        connection.rollback()


def _is_readable(count: int) -> bool:
    """Tell whether no transaction holds up the first ``count`` events any more."""
    found = Notebook()
    with transaction.atomic():
        Reader("probe").read(found)
        transaction.set_rollback(True)
    return len(found.told) >= count


def _emit(number: int) -> None:
    emit(EstablishmentsChanged([number]), at=NOW)


@pytest.mark.django_db(transaction=True)
def test_events_are_read_once_and_in_order() -> None:
    notebook, reader = Notebook(), Reader("test")
    for number in (1, 2, 3):
        _emit(number)
    read_events(reader, notebook, 3)
    assert reader.read(notebook) == 0
    assert notebook.told == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_rolled_back_transaction_is_never_told() -> None:
    notebook, reader = Notebook(), Reader("test")
    with transaction.atomic():
        _emit(1)
        transaction.set_rollback(True)
    reader.read(notebook)
    assert notebook.told == []


def test_a_slow_transaction_is_waited_for_and_not_jumped_over(other_connection: Connection) -> None:
    notebook, reader = Notebook(), Reader("test")
    other_connection.execute(
        "INSERT INTO journal_outboxevent (kind, payload, emitted_at)"
        " VALUES ('directory.establishments_changed', '{\"establishment_ids\": [1]}', now())"
    )
    _emit(2)  # a later number that commits first
    assert reader.read(notebook) == 0
    other_connection.commit()
    read_events(reader, notebook, 2)
    assert notebook.told == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_an_event_whose_handling_failed_comes_again() -> None:
    notebook, reader = Notebook(), Reader("test")
    _emit(7)

    def fail(rows: Sequence[OutboxEvent]) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        read_events(reader, fail, 1)
    read_events(reader, notebook, 1)
    assert notebook.told == [7]


@pytest.mark.django_db(transaction=True)
def test_what_a_rebuild_has_seen_is_not_told_again() -> None:
    notebook, reader = Notebook(), Reader("test")
    _emit(1)
    assert eventually(lambda: _is_readable(1))
    reader.skip_to_now()
    _emit(2)
    read_events(reader, notebook, 1)
    assert notebook.told == [2]
