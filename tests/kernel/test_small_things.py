"""Transition tables, buckets, tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.kernel.rate import Bucket, Rate
from chalandise.kernel.tokens import digest, matches, new_spoken_code, tidy_spoken_code
from chalandise.kernel.transitions import Transitions


def test_a_table_names_every_state_it_leads_to() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        Transitions.of({"here": {"nowhere"}})


def test_a_table_knows_where_a_step_may_start() -> None:
    table = Transitions.of({"a": {"c"}, "b": {"c"}, "c": set()})
    assert table.sources_of("c") == {"a", "b"}
    assert table.allows("a", "c")
    assert not table.allows("c", "a")
    assert table.final == {"c"}


@given(st.lists(st.floats(min_value=-100, max_value=100, allow_nan=False), max_size=40))
def test_a_bucket_never_gives_more_than_its_rate(steps: list[float]) -> None:
    rate = Rate(burst=3, period_seconds=30)
    now, bucket, given_out = 1_000_000.0, Bucket(3, 1_000_000.0), 0
    forward = 0.0
    for step in steps:
        now += step
        forward += max(0.0, step)
        bucket, wait = bucket.take(rate, now)
        given_out += wait == 0
        assert 0 <= bucket.tokens <= rate.burst
    assert given_out <= rate.burst + forward * rate.refill_per_second + 1e-6


def test_a_code_survives_being_read_out() -> None:
    code = new_spoken_code(8)
    typed = f" {code[:4].lower()}-{code[4:]} "
    assert matches(tidy_spoken_code(typed), digest(code, salt="s"), salt="s")
    assert not matches("WRONG", digest(code, salt="s"), salt="s")
    assert not matches(code, digest(code, salt="s"), salt="other")
