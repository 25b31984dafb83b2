"""How soon a change shows: `python -m bench.changing PORT CHANGES`, in the product's own environment.

A sheet gets another name by the same action that registers and desks call; the outbox, the worker
and the readers of the servers do the rest. The clock runs from the end of the transaction until the
search of the running server finds the sheet by its new name, in each of several questions in a row,
so that every one of its workers has it. Prints the milliseconds of each change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from urllib.request import ProxyHandler, build_opener

import django

from bench.loadclient import HOST, Tally
from bench.scratch import COMMAND, ROOT, Scratch

CHANGED = "change of a sheet, found by the search"
CHANGES = 30
BUDGET_MS = 1000
IN_A_ROW = 8  # questions on connections of their own: of two workers, one alone seldom answers all
PATIENCE_SECONDS = 60.0
REST_SECONDS = 0.8  # at most: changes keep no step with what looks every half second
LETTERS = "bdfgklmnprtvz"


class NeverFoundError(Exception):
    """A change did not come to the search at all."""


def watch_changes(scratch: Scratch, port: int, changes: int) -> Tally:
    """Change sheets beside a worker of the product; return how long each took to be found."""
    with _worker(scratch):
        output = scratch.python("-m", "bench.changing", str(port), str(changes)).output
    times = json.loads(output.split("\n")[-2])
    return Tally(times, seconds=sum(times) / 1000)


@contextmanager
def _worker(scratch: Scratch) -> Iterator[None]:
    """Run `chalandise worker` beside the servers, as a deployment does."""
    log = scratch.folder / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "worker"],
            env=scratch.env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    """Change sheets, one after the other, and wait until each is found."""
    port, changes = (int(argument) for argument in sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chalandise.config.settings")
    django.setup()
    print(json.dumps(change_sheets(port, changes)))


def change_sheets(port: int, changes: int) -> list[float]:
    """Return the milliseconds of each change but the first, for which the worker still starts."""
    # Django's tables can be named only once it is set up.
    from django.utils import timezone  # noqa: PLC0415

    from chalandise.directory.actions.facts import apply_facts  # noqa: PLC0415
    from chalandise.directory.models import Establishment  # noqa: PLC0415
    from chalandise.directory.states import ListingState, SourceKind  # noqa: PLC0415
    from chalandise.directory.values import SourceRef  # noqa: PLC0415
    from chalandise.journal.states import Actor  # noqa: PLC0415

    desk, random = SourceRef(SourceKind.OPERATOR, "Bench"), Random(os.getpid())
    listed = Establishment.objects.filter(status=ListingState.PUBLISHED).order_by("-pk")
    times = []
    for sheet in listed[: changes + 1]:
        word = "".join(random.choices(LETTERS, k=12))
        by, at = Actor.system("bench"), timezone.now()
        apply_facts(sheet, {"name": f"Banc {word}"}, source=desk, by=by, at=at)
        times.append(1000 * _seconds_until_found(port, word, sheet.slug))
        time.sleep(random.uniform(0, REST_SECONDS))
    return times[1:]


def _seconds_until_found(port: int, word: str, slug: str) -> float:
    """Ask until all of several answers in a row have the sheet; return when the first of them had."""
    began = time.perf_counter()
    row, found_at = 0, 0.0
    while row < IN_A_ROW:
        asked_at = time.perf_counter()
        if asked_at - began > PATIENCE_SECONDS:
            raise NeverFoundError(word)
        if not _finds(port, word, slug):
            row = 0
            time.sleep(0.005)
            continue
        if not row:
            found_at = time.perf_counter()
        row += 1
    return found_at - began


def _finds(port: int, word: str, slug: str) -> bool:
    opener = build_opener(ProxyHandler({}))
    address = f"http://{HOST}:{port}/api/v1/establishments?q={word}"
    with opener.open(address, timeout=30) as answer:
        return any(item["slug"] == slug for item in json.load(answer)["items"])


if __name__ == "__main__":
    main()
