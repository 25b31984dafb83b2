"""One size from nothing to figures: registers in, index built, servers asked."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.flows import Flow, add_to_cart, fill_baskets, order_of, place_order, run_flow
from bench.generator import REGION, write_registers
from bench.loadclient import Tally, Turn, ask
from bench.scratch import SLUG, Done, Scratch
from bench.servers import Running, Weight, floor, product
from bench.spent import Spent, postmaster_of, spent
from bench.targets import Target, targets

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How long a run may take.

    Attributes:
        clients: how many connections ask at once, each a measure of its own.
        rounds: how often every kind of request has its turn; floors have theirs in each round.
        seconds: how long a turn lasts.
        only: the beginning of the names of what is measured; all when blank.
        is_kept: whether the installation stays for a later run, which then begins with it.
    """

    clients: tuple[int, ...]
    rounds: int
    seconds: float
    only: str = ""
    is_kept: bool = False


@dataclass
class Figure:
    """What one kind of request took with one number of clients.

    Attributes:
        tally: all that came back.
        ratios: its time over the floor's of the same round, one a round.
    """

    tally: Tally = field(default_factory=Tally)
    ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The middle ratio: what other work on the machine disturbs least."""
        return statistics.median(self.ratios) if self.ratios else 0.0


@dataclass
class Measures:
    """All figures of one size."""

    size: int
    steps: dict[str, Done] = field(default_factory=dict)
    figures: dict[tuple[str, int], Figure] = field(default_factory=dict)
    asked: list[Target] = field(default_factory=list)
    worker: Weight = field(default_factory=Weight)
    cold_start_seconds: float = 0.0
    kilobytes: dict[str, float] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    flows: dict[str, Tally] = field(default_factory=dict)
    spent: dict[str, Spent] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


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
            _let_buy(scratch, found, anew, plan, tell)
            found.worker = anew.heaviest_worker()
        return found
    finally:
        scratch.leave()


_DATABASE_URL = (
    "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'chalandise.config.settings';"
    "from django.conf import settings; print(settings.DATABASE_URL)"
)

FLOW_CLIENTS = 8
SHORT_TURN = 0.5
CORES = 2
DOMAIN, DOMAIN_SECONDS = "two shops, the actions alone", 12.0
CHECKOUT, CHECKOUT_SECONDS, MOST_A_SECOND = "two shops, from a full basket", 12.0, 100
FLOWS = {"add to cart, new visitor": (add_to_cart, 12.0), "two shops, placed": (place_order, 60.0)}
_SETUP = (
    "import os, json, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'chalandise.config.settings';"
    "django.setup();"
)
_OFFERS = (
    "from chalandise.catalogue.models import Offer;"
    "ids = list(Offer.objects.order_by('pk').values_list('pk', flat=True)[:4000]);"
    "print(json.dumps([[ids[n], ids[(n + 1010) % len(ids)]] for n in range(0, len(ids), 3)],"
    " separators=(',', ':')))"
)
_CHECKED = "from bench.invariants import broken; print(json.dumps(broken()))"
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


def _let_buy(scratch: Scratch, found: Measures, server: Running, plan: Plan, tell: Tell) -> None:
    """Let visitors fill baskets and place orders, then check that nothing was oversold."""
    if plan.only and not "buy".startswith(plan.only):
        return
    listed = scratch.python("-c", _SETUP + _OFFERS).output.split()[-1]
    offers = [(one, other) for one, other in json.loads(listed)]
    postmaster = postmaster_of(scratch.folder)
    clients = max(plan.clients, key=lambda one: one == FLOW_CLIENTS)

    def run(name: str, flow: Flow, seconds: float) -> None:
        before = spent(server.pid, postmaster)
        found.flows[name] = run_flow(server.port, flow, offers, clients=clients, seconds=seconds)
        found.spent[name] = spent(server.pid, postmaster) - before

    for name, (flow, seconds) in FLOWS.items():
        tell(f"{found.size:,} offers: {name} with {clients} client(s)")
        run_flow(server.port, flow, offers, clients=clients, seconds=2)  # nobody's first request
        run(name, flow, _lasting(plan, seconds))
    tell(f"{found.size:,} offers: {CHECKOUT} with {clients} client(s)")
    seconds = _lasting(plan, CHECKOUT_SECONDS)
    baskets = fill_baskets(server.port, offers, int(seconds * MOST_A_SECOND))
    run(CHECKOUT, order_of(baskets), seconds)
    tell(f"{found.size:,} offers: {DOMAIN}")
    seconds = _lasting(plan, DOMAIN_SECONDS)
    before = spent(server.pid, postmaster)
    output = scratch.python("-m", "bench.domain", str(seconds), str(CORES), listed).output
    after = spent(server.pid, postmaster) - before
    done = json.loads(output.split("\n")[-2])
    found.flows[DOMAIN] = Tally([1000 * one[1] / one[0] for one in done for _n in range(one[0])],
                                seconds=max(one[1] for one in done))  # fmt: skip
    found.spent[DOMAIN] = Spent(sum(one[2] for one in done), after.database, 0.0)
    broken = json.loads(scratch.python("-c", _SETUP + _CHECKED).output.split("\n")[-2])
    found.broken = [name for name, count in broken.items() if count]


def _lasting(plan: Plan, seconds: float) -> float:
    """Return how long visitors are watched: a quarter of the time in a short run."""
    return seconds if plan.seconds > SHORT_TURN else seconds / 4


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
