"""Deciding about a run that stopped because it would remove too much."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.db import transaction
from procrastinate.contrib.django import app

from chalandise.federation.actions.removals import remove_missing
from chalandise.federation.actions.runs import Summary, alone_on
from chalandise.federation.errors import RunOvertakenError
from chalandise.federation.models import ImportRun
from chalandise.federation.queries import is_latest_run, missing_records
from chalandise.federation.reports import Outcome, ReportFile
from chalandise.federation.states import RUN_TRANSITIONS, RunState
from chalandise.journal import actions as journal
from chalandise.journal.states import Actor


@transaction.atomic
def accept_removals(run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Let a waiting run hide what its source no longer says; a job does it, with progress.

    Raises:
        RunOvertakenError: what this run did not meet, a later one may have met.
        StaleStateError: it does not wait.
    """
    if not is_latest_run(run):
        raise RunOvertakenError
    journal.move(
        run,
        RunState.RUNNING,
        table=RUN_TRANSITIONS,
        by=by,
        at=at,
        starting_from=RunState.WAITING,
    )
    detail = {"missing": missing_records(run).count()}
    journal.record(run, "removals_accepted", by=by, at=at, detail=detail)
    app.configure_task("federation.finish_removals").defer(run_id=run.pk, by=asdict(by))


@transaction.atomic
def drop_removals(run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Close a waiting run as it stands: what it read is kept, nothing is removed.

    Raises:
        StaleStateError: it does not wait.
    """
    journal.move(run, RunState.DROPPED, table=RUN_TRANSITIONS, by=by, at=at)
    journal.record(run, "removals_dropped", by=by, at=at)
    run.ended_at = at
    run.save(update_fields=["ended_at"])


def finish_removals(run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Hide what an accepted run did not meet, batch by batch, and end it; twice changes nothing.

    Raises:
        ImportBusyError: another run of the source is at work; to be tried again.
    """
    with alone_on(run.source):
        run.refresh_from_db()
        if run.state != RunState.RUNNING or not is_latest_run(run):
            return
        summary = Summary.from_json(run.summary)
        with ReportFile(Path(run.report_path), keep_bytes=summary.report_bytes) as report:
            summary.counts[Outcome.REMOVED] += remove_missing(run, report, by=by, at=at)
        with transaction.atomic():
            run.summary = summary.as_json()
            run.ended_at = at
            run.save(update_fields=["summary", "ended_at"])
            journal.move(run, RunState.DONE, table=RUN_TRANSITIONS, by=by, at=at)
