"""Says what was measured: a table for people, JSON for machines, and what misses its budget."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measure import Measures

BUDGET_CLIENTS = 8
GROWTH = 1.5
IMPORT_SECONDS, IMPORT_MB = 120, 1024
FLOW_BUDGETS = {"add to cart, new visitor": 300, "two shops, placed": 60,
                "two shops, from a full basket": 60}  # fmt: skip
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
        parts += [_steps(one), _requests(one), *_flows(one)]
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


def _flows(one: Measures) -> list[str]:
    if not one.flows:
        return []
    lines = [
        f"### {one.size:,} offers: baskets and orders, {BUDGET_CLIENTS} clients",
        "",
        "| what | done | a second | p50 / p99 ms | budget | processor ms each | refused |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for name, tally in one.flows.items():
        lines.append(
            f"| {name} | {len(tally.milliseconds)} | {tally.rate:.1f} "
            f"| {tally.quantile(0.5):.0f} / {tally.quantile(0.99):.0f} "
            f"| {FLOW_BUDGETS.get(name, '')} | {_each(one, name)} | {tally.failures or ''} |"
        )
    lines += ["", "Processor time: in all, as server + PostgreSQL + clients."]
    kept = "hold" if not one.broken else f"are BROKEN: {', '.join(one.broken)}"
    lines += [
        "",
        f"Afterwards the invariants of stock, slots and money (I2, I3, I4, I8, I11) {kept}.",
    ]
    return ["\n".join(lines)]


def _each(one: Measures, name: str) -> str:
    """Return the processor time of one basket or order, by whose it is."""
    took, done = one.spent.get(name), len(one.flows[name].milliseconds)
    if took is None or not done:
        return ""
    shares = [1000 * part / done for part in (took.server, took.database, took.clients)]
    return f"{1000 * took.total / done:.1f}: " + " + ".join(f"{part:.1f}" for part in shares)


def _level(one: Measures) -> int:
    """Return how many clients the budgets speak of: eight, or the most that were tried."""
    levels = {clients for _name, clients in one.figures}
    return BUDGET_CLIENTS if BUDGET_CLIENTS in levels else max(levels)


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
        for name, least in FLOW_BUDGETS.items():
            if name in one.flows and one.flows[name].rate < least:
                yield f"{one.size:,}: {name} {one.flows[name].rate:.0f} a second, budget {least}"
        if one.broken:
            yield f"{one.size:,}: invariants broken: {', '.join(one.broken)}"
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
        "flows": [
            {
                "name": name,
                "per_second": round(tally.rate, 1),
                "p50_ms": round(tally.quantile(0.5), 1),
                "p99_ms": round(tally.quantile(0.99), 1),
                "count": len(tally.milliseconds),
                "failures": tally.failures,
                "processor_ms": _each(one, name),
            }
            for name, tally in one.flows.items()
        ],
        "broken": one.broken,
    }
