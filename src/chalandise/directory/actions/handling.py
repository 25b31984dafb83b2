"""Answering a visitor's word that something is wrong."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.directory.actions.decisions import Reasons, explain_decision
from chalandise.directory.events import ErrorReportHandled
from chalandise.directory.models import ErrorReport
from chalandise.directory.states import REPORT_TRANSITIONS, DecisionKind, ReportState
from chalandise.journal.actions import emit, move, record
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal


@transaction.atomic
def handle_report(
    report: ErrorReport,
    to: ReportState,
    *,
    portal: Portal,
    answer: str,
    by: Actor,
    at: datetime,
) -> None:
    """Say that an error was corrected, or that nothing was wrong; who gave an address is answered.

    Args:
        report: the visitor's word.
        to: ``fixed`` or ``dismissed``.
        portal: in whose name the answer is written.
        answer: what to tell the visitor, blank for the usual thanks.
        by: who handled it.
        at: when.

    Raises:
        StaleStateError: somebody handled it first.
    """
    move(report, to, table=REPORT_TRANSITIONS, by=by, at=at)
    report.answer, report.handled_at, report.handled_by = answer, at, by.label[:200]
    report.save(update_fields=["answer", "handled_at", "handled_by"])
    if report.email:
        explain_decision(
            report.establishment,
            DecisionKind.FOLLOWED if to == ReportState.FIXED else DecisionKind.DISMISSED,
            Reasons(answer, report=report),
            portal=portal,
            by=by,
            at=at,
        )
    detail = {"report": report.pk, "outcome": str(to)}
    record(report.establishment, "report_handled", by=by, at=at, detail=detail)
    emit(ErrorReportHandled(report_id=report.pk, portal_slug=portal.slug), at=at)
