"""The simulator: draws a step, plays it, perhaps crashes in the middle, checks the invariants.

A crash is an exception that no code catches, raised at one of the failpoints or before one of the
SQL statements of the step: what was committed stays, the rest rolls back, and what the process
knew is forgotten. Whoever was interrupted goes on later, as people and jobs do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import time_machine
from django.db import connection
from tests.cast import Cast
from tests.simulator import buyers, desk, invariants, merchants, nature, strangers
from tests.simulator.second_bank import SecondBank
from tests.simulator.world import World, build

from chalandise.bank.models import BankFault
from chalandise.journal.models import OutboxEvent
from chalandise.kernel.errors import ChalandiseError
from chalandise.kernel.failpoints import armed
from chalandise.payments.breaker import BREAKERS
from chalandise.settlements.queries.comparing import compare_with_payments
from chalandise.settlements.queries.verifying import verify

Step = Callable[[World], str]

STEPS: tuple[tuple[int, Step], ...] = (
    (50, buyers.shop),
    (2, buyers.change_mind),
    (3, buyers.withdraw),
    (2, buyers.answer),
    (14, merchants.serve),
    (2, merchants.be_kind),
    (3, merchants.take_back),
    (5, merchants.keep_shelf),
    (4, merchants.edit),
    (2, desk.answer_phone),
    (2, desk.look_at_queue),
    (9, nature.pass_time),
    (9, nature.read_outbox),
    (9, nature.run_job),
    (5, nature.hear_news),
    (2, nature.hear_again),
    (3, nature.break_bank),
)
FAILPOINTS = (
    "ordering.paid.firm",
    "ordering.place.kept",
    "ordering.place.ordered",
    "ordering.place.read",
    "ordering.place.written",
    "ordering.start.held",
    "ordering.withdrawal.read",
    "payments.call.answered",
    "payments.call.kept",
    "payments.call.stored",
    "payments.inbox.written",
    "payments.looked_up",
    "payments.refund.asked",
    "payments.refund.sent",
    "payments.refund.weighed",
    "payments.settle.captured",
    "payments.settle.locked",
    "payments.settle.placed",
    "payments.visit.asked",
    "payments.visit.opened",
    "payments.visit.recorded",
    "stock.levels.read",
    "stock.levels.written",
)
CRASHES_PERCENT = 20
SWEPT_EVERY_STEPS = 10
DOORS_TRIED_EVERY_STEPS = 25
HEALED_WITHIN = timedelta(days=6)  # news come up to three days late and are repeated for three


class Crash(BaseException):
    """The process dies here; nothing catches it."""


class BrokenMarketError(AssertionError):
    """An invariant does not hold, or something broke that is no refusal of the domain."""


class Simulator:
    """One market played from one seed.

    Attributes:
        told: what happened, a line a step.
        counts: how often each step had each outcome.
    """

    def __init__(self, seed: int, cast: Cast, second_bank: SecondBank | None = None) -> None:
        self.seed = seed
        self.told: list[str] = []
        self.counts: Counter[str] = Counter()
        self.world: World = build(cast, Random(seed))
        self.steps, self.second_bank = STEPS, second_bank
        if second_bank is not None:
            self.world.second_bank = second_bank
            second_bank.open_accounts(self.world)
            self.steps += (
                (3, merchants.leave),
                (3, second_bank.change),
                (2, second_bank.break_it),
                (5, second_bank.hear),
                (2, second_bank.hear_again),
            )
        BREAKERS.forget()
        self.states = invariants.States()
        self.snapshots = invariants.Snapshots()
        self.tried: set[object] = set()
        last = OutboxEvent.objects.order_by("-pk").first()
        self.world.outbox_read = last.pk if last else 0

    def play(self, steps: int) -> None:
        """Play so many steps, then let the jobs have their time, and check all the while."""
        weights = [weight for weight, _step in self.steps]
        with time_machine.travel(self.world.now, tick=False) as clock:
            for number in range(steps):
                step = self.world.dice.choices(self.steps, weights)[0][1]
                self._tick(clock)
                self._tell(number, step, self._take(step))
                self._check(number)
            self.heal(clock)

    def heal(self, clock: Any) -> None:
        """Let production's jobs run until everything late has come, then check what must be so."""
        BankFault.objects.update(left=0)
        BREAKERS.forget()
        if self.second_bank is not None:
            self.second_bank.heal()
        nature.decide_disputes(self.world)
        until = self.world.now + HEALED_WITHIN
        while self.world.now < until:
            self._tick(clock)
            for job in (nature.hear_news, nature.read_outbox, nature.read_outbox):
                job(self.world)
            if self.second_bank is not None:
                self.second_bank.hear(self.world)
            nature.run_all(self.world)
            self.world.wait(minutes=self.world.dice.randint(540, 1080))
        while nature.read_outbox(self.world) or nature.retry_letters(self.world):
            clock.move_to(self.world.now)
        self._check(-1)
        broken = invariants.settled_money()
        broken += [str(one) for one in compare_with_payments(until=self.world.now)]
        broken += [str(one) for one in verify().faults]
        broken += self.second_bank.unsettled() if self.second_bank is not None else []
        if broken:
            self._fail(-1, broken)

    def _tick(self, clock: Any) -> None:
        clock.move_to(self.world.now)
        if self.second_bank is not None:
            self.second_bank.books.now = int(self.world.now.timestamp())

    def _take(self, step: Step) -> str:
        dice = self.world.dice
        crash = dice.randrange(100) < CRASHES_PERCENT
        at_failpoint, after = dice.randrange(2) == 0, dice.randrange(40)
        try:
            if not crash:
                return step(self.world)
            with _crashing(after % 3 if at_failpoint else after, at_failpoint=at_failpoint):
                return step(self.world)
        except Crash:
            BREAKERS.forget()
            return "CRASH"
        except ChalandiseError as refusal:
            return type(refusal).__name__
        except Exception as error:
            raise BrokenMarketError(self._story(f"{step.__name__} broke: {error!r}")) from error

    def _check(self, number: int) -> None:
        broken = invariants.broken_laws()
        broken += self.states.check() + self.snapshots.check()
        broken += self.second_bank.broken() if self.second_bank is not None else []
        if number % SWEPT_EVERY_STEPS == 0:
            broken += invariants.sweepers_change_nothing(at=self.world.now)
        if number % DOORS_TRIED_EVERY_STEPS == 0:
            broken += strangers.doors_open_to_strangers(self.world, self.tried)
        if broken:
            self._fail(number, broken)

    def _tell(self, number: int, step: Step, outcome: str) -> None:
        name = f"{step.__module__.rpartition('.')[2]}.{step.__name__}"
        self.counts[f"{name}: {outcome or 'nothing to do'}"] += 1
        self.told.append(f"{number} {self.world.now:%d.%m. %H:%M} {name}: {outcome}")

    def _fail(self, number: int, broken: list[str]) -> None:
        raise BrokenMarketError(self._story(f"after step {number}:\n" + "\n".join(broken)))

    def _story(self, end: str) -> str:
        return "\n".join([f"seed {self.seed}", *self.told[-25:], end])


@contextmanager
def _crashing(after: int, *, at_failpoint: bool) -> Iterator[None]:
    """Crash at the n-th failpoint, or before the n-th statement, should the step come so far."""
    passed = 0

    def tick() -> None:
        nonlocal passed
        passed += 1
        if passed == after + 1:
            raise Crash

    def before_statement(execute: Any, *rest: Any) -> Any:
        tick()
        return execute(*rest)

    with ExitStack() as stack:
        if at_failpoint:
            for name in FAILPOINTS:
                stack.enter_context(armed(name, tick))
        else:
            stack.enter_context(connection.execute_wrapper(before_statement))
        yield
