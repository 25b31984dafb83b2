"""Says what was measured: a table for people, JSON for machines, and what misses its budget."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.buying_report import budget_of_visits, buying, plain_visits
from bench.changing import BUDGET_MS, CHANGED
from bench.figures import Measures, level_of

GROWTH = 1.5
IMPORT_SECONDS, IMPORT_MB = 120, 1024
WORKER_MB, COLD_START_SECONDS = 200, 3
GROWING = ("search, common word", "search, rare word", "search, typo", "map, whole region",
           "map, town")  # fmt: skip


def machine() -> str:
    """Return what the figures were taken on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, "
        f"{platform.system()} {platform.release()}, load {load:.1f} at the end"
    )


def tables(found: Sequence[Measures]) -> str:
    """Return the tables, in Markdown."""
    parts = [f"Measured on {_today()}: {machine()}."]
    for one in found:
        parts += [_steps(one), _requests(one), *buying(one), *_changed(one)]
    if len(found) > 1:
        parts.append(_growth(found[0], found[-1]))
    missed = list(verdicts(found))
    parts.append(
        "Every budget is kept."
        if not missed
        else "Missed:\n\n" + "\n".join(f"- {m}" for m in missed)
    )
    return "\n\n".join(parts)


def _today() -> str:
    return f"{datetime.now(tz=UTC):%Y-%m-%d %H:%M} UTC"


def _steps(one: Measures) -> str:
    lines = [
        f"### {one.size:,} establishments: from registers to a portal",
        "",
        "| step | seconds | of its own processor | peak memory |",
        "|---|---:|---:|---:|",
    ]
    lines += [
        f"| {name} | {done.seconds:.1f} | {done.cpu_seconds:.1f} | {done.peak_mb:.0f} MB |"
        for name, done in one.steps.items()
    ]
    lines.append(f"| cold start, to the first answer | {one.cold_start_seconds:.1f} | | |")
    lines += [
        f"| a server worker after the load | | | {one.worker.resident:.0f} MB |",
        f"| its share, common pages divided | | | {one.worker.share:.0f} MB |",
    ]
    return "\n".join(lines)


