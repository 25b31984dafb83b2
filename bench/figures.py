"""What a run is asked, and what it finds: plans, figures, and all figures of one size."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.loadclient import Tally
from bench.scratch import Done
from bench.servers import Weight
from bench.spent import NOTHING, Spent
from bench.targets import Target

Tell = Callable[[str], None]
BUDGET_CLIENTS = 8
SHORT_TURN = 0.5


@dataclass(frozen=True)
class Plan:
    """How long a run may take.

    Attributes:
        clients: how many connections ask at once, each a measure of its own.
        rounds: how often every kind of request has its turn; floors have theirs in each round.
        seconds: how long a turn lasts.
        only: the beginning of the names of what is measured; all when blank.
        is_kept: whether the installation stays for a later run, which then begins with it.
    """

    clients: tuple[int, ...]
    rounds: int
    seconds: float
    only: str = ""
    is_kept: bool = False

    @property
    def level(self) -> int:
        """How many clients the budgets speak of: eight, or the most that are tried."""
        return level_of(self.clients)

    def lasting(self, seconds: float) -> float:
        """Return how long visitors are watched: a quarter of the time in a short run."""
        return seconds if self.seconds > SHORT_TURN else seconds / 4


def level_of(clients: tuple[int, ...]) -> int:
    """Return how many clients the budgets speak of: eight, or the most that were tried."""
    return BUDGET_CLIENTS if BUDGET_CLIENTS in clients else max(clients)


@dataclass
class Figure:
    """What one kind of request, or of visit, took with one number of clients.

    Attributes:
        tally: all that came back.
        ratios: its time over the floor's of the same round, one a round.
        spent: the processor time of all of it, where that was looked at.
    """

    tally: Tally = field(default_factory=Tally)
    ratios: list[float] = field(default_factory=list)
    spent: Spent = NOTHING

    @property
    def ratio(self) -> float:
        """The middle ratio: what other work on the machine disturbs least."""
        return statistics.median(self.ratios) if self.ratios else 0.0


@dataclass
class Measures:
    """All figures of one size.

    Attributes:
        figures: requests, by name and number of clients.
        visits: baskets and purchases in turns with their floors, in the same way.
        sustained: what was kept up for a while, by name.
        changed: how long changes of sheets took to be found.
        broken: the invariants that did not hold afterwards.
    """

    size: int
    steps: dict[str, Done] = field(default_factory=dict)
    figures: dict[tuple[str, int], Figure] = field(default_factory=dict)
    asked: list[Target] = field(default_factory=list)
    worker: Weight = field(default_factory=Weight)
    cold_start_seconds: float = 0.0
    kilobytes: dict[str, float] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    visits: dict[tuple[str, int], Figure] = field(default_factory=dict)
    sustained: dict[str, Figure] = field(default_factory=dict)
    changed: Tally = field(default_factory=Tally)
    broken: list[str] = field(default_factory=list)
