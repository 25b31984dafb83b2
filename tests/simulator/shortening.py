"""A failing play with fewer steps: halves are left out, then less, as long as it fails the same way.

Steps have dice of their own, so what is left plays as before; what it plays upon may differ, and the
shorter play may tell another story that ends in the same breach.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

MOST_STEPS = 2500  # played again in all while shortening: under a minute of processor


def shortened(
    steps: Sequence[int], fails: Callable[[list[int]], bool], *, most: int = MOST_STEPS
) -> list[int]:
    """Return as few of the steps as are found to fail, within so many steps played.

    Args:
        steps: what fails.
        fails: plays some of them and tells whether they fail too.
        most: how many steps may be played in all.
    """
    kept, size = list(steps), len(steps) // 2
    while size:
        place, found = 0, False
        while place < len(kept):
            rest = kept[:place] + kept[place + size :]
            most -= len(rest)
            if most < 0:
                return kept
            if fails(rest):
                kept, found = rest, True
            else:
                place += size
        if size > 1 or not found:
            size //= 2
    return kept


def law_of(breach: str) -> str:
    """Return what a breach is a breach of, without the rows that it names."""
    return breach.partition(":")[0]
