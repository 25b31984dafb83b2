"""Baskets and purchases stand beside floors of the same run, with every number of clients."""

from __future__ import annotations

import pytest
from bench.buying import ADD, DOMAIN, FROM_BASKET, PLACED, PURCHASE_FLOOR, VISITS, WRITE_FLOOR
from bench.buying_report import budget_of_visits, buying, plain_visits
from bench.figures import Figure, Measures, Plan
from bench.loadclient import Tally
from bench.spent import NOTHING, Spent

LEVELS = (1, 8, 32)


def figure(rate: float, *, ratio: float = 1.5, refused: int = 0) -> Figure:
    """Return what took a second in all, so many times."""
    count = round(rate)
    tally = Tally([1000 / rate] * count, seconds=1.0, failures={"422": refused} if refused else {})
    return Figure(tally, [ratio], Spent(0.020 * count, 0.010 * count, 0.002 * count))


@pytest.fixture
def measured() -> Measures:
    visits = {
        (one.name, clients): figure(100 * clients, ratio=1.0 if one.is_floor else 1.5)
        for one in VISITS
        for clients in LEVELS
    }
    sustained = {PLACED: figure(61), FROM_BASKET: figure(62), DOMAIN: figure(140)}
    return Measures(10_000, visits=visits, sustained=sustained)


def test_each_visit_has_its_floor_before_it_in_the_round() -> None:
    names = [one.name for one in VISITS]
    assert {ADD, PLACED, FROM_BASKET} <= set(names)
    for place, one in enumerate(VISITS):
        assert one.is_floor or one.floor in names[:place]


def test_the_table_says_times_rate_and_ratio_for_every_number_of_clients(
    measured: Measures,
) -> None:
    turns, sustained, *_words = buying(measured)
    head = next(line for line in turns.splitlines() if line.startswith("| what"))
    assert [head.count(f"p50 / p99 ms, {level} cl.") for level in LEVELS] == [1, 1, 1]
    (row,) = (line for line in turns.splitlines() if line.startswith(f"| {ADD} |"))
    cells = [one.strip() for one in row.split("|")[2:-1]]
    assert cells[:9:3] == ["10.0 / 10.0", "1.2 / 1.2", "0.3 / 0.3"]
    assert cells[1:9:3] == ["100.0", "800.0", "3200.0"]
    assert cells[2:9:3] == ["1.50"] * 3
    assert cells[9:11] == ["300", "32.0: 20.0 + 10.0 + 2.0"]
    assert f"| {WRITE_FLOOR} |" in turns
    assert f"| {PURCHASE_FLOOR} |" in turns
    assert f"| {PLACED} | 1 | 61 | 61.0 |" in sustained


def test_a_kept_budget_says_nothing_and_a_missed_one_is_told(measured: Measures) -> None:
    assert list(budget_of_visits(measured)) == []
    measured.sustained[PLACED] = figure(55)
    measured.visits[ADD, 8] = figure(299, refused=2)
    measured.broken = ["I2, stock kept"]
    told = "\n".join(budget_of_visits(measured))
    assert f"{PLACED} 55 a second, budget 60" in told
    assert f"{ADD} 299 a second, budget 300" in told
    assert "{'422': 2}" in told
    assert "I2, stock kept" in told


def test_machines_read_the_same_figures(measured: Measures) -> None:
    plain = plain_visits(measured)
    assert len(plain["visits"]) == len(VISITS) * len(LEVELS)
    assert {one["clients"] for one in plain["visits"]} == set(LEVELS)
    assert [one["name"] for one in plain["sustained"]] == [PLACED, FROM_BASKET, DOMAIN]


def test_nobody_bought_nothing_is_said() -> None:
    nothing = Measures(10_000)
    assert buying(nothing) == []
    assert list(budget_of_visits(nothing)) == []


def test_budgets_speak_of_eight_clients_or_of_the_most_that_were_tried() -> None:
    assert Plan((1, 8, 32), rounds=3, seconds=0.8).level == 8
    assert Plan((1, 4), rounds=3, seconds=0.8).level == 4


def test_what_was_spent_adds_up() -> None:
    assert (NOTHING + Spent(1, 2, 3) + Spent(1, 1, 1)).total == 9
