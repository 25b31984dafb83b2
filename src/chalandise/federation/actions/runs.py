"""What every run of a source needs: to be alone, and to count what it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from chalandise.federation.actions.workshop import BatchResult
from chalandise.federation.errors import ImportBusyError
from chalandise.federation.models import Source
from chalandise.federation.readers.records import Tally
from chalandise.federation.reports import Outcome

LOCK_SPACE = 460_002  # any number that no other lock uses


@dataclass
class Summary:
    """What a run did so far, and for which day its file speaks."""

    read_count: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    met_known_count: int = 0
    unnamed_count: int = 0
    dated_on: date | None = None
    report_path: str = ""
    report_bytes: int = 0
    run_id: int | None = None
    is_resumed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what is stored with the run."""
        return {
            "read": self.read_count,
            **dict(self.counts),
            "refusals": dict(self.refusals),
            "passed": dict(self.passed),
            "met_known": self.met_known_count,
            "unnamed": self.unnamed_count,
            "dated_on": self.dated_on.isoformat() if self.dated_on else None,
            "report_bytes": self.report_bytes,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Summary:
        """Take up where a stored run stopped."""
        return cls(
            read_count=stored.get("read", 0),
            counts=Counter({one: stored[one] for one in Outcome if one in stored}),
            refusals=Counter(stored.get("refusals", {})),
            passed=Counter(stored.get("passed", {})),
            met_known_count=stored.get("met_known", 0),
            unnamed_count=stored.get("unnamed", 0),
            dated_on=date.fromisoformat(day) if (day := stored.get("dated_on")) else None,
            report_bytes=stored.get("report_bytes", 0),
            is_resumed=True,
        )

    def pass_over(self, tally: Tally) -> None:
        """Add the rows that the reader left out, which were read like the others; empty the tally."""
        self.passed.update(tally)
        self.read_count += tally.total()
        tally.clear()

    def take(self, result: BatchResult) -> None:
        """Add what one batch did."""
        self.counts.update(result.counts)
        self.refusals.update(result.refusals)
        self.met_known_count += result.met_known_count
        self.unnamed_count += result.unnamed_count


@contextmanager
def alone_on(source: Source) -> Iterator[None]:
    """Let one run of a source work at a time; the lock falls with the connection."""
    if source.pk is None:
        yield
        return
    if not lock_source(source.pk):
        raise ImportBusyError
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, source.pk])


@contextmanager
def forgetting_statements() -> Iterator[None]:
    """Have the connection remember no statement: those of a batch are long, and never come back.

    To know which to prepare, psycopg keeps the last hundred, with the values that Django wrote into
    them: as many batches of rows.
    """
    connection.ensure_connection()
    kept = connection.connection
    before, kept.prepare_threshold = kept.prepare_threshold, None
    try:
        yield
    finally:
        kept.prepare_threshold = before


def lock_source(source_id: int) -> bool:
    """Hold a source until it is given back or the connection falls; tell whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, source_id])
        return bool(cursor.fetchone()[0])
