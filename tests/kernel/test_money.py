"""Sums in cents: sharing, rounding and tax."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.kernel.money import (
    euros,
    round_half_up,
    split_cents,
    tax_within,
    vat_by_rate,
    vat_of_change,
)

cents = st.integers(-10_000_000, 10_000_000)
rates = st.sampled_from([0, 90, 210, 550, 850, 1000, 1300, 2000])
amounts = st.lists(st.tuples(rates, st.integers(0, 1_000_000)), max_size=12)


def test_halves_go_away_from_zero() -> None:
    assert [round_half_up(n, 2) for n in (5, -5, 4, 1, -1, 0)] == [3, -3, 2, 1, -1, 0]


def test_fault_17_three_loaves_hold_31_cents_of_tax_not_three_times_ten() -> None:
    assert tax_within(199, 550) == 10
    (line,) = vat_by_rate([(550, 199), (550, 199), (550, 199)])
    assert (line.gross_cents, line.net_cents, line.tax_cents) == (597, 566, 31)


@given(amounts)
def test_net_and_tax_make_gross_at_every_rate(pairs: list[tuple[int, int]]) -> None:
    lines = vat_by_rate(pairs)
    assert all(one.net_cents + one.tax_cents == one.gross_cents for one in lines)
    assert sum(one.gross_cents for one in lines) == sum(gross for _rate, gross in pairs)
    assert [one.rate_bp for one in lines] == sorted({rate for rate, _gross in pairs})


@given(amounts.filter(bool), st.randoms(use_true_random=False))
def test_refunds_in_any_sequence_give_back_the_whole_tax(
    pairs: list[tuple[int, int]], rng: object
) -> None:
    left = list(pairs)
    rng.shuffle(left)  # type: ignore[attr-defined]
    given_back = 0
    while left:
        after = left[1:]
        given_back += sum(one.tax_cents for one in vat_of_change(left, after))
        left = after
    assert given_back == sum(one.tax_cents for one in vat_by_rate(pairs))


@given(cents, st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_fault_18_parts_add_up_and_none_is_off_by_more_than_a_cent(
    total: int, weights: list[int]
) -> None:
    parts = split_cents(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * whole - total * weight) < whole
            assert weight or not part


def test_equal_shares_where_nobody_weighs_anything() -> None:
    assert split_cents(1000, [0, 0, 0]) == [334, 333, 333]
    assert split_cents(0, []) == []


@pytest.mark.parametrize(("total", "weights"), [(1, []), (10, [1, -1])])
def test_a_sum_is_not_shared_with_nobody_nor_against_anybody(
    total: int, weights: list[int]
) -> None:
    with pytest.raises(ValueError, match=r"nobody|less than nothing"):
        split_cents(total, weights)


def test_sums_are_written_as_in_a_shop() -> None:
    assert euros(123_450) == "1\u202f234,50\u00a0€"
    assert euros(-5) == "−0,05\u00a0€"
