"""What a play may do is really done in one: every kind of step, its refusal, a crash at every failpoint.

Steps are drawn as in any play, every third one from those that still lack something, until nothing
lacks; a step that can no longer be done, or a place that no step passes any more, fails this test.
"""

from __future__ import annotations

from random import Random

import pytest
import time_machine
from tests.cast import Cast
from tests.simulator import simulator
from tests.simulator.second_bank import second_bank
from tests.simulator.simulator import FAILPOINTS, Simulator, name_of

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 12
MOST_STEPS = 4000  # about 1,000 do
DONE = {
    "buyers.answer": {"choose_offer", "choose_refund"},
    "buyers.change_mind": {"cancelled"},
    "buyers.come_later": {"slot moved by the customer", "slot moved by the merchant"},
    "buyers.shop": {"put in", "started", "chose ways", "ordered", "card: paid", "left the bank"},
    "buyers.sign": {"signed in", "account closed"},
    "buyers.withdraw": {"withdrew"},
    "desk.answer_phone": {
        "ordered by telephone, typed by the agent",
        "ordered by telephone, typed by a merchant",
    },
    "desk.look_at_queue": {"give_back", "keep"},
    "merchants.be_kind": {"gesture"},
    "merchants.edit": {
        "price",
        "promotion",
        "promotion called off",
        "off the shelf",
        "on the shelf",
        "capacity",
        "closed some days",
        "open after all",
        "terms",
    },
    "merchants.edit_ways": {"parcels", "zone edited", "zone closed", "zone opened"},
    "merchants.keep_shelf": {"sold in the shop", "counted", "received", "lost"},
    "merchants.come_back": {
        "listing published",
        "sells again",
        "counter open again",
        "hall open after all",
        "brings there again",
    },
    "merchants.leave": {
        "listing hidden",
        "listing closed",
        "sells no more",
        "counter closed",
        "hall shut",
        "brings there no more",
    },
    "merchants.serve": {"accepted", "refused", "ready", "handed over", "delivered", "sent out"},
    "merchants.take_back": {"contested", "granted", "came back"},
    "nature.break_bank": {"dispute", "no_balance", "wrong_amount"},
    "nature.dispute": {
        "disputed",
        "disputed again",
        "dispute won",
        "dispute lost",
        "dispute won, and decided the other way",
        "dispute lost, and decided the other way",
    },
    "nature.hear_again": {"settled", "repeated"},
    "nature.hear_news": {"news"},
    "nature.pass_time": {"waited", "the long night"},
    "nature.read_outbox": {"read"},
    "nature.run_job": {"watch", "refunds", "compare", "unpaid", "uncollected", "questions"},
    "second_bank.break_it": {"lost", "garbled"},
    "second_bank.change": {"new payments by stripe", "new payments by simulated"},
    "second_bank.dispute": {
        "dispute opened, now needs_response",
        "dispute won, now lost",
        "dispute lost, now won",
    },
    "second_bank.hear": {"news"},
    "second_bank.hear_again": {"repeated"},
}
NEVER_REFUSED = {
    "buyers.answer": "whoever is asked may answer either way",
    "buyers.change_mind": "asks first what may be cancelled",
    "desk.look_at_queue": "asks first what waits",
    "merchants.come_back": "asks first who is away",
    "merchants.edit_ways": "what is drawn makes sense",
    "nature.break_bank": "",
    "nature.hear_news": "",
    "nature.pass_time": "",
    "nature.read_outbox": "",
    "nature.run_job": "",
    "second_bank.break_it": "",
    "second_bank.change": "",
    "second_bank.dispute": "asks first what may be disputed",
    "second_bank.hear": "",
}


class Lacking:
    """What has not happened yet."""

    def __init__(self, market: Simulator) -> None:
        self.market = market
        self.steps = {name_of(step): step for _weight, step in market.steps}
        self.refused: set[str] = set()

    def note(self, name: str, outcome: str) -> None:
        """A refusal is named by its error."""
        if outcome.endswith("Error"):
            self.refused.add(name)

    def lacks(self) -> dict[str, set[str]]:
        """Return what lacks, by step."""
        told = {
            name: {word for word in words if not self.market.counts[f"{name}: {word}"]}
            | ({"a refusal"} if name not in self.refused | NEVER_REFUSED.keys() else set())
            for name, words in DONE.items()
        }
        return {name: words for name, words in told.items() if words}


def test_every_step_happens_is_refused_and_crashes_at_every_failpoint(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulator, "CRASHES_PERCENT", 25)
    with second_bank() as bank:
        market = Simulator(SEED, cast, bank)
        lacking = Lacking(market)
        assert lacking.steps.keys() == DONE.keys()
        weights = [weight for weight, _step in market.steps]
        dice = Random(SEED)
        with time_machine.travel(market.world.now, tick=False) as clock:
            for number in range(MOST_STEPS):
                lacks = lacking.lacks()
                uncrashed = set(FAILPOINTS) - market.crashed.keys()
                if not lacks and not uncrashed:
                    break
                market.throw_dice(number)
                step = dice.choices(market.steps, weights)[0][1]
                if lacks and dice.randrange(3) == 0:
                    step = lacking.steps[dice.choice(sorted(lacks))]
                lacking.note(name_of(step), market.play_one(number, step, clock))
            market.heal(clock)
    assert not lacks
    assert not uncrashed
    assert set(FAILPOINTS) <= market.passed.keys()
    print(f"everything happened in {number} steps")  # noqa: T201
