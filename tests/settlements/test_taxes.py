"""Whatever is given back in whatever order, everything comes back to zero."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from chalandise.kernel.money import vat_by_rate
from chalandise.settlements.facts import commission_of
from chalandise.settlements.taxes import (
    TaxLine,
    attribute,
    by_rate,
    less,
    standing_of,
    taxes_of,
    taxes_of_change,
)

triples = st.lists(
    st.tuples(
        st.sampled_from(["goods", "service"]),
        st.sampled_from([0, 210, 550, 1000, 2000]),
        st.integers(1, 50_000),
    ),
    min_size=1,
    max_size=8,
)


@given(lines=triples, cuts=st.lists(st.integers(1, 60_000), max_size=6), wishes=st.data())
def test_any_sequence_of_refunds_restores_every_sum_to_zero(
    lines: list[tuple[str, int, int]], cuts: list[int], wishes: st.DataObject
) -> None:
    standing = standing_of(lines)
    left: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in taxes_of(standing):
        _add(left, one, 1)
    while total := sum(standing.values()):
        amount = min(cuts.pop() if cuts else total, total)
        wanted = {
            key: wishes.draw(st.integers(0, cents)) for key, cents in standing.items() if cents
        }
        taken = attribute(standing, wanted, amount)
        assert sum(taken.values()) == amount
        assert all(0 < cents <= standing[key] for key, cents in taken.items())
        after = less(standing, taken)
        for one in taxes_of_change(standing, after):
            _add(left, one, -1)
        standing = after
    assert all(sums == [0, 0, 0] for sums in left.values())


def _add(left: defaultdict[tuple[str, int], list[int]], one: TaxLine, sign: int) -> None:
    sums = left[one.kind, one.rate_bp]
    sums[0] += sign * one.gross_cents
    sums[1] += sign * one.net_cents
    sums[2] += sign * one.tax_cents


@given(lines=triples)
def test_the_tax_of_a_rate_is_the_house_rule_whatever_the_kinds(
    lines: list[tuple[str, int, int]],
) -> None:
    rule = vat_by_rate((rate_bp, cents) for _kind, rate_bp, cents in lines)
    assert by_rate(taxes_of(standing_of(lines))) == rule


def test_a_refund_takes_its_lines_first_and_shares_the_rest() -> None:
    standing = {("goods", 550): 597, ("goods", 2000): 1980, ("service", 2000): 350}
    assert attribute(standing, {("goods", 550): 199}, 199) == {("goods", 550): 199}
    whole = attribute(standing, {("goods", 550): 597, ("goods", 2000): 1980}, 2927)
    assert whole == standing
    gesture = attribute(standing, {}, 100)
    assert gesture == {("goods", 550): 20, ("goods", 2000): 68, ("service", 2000): 12}


def test_one_loaf_of_three_gives_back_the_difference_of_tax() -> None:
    """0.31 € of tax stood on three loaves, 0.21 € stands on two: 0.10 € comes back, three times."""
    standing = {("goods", 550): 597}
    back = []
    for _loaf in range(3):
        after = less(standing, {("goods", 550): 199})
        back.append(taxes_of_change(standing, after)[0].tax_cents)
        standing = after
    assert back == [10, 11, 10]
    assert sum(back) == 31


def test_the_commission_is_rounded_half_up() -> None:
    assert commission_of(2930, 250) == 73
    assert commission_of(2940, 250) == 74
    assert commission_of(2940, 0) == 0
