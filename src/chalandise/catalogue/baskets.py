"""How the price of a gift basket is shared; pure Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from chalandise.kernel.money import split_cents


@dataclass(frozen=True)
class PricedPart:
    """What a part costs alone, and whether the one who composes sells it."""

    cents: int
    is_own: bool


def mark_of_words(*words: str) -> str:
    """Return the mark of what a neighbour reads before saying yes: other words, another mark."""
    return hashlib.sha256("\x00".join(words).encode("utf-8", "replace")).hexdigest()[:32]


def shares_of(price_cents: int, parts: Sequence[PricedPart]) -> list[int] | None:
    """Share a price so that the shares add up to it to the cent; None where it is too low.

    Others' parts take what they cost; the rest goes to the composer's own, in proportion to what
    they cost. Without a part of its own the composer may ask no less than the sum, and what is
    above it is shared among all.

    >>> shares_of(3000, [PricedPart(1200, False), PricedPart(1000, True), PricedPart(1000, True)])
    [1200, 900, 900]
    """
    others = sum(part.cents for part in parts if not part.is_own)
    own = [part.cents for part in parts if part.is_own]
    if not own:
        if price_cents < others:
            return None
        extra = split_cents(price_cents - others, [part.cents for part in parts])
        return [part.cents + more for part, more in zip(parts, extra, strict=True)]
    rest = price_cents - others
    if rest < len(own):  # at least a cent each: nothing of a basket is given away
        return None
    shared = iter(1 + more for more in split_cents(rest - len(own), own))
    return [next(shared) if part.is_own else part.cents for part in parts]
