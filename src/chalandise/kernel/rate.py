"""A token bucket: so many attempts at once, refilled at a steady pace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """How often something may happen.

    Attributes:
        burst: attempts allowed at once.
        period_seconds: time in which an empty bucket fills up again.
    """

    burst: int
    period_seconds: int

    @property
    def refill_per_second(self) -> float:
        """Attempts that come back each second."""
        return self.burst / self.period_seconds


@dataclass(frozen=True)
class Bucket:
    """What is left of a rate for one key.

    Attributes:
        tokens: attempts left, a fraction included.
        counted_at: POSIX seconds at which ``tokens`` was true.
    """

    tokens: float
    counted_at: float

    def take(self, rate: Rate, now: float) -> tuple[Bucket, int]:
        """Take one attempt at ``now``.

        Returns:
            The bucket afterwards, and the seconds to wait (0 when the attempt is allowed).
        """
        elapsed = max(0.0, now - self.counted_at)  # a clock may jump back
        tokens = min(float(rate.burst), self.tokens + elapsed * rate.refill_per_second)
        if tokens >= 1:
            return Bucket(tokens - 1, now), 0
        missing = (1 - tokens) / rate.refill_per_second
        return Bucket(tokens, now), max(1, round(missing))
