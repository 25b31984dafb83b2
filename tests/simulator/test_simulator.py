"""The market as a whole, played from seeds (faults.md §6.4).

``--simulator-steps=100000`` plays more than the usual 10,000 steps; ``--run-slow`` plays a seed just
drawn too, or those of ``--simulator-seed=4711`` or ``1-40``. The suite itself draws none: what fails there is
either mended or known. Many short plays rather than one long: each begins on an empty market.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.cast import Cast, bring_on_stage
from tests.emptying import empty_tables
from tests.patience import turn
from tests.simulator import coverage, merchants, nature
from tests.simulator.conftest import drawn
from tests.simulator.second_bank import second_bank
from tests.simulator.seeds import FAILED, USUAL, has_two_banks, keep_seed, kept_seeds
from tests.simulator.shortening import law_of, shortened
from tests.simulator.simulator import FAILPOINTS, BrokenMarketError, Simulator, name_of

from chalandise.payments.models import Payment
from chalandise.stock.models import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)

ENOUGH_STEPS = 800  # for what is usual to have happened at least once
PLAYED = tuple(dict.fromkeys([*kept_seeds(), *FAILED, *USUAL]))


def play(cast: Cast, seed: int, steps: Sequence[int]) -> Simulator:
    """Play a seed; a play that fails is kept, shortened, and tells how to be played again."""
    try:
        return play_once(cast, seed, steps)
    except BrokenMarketError as error:
        keep_seed(seed)
        print(error)  # noqa: T201 - to shorten it takes a while
        raise BrokenMarketError(
            shorter_story(seed, steps, error), number=error.number, breach=error.breach
        ) from error


def play_once(cast: Cast, seed: int, steps: Sequence[int]) -> Simulator:
    began = time.perf_counter()
    with ExitStack() as stack:
        bank = stack.enter_context(second_bank()) if has_two_banks(seed) else None
        market = Simulator(seed, cast, bank)
        market.play(steps)
    rate = len(steps) / (time.perf_counter() - began)
    lines = "\n".join(f"{count:6} {what}" for what, count in sorted(market.counts.items()))
    story = hashlib.sha256("\n".join(market.told).encode()).hexdigest()[:8]
    print(f"seed {seed}: {len(steps)} steps, {rate:.0f} a second, story {story}\n{lines}")  # noqa: T201
    return market


def shorter_story(seed: int, steps: Sequence[int], error: BrokenMarketError) -> str:
    """Return the story of a failure, that of as few steps as fail too, and how to play them."""
    stories = [str(error)]

    def fails(some: Sequence[int]) -> bool:
        empty_tables()
        try:
            play_once(bring_on_stage(), seed, some)
        except BrokenMarketError as again:
            if law_of(again.breach) == law_of(error.breach):
                stories.append(str(again))
                return True
        return False

    until = [one for one in steps if error.number < 0 or one <= error.number]
    few = shortened(until, fails)
    again = (
        f".venv/bin/pytest tests/simulator --run-slow -k just_drawn --simulator-seed={seed}"
        f" --simulator-only={','.join(map(str, few))}"
    )
    return f"{stories[0]}\n\nSHORTER: {len(few)} steps\n{stories[-1]}\n\nAGAIN: {again}"


@pytest.mark.parametrize("seed", PLAYED)
def test_a_market_keeps_its_promises(cast: Cast, seed: int, steps: int) -> None:
    market = play(cast, seed, range(steps))
    if steps >= ENOUGH_STEPS:
        assert {"ordered", "put in", "CRASH", "waited"} <= set(happenings(market))
        coverage.note(market)
        assert not coverage.lacks({*FAILED, *USUAL})  # said by whichever play ends last


@pytest.mark.slow
def test_a_market_of_a_seed_just_drawn_keeps_its_promises(
    cast: Cast, steps: int, only: list[int], asked: int | None
) -> None:
    """The seed is drawn at each run; the story of a failure begins with it."""
    assert play(cast, drawn() if asked is None else asked, only or range(steps)).counts


def test_a_seed_that_failed_is_kept_and_played_first(tmp_path: Path) -> None:
    path = tmp_path / "var" / "failed.txt"
    assert kept_seeds(path) == ()
    for seed in (3, 1, 4, 1, 5, 9, 2, 6):
        keep_seed(seed, path)
    assert kept_seeds(path) == (6, 2, 9, 5, 1)


def test_what_no_play_has_done_is_said_by_the_last_one(cast: Cast, tmp_path: Path) -> None:
    market = Simulator(1, cast)
    name = next(iter(coverage.DONE))
    market.counts.update({f"{name}: NotFoundError": 2})
    market.passed.update(FAILPOINTS[1:])
    coverage.note(market, tmp_path)
    assert coverage.lacks([1, 2], tmp_path) == []  # one is still to come
    lacks = coverage.lacks([1], tmp_path)
    assert f"{name}: {coverage.REFUSED}" not in lacks
    assert [one for one in lacks if "never passed" in one] == [f"{FAILPOINTS[0]} is never passed"]
    assert "buyers.withdraw: withdrew" in lacks


def test_every_step_is_among_those_that_must_happen(cast: Cast) -> None:
    with second_bank() as bank:
        steps = {name_of(step) for _weight, step in Simulator(3, cast, bank).steps}
    assert steps == coverage.DONE.keys()


def happenings(market: Simulator) -> Counter[str]:
    found: Counter[str] = Counter()
    for what, count in market.counts.items():
        found[what.partition(": ")[2]] += count
    return found


@pytest.mark.django_db(transaction=False)
@pytest.mark.timeout(600)
def test_a_seed_plays_the_same_again(cast: Cast) -> None:
    """Nothing hangs on keys, tokens, the clock of the machine or the plans of PostgreSQL."""
    stories = []
    for again in range(2):
        stage = transaction.atomic()
        stage._from_testcase = True  # what must commit by itself may do so in here
        with turn(), stage:
            if again:
                stand_elsewhere()
            market = Simulator(11, cast)
            market.play(120)
            stories.append(market.told)
            transaction.set_rollback(True)
    assert stories[0] == stories[1]


def stand_elsewhere() -> None:
    """As after many other tests: keys about to gain a digit, rows read in another order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT setval(
                format('%I.%I', schemaname, sequencename)::regclass,
                (10 ^ ceil(log(greatest(last_value, 1) + 9)))::bigint - 5
            )
            FROM pg_sequences
            WHERE schemaname = 'public' AND sequencename NOT LIKE 'procrastinate%'
            """
        )
        for way in ("seqscan", "hashjoin", "hashagg"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


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
