"""What the plays of a run have done together: every kind of step, its refusals, every failpoint.

Each play notes its figures beside those of the others of its run, wherever they are played; the last
one says what none of them has done. A step that can no longer be done, or a place that no step passes
any more, fails it. Named is only what happens so often that no seed need be lucky.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from tests.simulator.simulator import FAILPOINTS, Simulator

_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}-{time.time_ns()}"
NOTES = Path(tempfile.gettempdir()) / f"chalandise-plays-{_RUN}"
REFUSED = "a refusal"
DONE = {
    "buyers.answer": {"choose_offer"},
    "buyers.change_mind": {"cancelled"},
    "buyers.come_later": {"slot moved by the customer", "slot moved by the merchant"},
    "buyers.shop": {"put in", "started", "chose ways", "ordered", "card: paid", "left the bank"},
    "buyers.sign": {"signed in", "account closed"},
    "buyers.withdraw": {"withdrew"},
    "desk.answer_phone": {
        "ordered by telephone, typed by the agent",
        "ordered by telephone, typed by a merchant",
    },
    "desk.give_back": {
        "called off",
        "whole order: called_off",
        "whole order: given_back",
        "whole order: nothing_left",
    },
    "desk.look_at_queue": {"give_back", "keep"},
    "merchants.be_kind": {"gesture"},
    "merchants.decide_about_waiting": {
        "kept longer",
        "nobody came",
        "set aside",
        "let go",
    },
    "merchants.edit": {
        "price",
        "promotion",
        "off the shelf",
        "capacity",
        "closed some days",
        "open after all",
        "terms",
    },
    "merchants.edit_ways": {"parcels", "zone edited", "zone closed"},
    "merchants.keep_shelf": {"sold in the shop", "counted", "received", "lost"},
    "merchants.come_back": {
        "listing published",
        "sells again",
        "counter open again",
        "hall open after all",
        "brings there again",
    },
    "merchants.leave": {
        "listing hidden",
        "listing closed",
        "sells no more",
        "counter closed",
        "hall shut",
        "brings there no more",
    },
    "merchants.serve": {"accepted", "refused", "ready", "handed over", "delivered"},
    "merchants.take_back": {"granted", "came back"},
    "nature.break_bank": {"dispute", "no_balance", "wrong_amount"},
    "nature.dispute": {
        "disputed",
        "disputed again",
        "dispute won",
        "dispute lost",
        "dispute won, and decided the other way",
        "dispute lost, and decided the other way",
    },
    "nature.hear_again": {"settled", "repeated"},
    "nature.hear_news": {"news", "paid out"},
    "nature.pass_time": {"waited"},
    "nature.read_outbox": {"read"},
    "nature.run_job": {"watch", "refunds", "compare", "unpaid", "uncollected", "questions"},
    "second_bank.break_it": {"lost", "garbled"},
    "second_bank.change": {"new payments by stripe", "new payments by simulated"},
    "second_bank.dispute": {"dispute opened, now needs_response"},
    "second_bank.hear": {"news"},
    "second_bank.hear_again": {"repeated"},
}
NEVER_REFUSED = {
    "buyers.answer": "whoever is asked may answer either way",
    "buyers.change_mind": "asks first what may be cancelled",
    "desk.look_at_queue": "asks first what waits",
    "merchants.come_back": "asks first who is away",
    "merchants.leave": "asks first who is there",
    "merchants.edit_ways": "what is drawn makes sense",
    "nature.break_bank": "",
    "nature.hear_news": "",
    "nature.pass_time": "",
    "nature.read_outbox": "",
    "nature.run_job": "",
    "second_bank.break_it": "",
    "second_bank.change": "",
    "second_bank.dispute": "asks first what may be disputed",
    "second_bank.hear": "",
    "second_bank.hear_again": "",
}


def note(market: Simulator, folder: Path = NOTES) -> None:
    """Write down what a play has done."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {f"{name}: {word}": count for (name, word), count in _words(market).items()}
    told = {"counts": counts, "passed": market.passed}
    draft = folder / f"{market.seed}.draft"
    draft.write_text(json.dumps(told), "utf-8")
    draft.replace(folder / f"{market.seed}.json")


def lacks(seeds: Collection[int], folder: Path = NOTES) -> list[str]:
    """Return what no play of these seeds has done; nothing as long as one of them is still to come."""
    files = [folder / f"{seed}.json" for seed in seeds]
    if not all(file.exists() for file in files):
        return []
    totals: dict[str, Counter[str]] = {"counts": Counter(), "passed": Counter()}
    for file in files:
        for what, figures in json.loads(file.read_text("utf-8")).items():
            totals[what].update(figures)
    wanted = [f"{name}: {word}" for name, words in DONE.items() for word in sorted(words)]
    wanted += [f"{name}: {REFUSED}" for name in DONE if name not in NEVER_REFUSED]
    return [
        *(one for one in wanted if not totals["counts"][one]),
        *(f"{name} is never passed" for name in FAILPOINTS if not totals["passed"][name]),
    ]


def _words(market: Simulator) -> Counter[tuple[str, str]]:
    """Count outcomes by step; all refusals are one, whatever their error."""
    found: Counter[tuple[str, str]] = Counter()
    for told, count in market.counts.items():
        name, _, word = told.partition(": ")
        found[name, word] += count
        if word.endswith("Error"):
            found[name, REFUSED] += count
    return found
