"""A circuit breaker: after several failures in a row nobody is made to wait for the next.

Pure: the clock is handed in. One breaker for each provider and process; what one process learns
another learns by itself within a few calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

FAILURES = 5
PAUSE = timedelta(seconds=30)


@dataclass
class Breaker:
    """Counts failures in a row.

    Attributes:
        failures: how many in a row.
        closed_until: nobody is asked before this moment; none while all is well.
    """

    failures: int = 0
    closed_until: datetime | None = None

    def lets_through(self, at: datetime) -> bool:
        """Tell whether a call may be made now; after the pause one call tries."""
        return self.closed_until is None or at >= self.closed_until

    def succeeded(self) -> None:
        """Note an answer, of whatever kind."""
        self.failures, self.closed_until = 0, None

    def failed(self, at: datetime) -> None:
        """Note that no usable answer came."""
        self.failures += 1
        if self.failures >= FAILURES:
            self.closed_until = at + PAUSE


@dataclass
class Breakers:
    """One breaker for each provider."""

    by_provider: dict[str, Breaker] = field(default_factory=dict)

    def of(self, provider: str) -> Breaker:
        """Return the breaker of a provider."""
        return self.by_provider.setdefault(provider, Breaker())

    def forget(self) -> None:
        """Begin anew, as a process that has just started."""
        self.by_provider.clear()


BREAKERS = Breakers()
