"""Moves and counted attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.cast import Cast

from chalandise.directory.models import Establishment
from chalandise.directory.states import LISTING_TRANSITIONS, ListingState
from chalandise.journal.actions import count_attempt, forget_attempts, move
from chalandise.journal.models import Entry, RateBucket
from chalandise.journal.states import Actor
from chalandise.kernel.errors import RateLimitedError, StaleStateError
from chalandise.kernel.rate import Rate

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def _hide(shop: Establishment) -> None:
    move(
        shop,
        ListingState.HIDDEN,
        table=LISTING_TRANSITIONS,
        by=Actor.system("test"),
        at=NOW,
        field="status",
    )


def test_a_move_leaves_its_trace(cast: Cast) -> None:
    _hide(cast.bakery)
    entry = Entry.objects.get()
    assert (entry.verb, entry.detail) == ("became_hidden", {"from": "published"})
    cast.bakery.refresh_from_db()
    assert cast.bakery.status == ListingState.HIDDEN


def test_of_two_people_pressing_at_once_the_second_is_told(cast: Cast) -> None:
    stale_copy = Establishment.objects.get(pk=cast.bakery.pk)
    _hide(cast.bakery)
    with pytest.raises(StaleStateError):
        _hide(stale_copy)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_an_empty_bucket_refuses_and_says_when_to_come_back() -> None:
    rate = Rate(burst=2, period_seconds=60)
    count_attempt("key", rate, at=NOW)
    count_attempt("key", rate, at=NOW)
    with pytest.raises(RateLimitedError) as refusal:
        count_attempt("key", rate, at=NOW)
    assert refusal.value.retry_after_seconds == 30
    count_attempt("other", rate, at=NOW)
    count_attempt("key", rate, at=NOW + timedelta(seconds=31))


@pytest.mark.django_db
def test_who_tried_is_not_kept_in_clear_and_not_for_long() -> None:
    count_attempt("claim:nadia@exemple.test", Rate(burst=2, period_seconds=60), at=NOW)
    assert "nadia" not in RateBucket.objects.get().key
    assert forget_attempts(at=NOW + timedelta(days=1)) == 0
    assert forget_attempts(at=NOW + timedelta(days=3)) == 1
