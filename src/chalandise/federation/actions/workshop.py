"""What a run keeps at hand from batch to batch, and what it tells of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from chalandise.directory.cleaning import Remark
from chalandise.directory.models import Category
from chalandise.directory.values import SourceRef
from chalandise.federation.matching import PlaceIndex
from chalandise.federation.models import ImportRun
from chalandise.federation.queries import CommuneFinder
from chalandise.federation.readers.records import RawRecord, Refusal
from chalandise.federation.reports import Outcome, ReportLine
from chalandise.federation.trial import TrialLinks
from chalandise.federation.wording import OUTCOMES, REFUSALS, REMARKS
from chalandise.journal.states import Actor

_COSMETIC = frozenset({Remark.CASE_REPAIRED, Remark.EMPTY_MARK})
"""Repairs that lose nothing and would double the report of a register."""


@dataclass
class Workshop:
    """What every batch of a run needs at hand.

    Attributes:
        trial_links: the establishments that the batches of a dry run spoke of, whose records are not
            kept; none in a run that keeps them.
    """

    run: ImportRun
    source_ref: SourceRef
    finder: CommuneFinder
    index: PlaceIndex
    trial_links: TrialLinks | None
    categories: dict[str, Category]
    activities: dict[str, str]
    by: Actor
    at: datetime


@dataclass
class BatchResult:
    """What became of a batch.

    Attributes:
        met_known_count: the records known before the run that it met.
        unnamed_count: the refused rows that do not say which record they are.
    """

    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    lines: list[ReportLine] = field(default_factory=list)
    met_known_count: int = 0
    unnamed_count: int = 0

    def add(
        self, record: RawRecord, outcome: Outcome, *, remark: str = "", sheet: str = ""
    ) -> None:
        """Count a row and tell of it, with one line for each remark about its fields."""
        self.counts[outcome] += 1
        if outcome is Outcome.UNCHANGED:
            return
        name = record.facts.name
        self.lines.append(
            ReportLine(
                record.line,
                record.source_id,
                name,
                outcome,
                remark=remark or str(OUTCOMES[outcome]),
                sheet=sheet,
            )
        )
        self.lines.extend(
            ReportLine(
                record.line,
                record.source_id,
                name,
                outcome,
                problem.field,
                str(REMARKS[problem.note.remark]),
                problem.note.original,
            )
            for problem in record.problems
            if problem.note.remark not in _COSMETIC
        )

    def refuse(self, record: RawRecord, reason: Refusal) -> None:
        """Refuse a row, saying why; its cells go to the report, so that nothing is lost."""
        self.refusals[reason] += 1
        position = len(self.lines)
        self.add(record, Outcome.REFUSED)
        self.lines[position] = ReportLine(
            record.line,
            record.source_id,
            record.facts.name,
            Outcome.REFUSED,
            remark=str(REFUSALS[reason]),
            original=" | ".join(str(value) for value in record.raw.values())[:400],
        )
