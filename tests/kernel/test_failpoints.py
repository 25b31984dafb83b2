"""Failpoints do nothing, unless a test has armed them."""

from __future__ import annotations

import pytest

from chalandise.kernel.failpoints import armed, failpoint, traced


def test_a_place_that_nobody_armed_does_nothing() -> None:
    failpoint("somewhere")


def test_an_armed_place_acts_until_the_block_ends() -> None:
    seen: list[str] = []
    with armed("here", lambda: seen.append("outer")):
        with armed("here", lambda: seen.append("inner")):
            failpoint("here")
            failpoint("elsewhere")
        failpoint("here")
    failpoint("here")
    assert seen == ["inner", "outer"]


def test_a_trace_tells_what_was_passed_in_order() -> None:
    with traced() as outer:
        failpoint("a")
        with traced() as inner:
            failpoint("b")
        failpoint("c")
    failpoint("d")
    assert (outer, inner) == (["a", "b", "c"], ["b"])


def test_an_armed_place_may_raise() -> None:
    def breaks() -> None:
        raise KeyError

    with armed("here", breaks), pytest.raises(KeyError):
        failpoint("here")
    failpoint("here")
