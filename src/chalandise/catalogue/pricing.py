"""What an offer cost at a moment, and the price that may be crossed out; pure Python.

C. conso L112-1-1: an announced reduction shows the lowest price asked during the thirty days before
it; reductions that follow one another without a break, each deeper than the last, keep what stood
before the first. `docs/algorithms/crossed-out-price.md` works it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

REFERENCE_PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class PriceStep:
    """The price that began at a moment."""

    begins_at: datetime
    price_cents: int


@dataclass(frozen=True)
class Reduction:
    """A lower price over ``[starts_at, ends_at)``."""

    price_cents: int
    starts_at: datetime
    ends_at: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether the reduction runs at ``at``."""
        return self.starts_at <= at < self.ends_at


def base_price_at(steps: Sequence[PriceStep], at: datetime) -> int | None:
    """Return the ordinary price at ``at``; None before the offer existed."""
    price = None
    for step in steps:
        if step.begins_at <= at:
            price = step.price_cents
    return price


def charged_at(
    steps: Sequence[PriceStep], reductions: Sequence[Reduction], at: datetime
) -> int | None:
    """Return what a customer paid at ``at``: the ordinary price, or the reduction's if lower."""
    base = base_price_at(steps, at)
    running = [one.price_cents for one in reductions if one.holds(at)]
    return None if base is None else min([base, *running])


def reference_price(
    steps: Sequence[PriceStep], reductions: Sequence[Reduction], at: datetime
) -> int | None:
    """Return the price to cross out at ``at``; None where there is nothing to announce.

    Args:
        steps: the ordinary prices, oldest first.
        reductions: the promotions of the offer, past and running, none overlapping another.
        at: the moment somebody looks.
    """
    running = next((one for one in reductions if one.holds(at)), None)
    charged = charged_at(steps, reductions, at)
    if running is None or charged is None:
        return None
    begins_at = _first_of_series(reductions, running).starts_at
    lowest = lowest_between(steps, reductions, begins_at - REFERENCE_PERIOD, begins_at)
    return lowest if lowest is not None and lowest > charged else None


def lowest_between(
    steps: Sequence[PriceStep],
    reductions: Sequence[Reduction],
    starts_at: datetime,
    ends_at: datetime,
) -> int | None:
    """Return the lowest price charged over ``[starts_at, ends_at)``; None if nothing was for sale."""
    moments = {starts_at}
    moments.update(step.begins_at for step in steps)
    for one in reductions:
        moments.update((one.starts_at, one.ends_at))
    charged = [
        charged_at(steps, reductions, moment) for moment in moments if starts_at <= moment < ends_at
    ]
    return min((price for price in charged if price is not None), default=None)


def _first_of_series(reductions: Sequence[Reduction], last: Reduction) -> Reduction:
    """Return the reduction that opened the series of ever deeper ones that ``last`` belongs to."""
    by_end = {one.ends_at: one for one in reductions if one.ends_at > one.starts_at}
    first = last
    while True:
        before = by_end.get(first.starts_at)
        if before is None or before.price_cents < first.price_cents:
            return first
        first = before
