"""One size from nothing to figures: registers in, index built, servers asked."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.buying import let_buy
from bench.changing import CHANGED, CHANGES, watch_changes
from bench.figures import Figure, Measures, Plan, Tell
from bench.generator import REGION, write_registers
from bench.loadclient import Tally, Turn, ask
from bench.scratch import SLUG, Scratch
from bench.servers import Running, floor, product
from bench.targets import Target, targets


class NothingAnsweredError(Exception):
    """A kind of request got no good answer at all."""


def measure(size: int, folder: Path, plan: Plan, tell: Tell) -> Measures:
    """Install, import, index, serve and ask; the folder is removed at the end unless kept."""
    scratch = Scratch(folder, is_kept=plan.is_kept)
    try:
        found = Measures(size, steps=scratch.steps())
        if not found.steps:
            _install(scratch, found, tell)
            scratch.remember(found.steps)
        with ExitStack() as running:
            url = scratch.python("-c", _DATABASE_URL).output.split()[-1]
            cached = running.enter_context(product(scratch, is_cached=True))
            anew = running.enter_context(product(scratch, is_cached=False))
            floors = running.enter_context(floor(scratch, url))
            found.cold_start_seconds = min(cached.cold_start_seconds, anew.cold_start_seconds)
            found.asked = [
                one for one in targets(anew) if one.is_floor or one.name.startswith(plan.only)
            ]
            servers = {"cached": cached, "anew": anew, "floor": floors}
            for clients in plan.clients:
                tell(f"{size:,} establishments: asking with {clients} client(s)")
                _ask_all(found, servers, clients, plan)
            let_buy(scratch, found, servers, plan, tell)
            if CHANGED.startswith(plan.only):
                tell(f"{size:,} establishments: {CHANGED}")
                found.changed = watch_changes(scratch, anew.port, CHANGES)
            found.worker = anew.heaviest_worker()
        return found
    finally:
        scratch.leave()


_DATABASE_URL = (
    "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'chalandise.config.settings';"
    "from django.conf import settings; print(settings.DATABASE_URL)"
)

_GATHER = (
    "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'chalandise.config.settings';"
    "django.setup(); from chalandise.config.static_files import gather; gather()"
)


def _install(scratch: Scratch, found: Measures, tell: Tell) -> None:
    tell(f"{found.size:,} establishments: writing the registers")
    registers = write_registers(scratch.folder, found.size)
    scratch.chalandise("migrate")
    scratch.python("-c", _GATHER)
    portal = ("--portal", SLUG)
    steps = {
        "territories": ("territories", "load"),
        "portal": ("portals", "open", "--territory", f"region-{REGION}", "--name", "Bench",
                   "--slug", SLUG),
        "import SIRENE": ("directory", "import", "sirene", str(registers.sirene), *portal),
        "import OSM": ("directory", "import", "osm", str(registers.osm), *portal),
    }  # fmt: skip
    for name, arguments in steps.items():
        tell(f"{found.size:,} establishments: {name}")
        done = scratch.chalandise(*arguments)
        found.steps[name] = done
        tell(f"  {done.seconds:.1f} s, {done.peak_mb:.0f} MB")
    tell(f"{found.size:,} offers: filling the shelves")
    scratch.python("-m", "bench.shelves", str(found.size))
    tell(f"{found.size:,} establishments: index")
    found.steps["index"] = scratch.chalandise("search", "rebuild")


def _ask_all(found: Measures, servers: dict[str, Running], clients: int, plan: Plan) -> None:
    """Give each kind of request its turns, the floors first in each round, and compare."""
    for target in found.asked:  # connections, templates, pages: nobody's first request counts
        _ask(found, servers, target, Turn(clients, seconds=20, most=3 * clients + 8))
    for _round in range(plan.rounds):
        cost: dict[str, float] = {}
        for target in found.asked:
            if target.server == "cached":  # a new minute empties the shelf
                again = Turn(clients, seconds=20, most=6 * len(target.paths))
                _ask(found, servers, target, again)
            tally = _ask(found, servers, target, Turn(clients, plan.seconds))
            figure = found.figures.setdefault((target.name, clients), Figure())
            figure.tally.add(tally)
            cost[target.name] = 1 / tally.rate
            figure.ratios.append(cost[target.name] / cost[target.floor])
            found.kilobytes[target.name] = tally.octets / len(tally.milliseconds) / 1024


def _ask(found: Measures, servers: dict[str, Running], target: Target, turn: Turn) -> Tally:
    """Ask where the turn before stopped, so that long lists of addresses are new all along."""
    begin = found.reached.get(target.name, 0)
    tally = ask(servers[target.server].port, target.paths, replace(turn, first=begin))
    if not tally.milliseconds:
        raise NothingAnsweredError(f"{target.name}: {tally.failures} at {target.paths[0]}")
    found.reached[target.name] = begin + len(tally.milliseconds)
    return tally
