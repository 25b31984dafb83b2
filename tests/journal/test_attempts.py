"""Attempts are counted in one statement: the same sums as the bucket's own, and two at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clock import moment

from chalandise.journal import actions
from chalandise.journal.actions import count_attempt, count_attempts
from chalandise.journal.models import RateBucket
from chalandise.kernel.errors import RateLimitedError
from chalandise.kernel.rate import Bucket, Rate

NOW = moment("2026-11-18 10:30")
ONCE = Rate(burst=1, period_seconds=3600)


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(1, 4),
    st.integers(1, 90),
    st.lists(st.floats(-20, 60, allow_nan=False).map(lambda one: round(one, 1)), max_size=8),
)
def test_the_statement_counts_as_the_bucket_does(
    burst: int, period: int, pauses: list[float]
) -> None:
    RateBucket.objects.all().delete()
    rate, at = Rate(burst, period), NOW
    bucket = Bucket(float(burst), NOW.timestamp())
    for pause in (0.0, *pauses):
        at += timedelta(seconds=pause)
        taken, wait = bucket.take(rate, at.timestamp())
        if wait == 0:
            bucket = taken  # a refusal leaves the bucket as it was: it fills by itself
            count_attempt("door:1", rate, at=at)
        else:
            with pytest.raises(RateLimitedError) as refused:
                count_attempt("door:1", rate, at=at)
            assert refused.value.retry_after_seconds == wait
    assert RateBucket.objects.get().tokens == pytest.approx(bucket.tokens)


@pytest.mark.django_db
def test_several_buckets_are_one_statement_and_the_longest_wait_is_told() -> None:
    slow = Rate(burst=1, period_seconds=7200)
    with CaptureQueriesContext(connection) as asked:
        count_attempts({"person:a": ONCE, "from:b": slow}, at=NOW)
        count_attempts({"person:c": ONCE, "from:d": slow}, at=NOW)
    assert len(asked) == 2
    with pytest.raises(RateLimitedError) as refused:
        count_attempts({"person:a": ONCE, "from:b": slow}, at=NOW)
    assert refused.value.retry_after_seconds == 7200
    count_attempts({"person:a": ONCE}, at=NOW + timedelta(hours=1))


def rush(key: str) -> Counter[str]:
    """Eight people make the one attempt that is left."""
    count_attempt(key, Rate(burst=2, period_seconds=3600), at=NOW)
    start = Barrier(8)

    def attempt(_who: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(20)
            count_attempt(key, Rate(burst=2, period_seconds=3600), at=NOW)
        except RateLimitedError:
            return "refused"
        finally:
            connection.close()
        return "allowed"

    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(attempt, range(8)))


@contextmanager
def looking_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the statement decide by what stood there before, as one that reads first does."""
    guard = f"WHERE {actions._FILLED} >= 1"
    assert guard in actions._TAKE
    looked = "WHERE (SELECT r.tokens FROM journal_ratebucket r WHERE r.key = b.key) >= 1"
    slow = "SELECT key, burst - 1, %(now)s::float8 + 0 * length(pg_sleep(0.3)::text) FROM asked"
    statement = actions._TAKE.replace(guard, looked)
    monkeypatch.setattr(
        actions,
        "_TAKE",
        statement.replace("SELECT key, burst - 1, %(now)s::float8 FROM asked", slow),
    )
    yield
    monkeypatch.undo()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_the_last_attempt() -> None:
    assert rush("door:2") == {"allowed": 1, "refused": 7}


@pytest.mark.django_db(transaction=True)
def test_where_the_row_is_looked_at_before_it_is_held_more_are_let_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with looking_before(monkeypatch):
        assert rush("door:3")["allowed"] > 1
