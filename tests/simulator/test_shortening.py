"""A failing play is told with as few steps as can be found."""

from __future__ import annotations

from collections.abc import Sequence

from tests.simulator.shortening import law_of, shortened


def test_what_does_not_matter_is_left_out() -> None:
    played: list[int] = []

    def fails(steps: Sequence[int]) -> bool:
        played.append(len(steps))
        return {3, 17, 40} <= set(steps)

    assert shortened(range(100), fails) == [3, 17, 40]
    assert sum(played) < 1000


def test_one_step_is_enough_where_it_fails_alone() -> None:
    assert shortened(range(64), lambda steps: 63 in steps) == [63]
    assert shortened([5], lambda _steps: True) == [5]


def test_no_more_is_played_again_than_was_allowed() -> None:
    played: list[int] = []

    def fails(steps: Sequence[int]) -> bool:
        played.append(len(steps))
        return 99 in steps and 7 in steps

    assert {7, 99} <= set(shortened(range(100), fails, most=120))
    assert sum(played) <= 120


def test_the_law_is_named_without_the_rows() -> None:
    assert law_of("I12 a hold never ends: (slot,29)") == "I12 a hold never ends"
