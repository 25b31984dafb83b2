"""The market as a whole, played from seeds (faults.md §6.4).

`SIMULATOR_STEPS` says how many steps each seed takes with ``--run-slow``, `SIMULATOR_SEED` plays
one seed more.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter

import pytest
from django.db import transaction
from tests.cast import Cast
from tests.simulator import merchants, nature
from tests.simulator.seeds import FAILED, USUAL
from tests.simulator.simulator import BrokenMarketError, Simulator

from chalandise.payments.models import Payment
from chalandise.stock.models import StockLevel

# A play holds a transaction for long, and the outbox is read below the oldest one: never at once.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("the oldest transaction"),
]

STEPS = 500
SLOW_STEPS = int(os.environ.get("SIMULATOR_STEPS", "10000"))
DRAWN = int(os.environ.get("SIMULATOR_SEED") or secrets.randbelow(10**6))
PLAYED = [*USUAL, *FAILED]


def play(cast: Cast, seed: int, steps: int) -> Simulator:
    market = Simulator(seed, cast)
    began = time.perf_counter()
    market.play(steps)
    rate = steps / (time.perf_counter() - began)
    lines = "\n".join(f"{count:6} {what}" for what, count in sorted(market.counts.items()))
    print(f"seed {seed}: {steps} steps, {rate:.0f} a second\n{lines}")  # noqa: T201 - with -s
    return market


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", PLAYED)
def test_a_market_keeps_its_promises(cast: Cast, seed: int) -> None:
    happened = happenings(play(cast, seed, STEPS))
    assert {"ordered", "put in", "CRASH", "waited"} <= set(happened)


@pytest.mark.timeout(600)
def test_a_market_of_a_seed_just_drawn_keeps_its_promises(cast: Cast) -> None:
    """The seed is drawn at each run; the story of a failure begins with it."""
    assert play(cast, DRAWN, STEPS).counts


@pytest.mark.slow
@pytest.mark.timeout(86_400)
def test_a_market_keeps_its_promises_for_long(cast: Cast) -> None:
    happened = happenings(play(cast, DRAWN, SLOW_STEPS))
    if SLOW_STEPS >= 2000:
        assert {"handed over", "refused", "withdrew", "the long night"} <= set(happened)


def happenings(market: Simulator) -> Counter[str]:
    found: Counter[str] = Counter()
    for what, count in market.counts.items():
        found[what.partition(": ")[2]] += count
    return found


@pytest.mark.django_db(transaction=False)
@pytest.mark.timeout(600)
def test_a_seed_plays_the_same_again(cast: Cast) -> None:
    """Nothing hangs on keys, tokens or the clock of the machine."""
    stories = []
    for _turn in range(2):
        stage = transaction.atomic()
        stage._from_testcase = True  # what must commit by itself may do so in here
        with stage:
            market = Simulator(11, cast)
            market.play(120)
            stories.append(market.told)
            transaction.set_rollback(True)
    assert stories[0] == stories[1]


def test_what_breaks_in_a_step_is_told_with_its_seed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_a_piece(_world: object) -> str:
        StockLevel.objects.filter(on_hand__gt=0).update(on_hand=0, reserved=0, allocated=0)
        return "stolen"

    monkeypatch.setattr("tests.simulator.simulator.STEPS", ((1, lose_a_piece),))
    with pytest.raises(BrokenMarketError, match=r"seed 5\n(.*\n)*I2 a level is wrong"):
        Simulator(5, cast).play(3)


def test_an_error_that_is_no_refusal_ends_the_play(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def divide(_world: object) -> str:
        return str(1 // 0)

    monkeypatch.setattr("tests.simulator.simulator.STEPS", ((1, divide),))
    monkeypatch.setattr("tests.simulator.simulator.CRASHES_PERCENT", 0)
    with pytest.raises(BrokenMarketError, match="divide broke: ZeroDivisionError"):
        Simulator(5, cast).play(1)


def test_a_crash_leaves_what_was_committed_and_nothing_else(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.simulator.simulator.STEPS", ((1, merchants.keep_shelf),))
    monkeypatch.setattr("tests.simulator.simulator.CRASHES_PERCENT", 100)
    market = Simulator(7, cast)
    market.play(30)
    assert happenings(market)["CRASH"] > 3
    assert not Payment.objects.exists()
    assert nature.read_outbox(market.world) == ""
