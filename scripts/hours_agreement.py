"""Measure how our opening hours agree with the references under shared/data/horaires.

Every vector of opening_hours.js is counted once: it agrees, it is refused (with the reason), it
is repaired on purpose into something else, it needs knowledge that a French directory does not
have (the holidays of other countries), it is a timetable and not hours, or it is wrong.
"""

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from chalandise.directory.hours import (  # noqa: E402
    HoursError,
    Schedule,
    matching,
    normalise,
    read_day_ranges,
    schedule,
)
from chalandise.kernel.holidays import easter  # noqa: E402

plans = schedule._plan

SHARED = Path(os.environ.get("CHALANDISE_SHARED", ROOT.parent / "shared" / "data")) / "horaires"

AGREE, REFUSED, WRONG = "agree", "refused", "wrong"
REPAIRED = "repaired on purpose"
FOREIGN = "other countries' calendars"
TIMETABLE = "points in time"
IGNORED = "not implemented by the reference"
# Not about the text: wrong arguments to the JavaScript constructor, other tags, other modes.
NOT_TEXT = "about the reference's own interface"

SILENT = "taken as written"
SAME = "same hours, other spelling"

# Repairs that change what the letter says because no one can mean it (docs/algorithms).
_PURPOSEFUL = {"night_kept", "same_days"}


@dataclass
class Report:
    """Counts by outcome and the cases worth reading."""

    title: str
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    cases: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, outcome: str, value: object, detail: str = "") -> None:
        """Count one case."""
        self.counts[outcome] += 1
        if outcome == REFUSED:
            self.reasons[detail] += 1
        self.cases.append((outcome, str(value), detail))

    def share(self, outcome: str, *besides: str) -> float:
        """The part of the cases that ended so, leaving out those counted apart."""
        total = self.counts.total() - sum(self.counts[name] for name in besides)
        return self.counts[outcome] / total if total else 1.0


def _moment(text: str) -> datetime:
    day, clock = (text.replace(".", "-").replace("T", " ") + " 0:00").split(" ")[:2]
    year, month, of_month = (int(part) for part in day.split("-"))
    hour, minute = (int(part) for part in clock.split(":")[:2])
    return datetime(year, month, of_month, hour, minute, tzinfo=UTC)


Pieces = list[tuple[datetime, datetime, bool]]


def _merged(pieces: Iterator[tuple[datetime, datetime, bool]]) -> Pieces:
    merged: Pieces = []
    for start, end, is_unknown in pieces:
        if merged and merged[-1][1] == start and merged[-1][2] == is_unknown:
            merged[-1] = (merged[-1][0], end, is_unknown)
        else:
            merged.append((start, end, is_unknown))
    return merged


def _vectors() -> dict[str, Any]:
    text = (SHARED / "opening_hours_js_vectors.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _needs_foreign(value: str, vector: dict[str, Any]) -> bool:
    location = vector.get("location") or {}
    if location.get("state") == "Baden-Württemberg" and "SH" not in value:
        return False
    return location.get("country") is not None and ("PH" in value or "SH" in value)


def _is_swabian_holiday(_zone: str, on: date) -> bool:
    """Public holidays where the reference runs most of its tests, to check "PH" itself."""
    fixed = {(1, 1), (1, 6), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26)}
    return (on.month, on.day) in fixed or (on - easter(on.year)).days in {-2, 1, 39, 50, 60}


@contextmanager
def _calendar_of(vector: dict[str, Any]) -> Iterator[None]:
    """Lend the engine the calendar of the vector's place for a moment."""
    if (vector.get("location") or {}).get("state") != "Baden-Württemberg":
        yield
        return
    with (
        patch.object(matching, "is_public_holiday", _is_swabian_holiday),
        patch.object(schedule, "is_public_holiday", _is_swabian_holiday),
    ):
        plans.cache_clear()
        yield
    plans.cache_clear()


def intervals() -> Report:
    """The 543 vectors with expected intervals."""
    report = Report("intervals")
    for vector in _vectors()["intervals"]:
        value = vector["value"]
        if vector.get("ignored") == "not implemented yet":
            report.add(IGNORED, value)
            continue
        if vector.get("mode") in {1, 2}:
            outcome = normalise(value).problem
            report.add(TIMETABLE if outcome else WRONG, value, "read as hours")
            continue
        normalised = normalise(value)
        if normalised.value is None:
            code = normalised.problem.code if normalised.problem else ""
            report.add(REFUSED, value, str(code))
            continue
        if _needs_foreign(normalised.value, vector):
            report.add(FOREIGN, value)
            continue
        start, end = _moment(vector["from"]), _moment(vector["to"])
        with _calendar_of(vector):
            got = _merged(
                (piece.starts_at, piece.ends_at, piece.is_unknown)
                for piece in Schedule(normalised.value, timezone="UTC").intervals(start, end)
            )
        expected = _merged(
            (_moment(piece[0]), _moment(piece[1]), bool(piece[2])) for piece in vector["expected"]
        )
        if got == expected:
            report.add(AGREE, value)
        elif _PURPOSEFUL & set(normalised.repairs):
            report.add(REPAIRED, value, ", ".join(normalised.repairs))
        else:
            report.add(WRONG, value, normalised.value)
    return report


def should_fail() -> Report:
    """The 53 values that must not be read."""
    report = Report("should_fail")
    for vector in _vectors()["should_fail"]:
        value, name = vector["value"], vector["name"]
        if (
            not isinstance(value, str)
            or name.startswith(("Wrong constructor call", "Missing information"))
            or (name.startswith("opening_hours.js is in the wrong mode") and "sun" not in value)
        ):
            report.add(NOT_TEXT, value, name)
            continue
        normalised = normalise(value)
        report.add(WRONG if normalised.value else AGREE, value, str(normalised.value))
    return report


