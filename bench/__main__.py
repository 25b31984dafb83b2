"""`python -m bench`: see `docs/benchmarks.md`."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from bench.figures import Plan
from bench.measure import measure
from bench.report import save, tables, verdicts

ROOT = Path(__file__).resolve().parent.parent
SIZES = (10_000, 100_000)
FULL = Plan(clients=(1, 8, 32), rounds=3, seconds=0.8)
QUICK = Plan(clients=(8,), rounds=3, seconds=0.3)


def main() -> int:
    """Measure, print the tables, and say no only when asked to be strict."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", help="how many establishments, with commas; 10000,100000")
    parser.add_argument(
        "--quick", action="store_true", help="a minute or two: 10,000, eight clients"
    )
    parser.add_argument("--only", default="", help="requests whose name begins so: search, map")
    parser.add_argument(
        "--keep", action="store_true", help="keep the installation, or begin with the one kept"
    )
    parser.add_argument("--strict", action="store_true", help="fail when a budget is missed")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")] if asked.sizes else list(SIZES)
    if asked.quick and not asked.sizes:
        sizes = sizes[:1]
    plan = replace(QUICK if asked.quick else FULL, only=asked.only, is_kept=asked.keep)
    folder = ROOT / "var" / "bench"
    started = time.monotonic()
    found = [measure(size, folder / f"scratch-{size}", plan, _tell) for size in sizes]
    print("\n" + tables(found) + "\n")
    print(
        f"Kept in {save(found, folder).relative_to(ROOT)}; {time.monotonic() - started:.0f} s in all."
    )
    return 1 if asked.strict and any(verdicts(found)) else 0


def _tell(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
