"""A database restored on another server, whose transaction numbers begin anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from tests.patience import read_events

from chalandise.directory.events import EstablishmentsChanged
from chalandise.journal.actions import emit
from chalandise.journal.models import OutboxEvent, ReaderPlace
from chalandise.journal.outbox import Reader
from chalandise.journal.queries import is_from_another_server
from chalandise.journal.restoring import follow_restoring

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
FAR = 2**60  # no server of ours has ever counted so far

pytestmark = pytest.mark.django_db(transaction=True)


def _restored() -> list[int]:
    """Four events of three transactions of the other server: one reader has read two of them."""
    for number in (1, 2, 3, 4):
        emit(EstablishmentsChanged([number]), at=NOW)
    ids = list(OutboxEvent.objects.order_by("pk").values_list("pk", flat=True))
    for pk, xid in zip(ids, (FAR, FAR + 5, FAR + 5, FAR + 9), strict=True):
        OutboxEvent.objects.filter(pk=pk).update(xid=xid)
    ReaderPlace.objects.create(name="subscribers", xid=FAR + 5, event_id=ids[1])
    ReaderPlace.objects.create(name="search:old", xid=FAR + 7, event_id=ids[3])
    ReaderPlace.objects.create(name="behind", xid=FAR - 1, event_id=0)
    return ids


def _read(name: str, count: int) -> list[int]:
    told: list[int] = []

    def take(rows: Sequence[OutboxEvent]) -> None:
        for row in rows:
            told.extend(row.payload["establishment_ids"])

    read_events(Reader(name), take, count)
    return told


def test_readers_go_on_where_they_had_stopped() -> None:
    _restored()
    assert is_from_another_server()
    assert follow_restoring()
    assert not is_from_another_server()
    emit(EstablishmentsChanged([5]), at=NOW)
    assert _read("subscribers", 3) == [3, 4, 5]
    assert _read("search:old", 2) == [4, 5]
    assert _read("behind", 5) == [1, 2, 3, 4, 5]


def test_without_it_new_events_would_never_be_read() -> None:
    """The twin: a new event comes before every place that the backup noted."""
    _restored()
    emit(EstablishmentsChanged([5]), at=NOW)
    assert Reader("subscribers").read(lambda _rows: None) == 0


def test_where_nothing_was_restored_nothing_changes() -> None:
    emit(EstablishmentsChanged([1]), at=NOW)
    before = OutboxEvent.objects.get().xid
    assert not follow_restoring()
    assert OutboxEvent.objects.get().xid == before


def test_a_place_without_any_event_starts_below_what_comes() -> None:
    ReaderPlace.objects.create(name="subscribers", xid=FAR, event_id=9)
    assert follow_restoring()
    emit(EstablishmentsChanged([1]), at=NOW)
    assert _read("subscribers", 1) == [1]
