"""A subscriber that fails holds up nobody (fault 33)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from tests.patience import read_events

from chalandise.directory.events import EstablishmentsChanged
from chalandise.journal import events
from chalandise.journal.actions import emit
from chalandise.journal.models import DeadLetter
from chalandise.journal.outbox import MOST_ATTEMPTS, Reader, dispatch, try_again

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
KIND = "directory.establishments_changed"


class Clerk:
    """A subscriber that takes events, or stumbles."""

    def __init__(self) -> None:
        self.stumbles = False
        self.taken: list[int] = []

    def take(self, event: EstablishmentsChanged) -> None:
        if self.stumbles:
            raise ValueError("stumbled")
        self.taken += event.establishment_ids


@pytest.fixture
def clerks(monkeypatch: pytest.MonkeyPatch) -> tuple[Clerk, Clerk]:
    first, second = Clerk(), Clerk()

    def one(event: EstablishmentsChanged) -> None:
        first.take(event)

    def other(event: EstablishmentsChanged) -> None:
        second.take(event)

    monkeypatch.setitem(events._subscribers, KIND, [one, other])
    return first, second


@pytest.mark.django_db(transaction=True)
def test_the_others_go_on_and_the_letter_is_taken_later(clerks: tuple[Clerk, Clerk]) -> None:
    stumbling, steady = clerks
    stumbling.stumbles = True
    for number in (1, 2):
        emit(EstablishmentsChanged([number]), at=NOW)
    read_events(Reader("test"), dispatch, 2)
    assert steady.taken == [1, 2]
    assert stumbling.taken == []
    assert "stumbled" in DeadLetter.objects.earliest("pk").error
    stumbling.stumbles = False
    assert try_again(at=timezone.now()) == 0  # not due yet
    later = timezone.now() + timedelta(minutes=1)
    while try_again(at=later):
        pass
    assert sorted(stumbling.taken) == [1, 2]
    assert steady.taken == [1, 2]
    assert not DeadLetter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_never_passes_waits_for_a_person(clerks: tuple[Clerk, Clerk]) -> None:
    clerks[0].stumbles = True
    emit(EstablishmentsChanged([1]), at=NOW)
    read_events(Reader("test"), dispatch, 1)
    at = timezone.now()
    for _attempt in range(MOST_ATTEMPTS + 3):
        at += timedelta(days=1)
        try_again(at=at)
    letter = DeadLetter.objects.get()
    assert letter.attempts == MOST_ATTEMPTS
    assert letter.next_try_at is None