def _requests(one: Measures) -> str:
    levels = sorted({clients for _name, clients in one.figures})
    head = ["request", "kB"]
    for clients in levels:
        head += [f"p50 / p99 ms, {clients} cl.", "req/s"]
    head += ["× floor", "budget"]
    lines = [
        f"### {one.size:,} establishments: requests",
        "",
        f"| {' | '.join(head)} |",
        "|---|" + "---:|" * (len(head) - 1),
    ]
    for target in one.asked:
        cells = [target.name, f"{one.kilobytes[target.name]:.0f}"]
        for clients in levels:
            tally = one.figures[target.name, clients].tally
            cells += [
                f"{tally.quantile(0.5):.1f} / {tally.quantile(0.99):.1f}",
                f"{tally.rate:.0f}",
            ]
        ratio = one.figures[target.name, _level(one)].ratio
        cells += [f"{ratio:.2f}", "" if target.budget is None else f"{target.budget:g}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _changed(one: Measures) -> list[str]:
    """Return the table of changes, none where nothing was changed."""
    times = one.changed
    if not times.milliseconds:
        return []
    p50, p99, most = (f"{times.quantile(share):.0f}" for share in (0.5, 0.99, 1.0))
    lines = [
        f"### {one.size:,} establishments: from a change to the search",
        "",
        "| what | changes | p50 / p99 ms | longest | budget ms |",
        "|---|---:|---:|---:|---:|",
        f"| {CHANGED} | {len(times.milliseconds)} | {p50} / {p99} | {most} | {BUDGET_MS} |",
    ]
    return ["\n".join(lines)]


def _level(one: Measures) -> int:
    """Return how many clients the budgets speak of."""
    return level_of(tuple({clients for _name, clients in one.figures}))


def _growths(small: Measures, large: Measures) -> Iterator[tuple[str, float]]:
    """Yield by how much each ratio to the floor grew: the floor's own growth does not count."""
    for name in GROWING:
        if (name, _level(small)) not in small.figures:
            continue
        before = small.figures[name, _level(small)].ratio
        yield name, large.figures[name, _level(large)].ratio / before


def _growth(small: Measures, large: Measures) -> str:
    lines = [
        f"### Growth from {small.size:,} to {large.size:,} establishments",
        "",
        "| request | times slower | budget |",
        "|---|---:|---:|",
    ]
    lines += [f"| {name} | {growth:.2f} | {GROWTH} |" for name, growth in _growths(small, large)]
    return "\n".join(lines)


def verdicts(found: Sequence[Measures]) -> Iterator[str]:
    """Yield a sentence for each budget that is missed."""
    for one in found:
        yield from _request_verdicts(one)
        yield from budget_of_visits(one)
        slowest = one.changed.quantile(0.99)
        if slowest > BUDGET_MS:
            yield f"{one.size:,}: {CHANGED} after {slowest:.0f} ms, budget {BUDGET_MS}"
        if one.worker.resident > WORKER_MB:
            taken = f"{one.worker.resident:.0f} MB"
            yield f"{one.size:,}: a worker takes {taken}, budget {WORKER_MB}"
        if one.cold_start_seconds > COLD_START_SECONDS:
            yield (
                f"{one.size:,}: cold start {one.cold_start_seconds:.1f} s, "
                f"budget {COLD_START_SECONDS}"
            )
    small = found[0]
    steps = [small.steps[name] for name in ("import SIRENE", "import OSM", "index")]
    seconds, peak = sum(step.seconds for step in steps), max(step.peak_mb for step in steps)
    if small.size == 10_000 and (seconds > IMPORT_SECONDS or peak > IMPORT_MB):
        yield f"a département: {seconds:.0f} s and {peak:.0f} MB, budget {IMPORT_SECONDS} s, 1 GB"
    for name, growth in _growths(small, found[-1]):
        if growth > GROWTH:
            yield f"{name} grows {growth:.2f} times, budget {GROWTH}"


def _request_verdicts(one: Measures) -> Iterator[str]:
    for target in one.asked:
        ratio = one.figures[target.name, _level(one)].ratio
        if target.budget is not None and ratio > target.budget:
            yield f"{one.size:,}: {target.name} {ratio:.2f} × its floor, budget {target.budget:g}"
    for (name, clients), figure in one.figures.items():
        if figure.tally.failures:
            yield f"{one.size:,}: {name}, {clients} clients: {figure.tally.failures}"


def save(found: Sequence[Measures], folder: Path) -> Path:
    """Write the figures as JSON and the tables as Markdown; return the JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = f"{datetime.now(tz=UTC):%Y%m%d-%H%M%S}"
    (folder / f"{stamp}.md").write_text(tables(found) + "\n", encoding="utf-8")
    path = folder / f"{stamp}.json"
    content = {"machine": machine(), "taken_at": _today(), "sizes": [_plain(one) for one in found]}
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def _plain(one: Measures) -> dict[str, Any]:
    return {
        "establishments": one.size,
        "worker_mb": round(one.worker.resident, 1),
        "worker_share_mb": round(one.worker.share, 1),
        "cold_start_seconds": round(one.cold_start_seconds, 2),
        "steps": {
            name: {
                "seconds": round(done.seconds, 2),
                "cpu_seconds": round(done.cpu_seconds, 2),
                "peak_mb": round(done.peak_mb),
            }
            for name, done in one.steps.items()
        },
        "requests": [
            {
                "name": name,
                "clients": clients,
                "p50_ms": round(figure.tally.quantile(0.5), 2),
                "p99_ms": round(figure.tally.quantile(0.99), 2),
                "per_second": round(figure.tally.rate, 1),
                "times_floor": round(figure.ratio, 3),
                "count": len(figure.tally.milliseconds),
                "failures": figure.tally.failures,
            }
            for (name, clients), figure in one.figures.items()
        ],
        **plain_visits(one),
        "changed_ms": [round(time, 1) for time in one.changed.milliseconds],
        "broken": one.broken,
    }
