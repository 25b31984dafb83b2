"""How the price of a gift basket is shared; pure Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from chalandise.kernel.money import split_cents


@dataclass(frozen=True)
class PricedPart:
    """What a part costs alone, and whether the one who composes sells it.

    ``is_fixed`` is said of a new book: it takes what it costs, whoever sells it, for a basket is no
    way around the price that its publisher fixes (`catalogue.books`).
    """

    cents: int
    is_own: bool
    is_fixed: bool = False

    @property
    def is_free(self) -> bool:
        """Whether its share may differ from what it costs alone."""
        return self.is_own and not self.is_fixed


def mark_of_words(*words: str) -> str:
    """Return the mark of what a neighbour reads before saying yes: other words, another mark."""
    return hashlib.sha256("\x00".join(words).encode("utf-8", "replace")).hexdigest()[:32]


def shares_of(price_cents: int, parts: Sequence[PricedPart]) -> list[int] | None:
    """Share a price so that the shares add up to it to the cent; None where it is too low.

    Others' parts and new books take what they cost; the rest goes to the composer's own, in
    proportion to what they cost. Where none of these is left the composer may ask no less than the
    sum, and what is above it is shared among all but the books: books alone cost what they cost.

    >>> shares_of(3000, [PricedPart(1200, False), PricedPart(1000, True), PricedPart(1000, True)])
    [1200, 900, 900]
    >>> shares_of(2700, [PricedPart(2000, True, is_fixed=True), PricedPart(1000, True)])
    [2000, 700]
    """
    others = sum(part.cents for part in parts if not part.is_free)
    own = [part.cents for part in parts if part.is_free]
    if not own:
        above = price_cents - others
        if above < 0 or (above and all(part.is_fixed for part in parts)):
            return None
        extra = split_cents(above, [0 if part.is_fixed else part.cents for part in parts])
        return [part.cents + more for part, more in zip(parts, extra, strict=True)]
    rest = price_cents - others
    if rest < len(own):  # at least a cent each: nothing of a basket is given away
        return None
    shared = iter(1 + more for more in split_cents(rest - len(own), own))
    return [next(shared) if part.is_free else part.cents for part in parts]