def should_warn() -> Report:
    """The 68 values that deserve a warning: repaired, refused, or taken without a word."""
    report = Report("should_warn")
    for vector in _vectors()["should_warn"]:
        value = vector["value"]
        if not isinstance(value, str):
            report.add(IGNORED, value)
            continue
        normalised = normalise(value)
        if normalised.value is None:
            report.add(REFUSED, value, str(normalised.problem))
        else:
            report.add(AGREE if normalised.repairs else SILENT, value, normalised.value)
    return report


def prettify() -> Report:
    """The 18 values with their expected canonical form."""
    report = Report("prettify")
    for vector in _vectors()["prettify"]:
        value, (language, expected) = vector["value"], vector["rest"][:2]
        if language != "all":
            report.add(NOT_TEXT, value, f"printed in {language}")
            continue
        normalised = normalise(value)
        if normalised.value is None:
            report.add(REFUSED, value, str(normalised.problem))
        else:
            # The two tools write the same state with another word.
            said = normalised.value.replace("off", "closed")
            wanted = normalise(expected).value
            if said == expected.replace("off", "closed"):
                report.add(AGREE, value)
            else:
                report.add(SAME if wanted == normalised.value else WRONG, value, said)
    return report


def next_change() -> Report:
    """The 3 values with the expected next change of state."""
    report = Report("next_change")
    for vector in _vectors()["next_change"]:
        value, at = vector["value"], _moment(vector["from"])
        normalised = normalise(value)
        if normalised.value is None:
            report.add(REFUSED, value, str(normalised.problem))
            continue
        pieces = _merged(
            (p.starts_at, p.ends_at, p.is_unknown)
            for p in Schedule(normalised.value, timezone="UTC").intervals(
                at, at + timedelta(days=100)
            )
        )
        edges = [edge for piece in pieces for edge in piece[:2] if edge > at]
        change = next((edge for edge in edges if edge < at + timedelta(days=100)), None)
        expected = _moment(vector["expected"]) if vector.get("expected") else None
        report.add(AGREE if change == expected else WRONG, value, str(change))
    return report


def _read(title: str, values: Iterator[str]) -> Report:
    report = Report(title)
    for value in values:
        normalised = normalise(value)
        if normalised.value is None:
            report.add(REFUSED, value, str(normalised.problem))
        else:
            try:
                Schedule(normalised.value)
            except HoursError as error:
                report.add(WRONG, value, str(error.problem))
            else:
                report.add(AGREE, value, ", ".join(normalised.repairs))
    return report


def osm_strings() -> Report:
    """The real strings of French shops in OSM: how many are read."""
    with (SHARED / "osm_fr_opening_hours_strings.csv").open(encoding="utf-8", newline="") as file:
        return _read(
            "osm_fr_opening_hours_strings", (row["opening_hours"] for row in csv.DictReader(file))
        )


def rust_sample() -> Report:
    """The parse corpus of opening-hours-rs: how many are read."""
    lines = (SHARED / "opening_hours_rs_sample.txt").read_text(encoding="utf-8").splitlines()
    kept = (line for line in lines if line.strip() and not line.startswith("#"))
    return _read("opening_hours_rs_sample", kept)


def town_halls() -> Report:
    """The weeks of town halls: the hours read back, quarter by quarter, from the raw list."""
    report = Report("mairies_horaires")
    monday = date(2026, 9, 7)
    start = int(datetime(2026, 9, 7, tzinfo=UTC).timestamp()) // 900
    with (SHARED / "mairies_horaires.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = row["horaires_json"]
            normalised = read_day_ranges(text)
            if normalised.value is None:
                report.add(REFUSED, text, str(normalised.problem))
                continue
            got = Schedule(normalised.value, timezone="UTC").quarter_hours(monday, 7)
            wanted = {start + quarter for quarter in _quarters(json.loads(text))}
            report.add(AGREE if got == wanted else WRONG, text, normalised.value)
    return report


_FRENCH_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _quarters(items: list[Any]) -> set[int]:
    """The quarter-hours of a raw list, found minute by minute."""
    minutes: set[int] = set()
    for first, last, ranges in items:
        for day in range(_FRENCH_DAYS.index(first), _FRENCH_DAYS.index(last) + 1):
            for opens, closes in ranges:
                start, end = (int(t[:2]) * 60 + int(t[3:5]) for t in (opens, closes))
                minutes.update(range(day * 1440 + start, day * 1440 + end))
    return {
        quarter
        for quarter in {minute // 15 for minute in minutes}
        if all(quarter * 15 + step in minutes for step in range(15))
    }


REPORTS = (
    intervals,
    should_fail,
    should_warn,
    prettify,
    next_change,
    osm_strings,
    rust_sample,
    town_halls,
)


def main() -> None:
    """Print the table; with an outcome as argument, also its cases."""
    wanted = set(sys.argv[1:])
    for measure in REPORTS:
        report = measure()
        counts = ", ".join(f"{name} {count}" for name, count in sorted(report.counts.items()))
        print(f"{report.title:32s} {report.counts.total():5d}  {counts}")
        for outcome, value, detail in report.cases:
            if outcome in wanted:
                print(f"    {outcome}: {value[:150]}  [{detail[:150]}]")


if __name__ == "__main__":
    main()
