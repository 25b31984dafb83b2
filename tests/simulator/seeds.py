"""Seeds that are played again and again.

A seed that ever found something stays in `FAILED`, with what it found, after the mending too.
"""

USUAL = (1, 2, 3)
FAILED: dict[int, str] = {
    20261122: "the delivery fee of an order without lines was kept (4,000 steps)"
}
