"""Says what came of visitors who buy: their tables, their figures for machines, their budgets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.buying import ADD, FROM_BASKET, PLACED
from bench.figures import Figure, Measures, level_of

VISIT_BUDGETS = {ADD: 300}
SUSTAINED_BUDGETS = {PLACED: 60, FROM_BASKET: 60}
"""At least so many a second, with as many clients as budgets speak of."""


def buying(one: Measures) -> list[str]:
    """Return the tables of one size, none where nobody bought."""
    if not one.visits:
        return []
    kept = "hold" if not one.broken else f"are BROKEN: {', '.join(one.broken)}"
    return [
        _turns(one),
        _sustained(one),
        "Processor time: in all, as server + PostgreSQL + clients.",
        f"Afterwards the invariants of stock, slots and money (I2, I3, I4, I8, I11) {kept}.",
    ]


def _levels(one: Measures) -> list[int]:
    return sorted({clients for _name, clients in one.visits})


def _turns(one: Measures) -> str:
    levels, head = _levels(one), ["what"]
    level = level_of(tuple(levels))
    for clients in levels:
        head += [f"p50 / p99 ms, {clients} cl.", "a second", "× floor"]
    head += ["budget", f"processor ms each, {level} cl.", "refused"]
    lines = [
        f"### {one.size:,} offers: baskets and orders",
        "",
        f"| {' | '.join(head)} |",
        "|---|" + "---:|" * (len(head) - 2) + "---|",
    ]
    for name in dict.fromkeys(name for name, _clients in one.visits):
        cells = [name]
        for clients in levels:
            figure = one.visits[name, clients]
            cells += [_times(figure), f"{figure.tally.rate:.1f}", f"{figure.ratio:.2f}"]
        refused = sum(sum(one.visits[name, clients].tally.failures.values()) for clients in levels)
        budget = (VISIT_BUDGETS | SUSTAINED_BUDGETS).get(name, "")
        cells += [str(budget), _each(one.visits[name, level])]
        lines.append(f"| {' | '.join([*cells, str(refused or '')])} |")
    return "\n".join(lines)


def _sustained(one: Measures) -> str:
    level = level_of(tuple(_levels(one)))
    lines = [
        f"### {one.size:,} offers: kept up, {level} clients",
        "",
        "| what | seconds | done | a second | p50 / p99 ms | budget | processor ms each | refused |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for name, figure in one.sustained.items():
        tally = figure.tally
        lines.append(
            f"| {name} | {tally.seconds:.0f} | {len(tally.milliseconds)} | {tally.rate:.1f} "
            f"| {_times(figure)} | {SUSTAINED_BUDGETS.get(name, '')} | {_each(figure)} "
            f"| {tally.failures or ''} |"
        )
    return "\n".join(lines)


def _times(figure: Figure) -> str:
    tally = figure.tally
    return f"{tally.quantile(0.5):.1f} / {tally.quantile(0.99):.1f}"


def _each(figure: Figure) -> str:
    """Return the processor time of one visit, by whose it is."""
    took, done = figure.spent, len(figure.tally.milliseconds)
    if not done:
        return ""
    shares = [1000 * part / done for part in (took.server, took.database, took.clients)]
    return f"{1000 * took.total / done:.1f}: " + " + ".join(f"{part:.1f}" for part in shares)


def budget_of_visits(one: Measures) -> Iterator[str]:
    """Yield a sentence for each budget of buying that is missed, and for all that was refused."""
    if not one.visits:
        return
    level = level_of(tuple(_levels(one)))
    rates = {name: one.visits[name, level].tally.rate for name in VISIT_BUDGETS}
    rates |= {name: one.sustained[name].tally.rate for name in SUSTAINED_BUDGETS}
    for name, least in (VISIT_BUDGETS | SUSTAINED_BUDGETS).items():
        if rates[name] < least:
            yield f"{one.size:,}: {name} {rates[name]:.0f} a second, budget {least}"
    for (name, clients), figure in one.visits.items():
        if figure.tally.failures:
            yield f"{one.size:,}: {name}, {clients} clients: {figure.tally.failures}"
    for name, figure in one.sustained.items():
        if figure.tally.failures:
            yield f"{one.size:,}: {name}, kept up: {figure.tally.failures}"
    if one.broken:
        yield f"{one.size:,}: invariants broken: {', '.join(one.broken)}"


def plain_visits(one: Measures) -> dict[str, Any]:
    """Return the same figures for machines."""
    return {
        "visits": [
            {"name": name, "clients": clients, "times_floor": round(figure.ratio, 3)}
            | _plain(figure)
            for (name, clients), figure in one.visits.items()
        ],
        "sustained": [{"name": name} | _plain(figure) for name, figure in one.sustained.items()],
    }


def _plain(figure: Figure) -> dict[str, Any]:
    tally = figure.tally
    return {
        "per_second": round(tally.rate, 1),
        "p50_ms": round(tally.quantile(0.5), 1),
        "p99_ms": round(tally.quantile(0.99), 1),
        "count": len(tally.milliseconds),
        "failures": tally.failures,
        "processor_ms": _each(figure),
    }
