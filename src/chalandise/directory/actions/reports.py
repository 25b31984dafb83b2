"""A visitor's word that something on a sheet is wrong."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.directory.events import ErrorReported
from chalandise.directory.models import ErrorReport, Establishment
from chalandise.directory.states import ReportKind
from chalandise.journal.actions import count_attempt, emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.rate import Rate

SAME_CALLER = Rate(burst=8, period_seconds=3600)


def report_error(
    establishment: Establishment,
    *,
    kind: ReportKind,
    text: str,
    email: str,
    client: str,
    by: Actor,
    at: datetime,
) -> ErrorReport:
    """Take down what a visitor says is wrong, for the operator to handle.

    Args:
        establishment: whose sheet.
        kind: what is wrong.
        text: how it should read.
        email: where to answer, blank when no answer is wished.
        client: the caller's address, to count attempts and for nothing else.
        by: who says so.
        at: when.

    Raises:
        RateLimitedError: too many reports from this caller.
    """
    count_attempt(f"report:{client}", SAME_CALLER, at=at)
    with transaction.atomic():
        report = ErrorReport.objects.create(
            establishment=establishment, kind=kind, text=text.strip(), email=email, sent_at=at
        )
        record(establishment, "error_reported", by=by, at=at, detail={"report": report.pk})
        emit(ErrorReported(report_id=report.pk), at=at)
    return report
