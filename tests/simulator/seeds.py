"""Seeds that are played again and again.

A seed that ever found something stays in `FAILED`, with what it found, after the mending too.
"""

USUAL = (1, 2, 3)
FAILED: dict[int, str] = {}
