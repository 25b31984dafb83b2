"""The keys of refunds: which cause a refund belongs to, and the share of it that it gives back.

What is given back for one cause may come from several payments, each by a refund of its own; what was
refused may be promised again. A key begins with its cause (``withdrawal:12``) and then says which
share it is: nothing for the first, a place (``:1``), or the refund that it repeats (``:again-7``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalandise.payments.models import Refund

_AGAIN = re.compile(r":again-(\d+)$")


def cause_of(key: str) -> str:
    """Return the cause in the key of a refund: those of several payments, or a second try, add to it."""
    return ":".join(key.split(":")[:2])


def key_again(refund: Refund) -> str:
    """Return the key under which a refused refund is promised again: its cause is the same."""
    return f"{cause_of(refund.key)}:again-{refund.pk}"


def shares_of(refund: Refund, of_cause: Iterable[Refund]) -> tuple[int, int]:
    """Return how many cents of a cause stand before a refund's share, and how many in all.

    A refund that repeats a refused one takes its place: the shares of a cause never overlap, whatever
    became of each and whenever; of the tries of one share the last says how much it is.
    """
    known = {one.pk: one for one in sorted(of_cause, key=lambda one: one.pk)}
    shares = {_first_try(one, known): one.amount_cents for one in known.values()}
    own = _first_try(refund, known)
    return sum(cents for pk, cents in shares.items() if pk < own), sum(shares.values())


def _first_try(refund: Refund, known: dict[int, Refund]) -> int:
    said = _AGAIN.search(refund.key)
    before = known.get(int(said[1])) if said else None
    return _first_try(before, known) if before is not None else refund.pk
