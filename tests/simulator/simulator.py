"""The simulator: draws a step, plays it, perhaps crashes in the middle, checks the invariants.

A crash is an exception that no code catches, raised at one of the failpoints or before one of the
SQL statements of the step: what was committed stays, the rest rolls back, and what the process
knew is forgotten. Whoever was interrupted goes on later, as people and jobs do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from enum import Enum
from functools import partial
from random import Random
from typing import Any

import time_machine
from django.db import connection
from tests.cast import Cast
from tests.killing import failpoints
from tests.simulator import (
    buyers,
    desk,
    invariants,
    laws_of_money,
    laws_of_states,
    merchants,
    nature,
    strangers,
)
from tests.simulator.answers import Answers
from tests.simulator.plans import plans_kept
from tests.simulator.second_bank import SecondBank
from tests.simulator.world import World, build

from chalandise.bank.models import BankFault
from chalandise.journal.models import OutboxEvent
from chalandise.kernel.errors import ChalandiseError
from chalandise.kernel.failpoints import armed, traced
from chalandise.payments.actions.disputing import ANSWERED_WITHIN
from chalandise.payments.breaker import BREAKERS
from chalandise.settlements.queries.comparing import compare_with_payments
from chalandise.settlements.queries.verifying import verify

Step = Callable[[World], str]

STEPS: tuple[tuple[int, Step], ...] = (
    (50, buyers.shop),
    (2, buyers.change_mind),
    (3, buyers.withdraw),
    (2, buyers.answer),
    (2, buyers.sign),
    (3, buyers.come_later),
    (14, merchants.serve),
    (2, merchants.be_kind),
    (3, merchants.take_back),
    (5, merchants.decide_about_waiting),
    (5, merchants.keep_shelf),
    (4, merchants.edit),
    (1, merchants.edit_ways),
    (1, merchants.leave),
    (4, merchants.come_back),
    (2, desk.answer_phone),
    (2, desk.look_at_queue),
    (4, desk.give_back),
    (9, nature.pass_time),
    (9, nature.read_outbox),
    (9, nature.run_job),
    (5, nature.hear_news),
    (2, nature.hear_again),
    (3, nature.break_bank),
    (3, nature.dispute),
)
FAILPOINTS = tuple(sorted(failpoints()))
CRASHES_PERCENT = 20
SWEPT_EVERY_STEPS = 10
HEALED_WITHIN = timedelta(days=6)  # news come up to three days late and are repeated for three


class Where(Enum):
    """Where a step crashes: the n-th of these, or a failpoint at which the play never has."""

    AT_A_FAILPOINT = 0
    AT_A_NEW_FAILPOINT = 1
    BEFORE_A_STATEMENT = 2


class Crash(BaseException):
    """The process dies here; nothing catches it."""


class BrokenMarketError(AssertionError):
    """An invariant does not hold, or something broke that is no refusal of the domain.

    Attributes:
        number: after which step; -1 where it was at the end, once the jobs had had their time.
        breach: the first sentence of what is broken.
    """

    def __init__(self, story: str, *, number: int, breach: str) -> None:
        super().__init__(story)
        self.number = number
        self.breach = breach


def name_of(step: Step) -> str:
    """Return what a step is called: who does what."""
    return f"{step.__module__.rpartition('.')[2]}.{step.__name__}"


class Simulator:
    """One market played from one seed.

    Each step has dice of its own, so that a play may leave steps out and play the others as before.

    Attributes:
        told: what happened, a line a step.
        counts: how often each step had each outcome.
        passed: how often each failpoint was passed.
        crashed: how often a step crashed there.
    """

    def __init__(self, seed: int, cast: Cast, second_bank: SecondBank | None = None) -> None:
        self.seed = seed
        self.told: list[str] = []
        self.counts: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.crashed: Counter[str] = Counter()
        self.world: World = build(cast, Random(seed))
        self.steps, self.second_bank = STEPS, second_bank
        if second_bank is not None:
            self.world.second_bank = second_bank
            second_bank.open_accounts(self.world)
            self.steps += (
                (2, merchants.leave),
                (1, second_bank.dispute),
                (3, second_bank.change),
                (2, second_bank.break_it),
                (5, second_bank.hear),
                (2, second_bank.hear_again),
            )
        BREAKERS.forget()
        self.answers = Answers()
        self.states = laws_of_states.States()
        self.snapshots = laws_of_states.Snapshots()
        self.tried: set[object] = set()
        self.swept: frozenset[object] = frozenset()
        last = OutboxEvent.objects.order_by("-pk").first()
        self.world.outbox_read = last.pk if last else 0

    def play(self, steps: int | Sequence[int]) -> None:
        """Play so many steps, or those of these numbers, then let the jobs have their time.

        Checks all the while.
        """
        weights = [weight for weight, _step in self.steps]
        clocks = time_machine.travel(self.world.now, tick=False)
        with plans_kept(), clocks as clock:
            for number in range(steps) if isinstance(steps, int) else steps:
                self.throw_dice(number)
                step = self.world.dice.choices(self.steps, weights)[0][1]
                self.play_one(number, step, clock)
            self.heal(clock)

    def throw_dice(self, number: int) -> None:
        """Give a step the dice that are its own."""
        self.world.dice = Random(f"{self.seed}/{number}")

    def play_one(self, number: int, step: Step, clock: Any) -> str:
        """Play a step, check everything, return what happened."""
        self._tick(clock)
        outcome = self._take(number, step)
        self._tell(number, step, outcome)
        self._check(number)
        return outcome

    def heal(self, clock: Any) -> None:
        """Let production's jobs run until everything late has come, then check what must be so."""
        self.throw_dice(-1)
        BankFault.objects.update(left=0)
        BREAKERS.forget()
        if self.second_bank is not None:
            self.second_bank.heal(self.world)
        nature.decide_disputes(self.world)
        until = self.world.now + HEALED_WITHIN
        while self.world.now < until:
            self._tick(clock)
            for job in (nature.hear_news, nature.read_outbox, nature.read_outbox):
                job(self.world)
            if self.second_bank is not None:
                self.second_bank.hear(self.world)
            nature.run_all(self.world)
            if broken := self._untold():
                self._fail(-1, broken)
            self.world.wait(minutes=self.world.dice.randint(540, 1080))
        while nature.read_outbox(self.world) or nature.retry_letters(self.world):
            clock.move_to(self.world.now)
        self._check(-1)
        broken = laws_of_money.settled_money()
        broken += [
            f"I9 the books differ from the payments: {one.where}, {one.why}"
            for one in compare_with_payments(until=self.world.now)
        ]
        broken += [str(one) for one in verify().faults]
        broken += self.second_bank.unsettled() if self.second_bank is not None else []
        if broken:
            self._fail(-1, broken)

    def _tick(self, clock: Any) -> None:
        clock.move_to(self.world.now)
        if self.second_bank is not None:
            self.second_bank.books.now = int(self.world.now.timestamp())

    def _take(self, number: int, step: Step) -> str:
        dice = self.world.dice
        crash = dice.randrange(100) < CRASHES_PERCENT
        where, after = dice.randrange(4), dice.randrange(40)
        try:
            with traced() as passed:
                if not crash:
                    return step(self.world)
                with self._crashing(Where(min(where, 2)), after):
                    return step(self.world)
        except Crash:
            BREAKERS.forget()
            return "CRASH"
        except ChalandiseError as refusal:
            return type(refusal).__name__
        except Exception as error:
            breach = f"{step.__name__} broke: {error!r}"
            story = self._story(breach)
            raise BrokenMarketError(story, number=number, breach=breach) from error
        finally:
            self.passed.update(passed)

    @contextmanager
    def _crashing(self, where: Where, after: int) -> Iterator[None]:
        """Crash in the step, should it come so far."""
        left = after % 3 if where is Where.AT_A_FAILPOINT else after

        def tick(name: str = "") -> None:
            nonlocal left
            if where is Where.AT_A_NEW_FAILPOINT:
                left = self.crashed[name]
            left -= 1
            if left < 0:
                self.crashed.update([name] if name else [])
                raise Crash

        def before_statement(execute: Any, *rest: Any) -> Any:
            tick()
            return execute(*rest)

        with ExitStack() as stack:
            if where is Where.BEFORE_A_STATEMENT:
                stack.enter_context(connection.execute_wrapper(before_statement))
            else:
                for name in FAILPOINTS:
                    stack.enter_context(armed(name, partial(tick, name)))
            yield

    def _check(self, number: int) -> None:
        self.answers.look()
        broken = invariants.broken_meanwhile(self.answers)
        broken += self.states.check(self.answers) + self.snapshots.check(self.answers)
        broken += self._untold()
        broken += self.second_bank.broken(self.answers) if self.second_bank is not None else []
        waiting = invariants.ran_out(self.answers, at=self.world.now)
        if waiting != self.swept or number % SWEPT_EVERY_STEPS == 0:
            broken += invariants.sweepers_change_nothing(at=self.world.now)
        self.swept = waiting
        broken += strangers.doors_open_to_strangers(self.world, self.tried, self.answers)
        if broken:
            self._fail(number, broken)

    def _untold(self) -> list[str]:
        """Return what differs from the bank's list and is not told, where it was just compared."""
        since, self.world.compared_since = self.world.compared_since, None
        believed = self.world.now - ANSWERED_WITHIN
        given = {"since": since, "believed": believed}
        return laws_of_money.differences_are_told(given) if since else []

    def _tell(self, number: int, step: Step, outcome: str) -> None:
        name = name_of(step)
        self.counts[f"{name}: {outcome or 'nothing to do'}"] += 1
        self.told.append(f"{number} {self.world.now:%d.%m. %H:%M} {name}: {outcome}")

    def _fail(self, number: int, broken: list[str]) -> None:
        story = self._story(f"after step {number}:\n" + "\n".join(broken))
        raise BrokenMarketError(story, number=number, breach=broken[0])

    def _story(self, end: str) -> str:
        return "\n".join([f"seed {self.seed}", *self.told[-25:], end])
