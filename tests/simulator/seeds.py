"""Seeds that are played again and again.

A seed that ever found something stays in `FAILED`, with what it found, after the mending too. A play
that fails writes its seed by itself into a file beside the tests' other data (`KEPT`); the seeds of
that file are played before all others, until somebody has moved them here or deleted the file.
"""

from __future__ import annotations

from pathlib import Path

USUAL = (1, 2, 3, 4, 5, 6, 7, 8, 9)
EVERY_THIRD = 3
FAILED: dict[int, str] = {
    20261122: "the delivery fee of an order without lines was kept (4,000 steps)",
}
KEPT = Path(__file__).resolve().parents[2] / "var" / "simulator" / "failed-seeds.txt"
MOST_KEPT = 5


def has_two_banks(seed: int) -> bool:
    """Tell whether the platform goes from one bank to the other and back: in every third play."""
    return seed % EVERY_THIRD == 0


def kept_seeds(path: Path = KEPT) -> tuple[int, ...]:
    """Return the seeds that failed here, the last one first."""
    lines = path.read_text("utf-8").split() if path.exists() else []
    return tuple(dict.fromkeys(int(line) for line in reversed(lines)))[:MOST_KEPT]


def keep_seed(seed: int, path: Path = KEPT) -> None:
    """Remember a seed that failed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as handle:
        handle.write(f"{seed}\n")
