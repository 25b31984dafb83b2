"""Imports: what each run brought, what it refused and why."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.figures import runs_of
from chalandise.console.history import history_of
from chalandise.console.paging import page_of
from chalandise.console.wording import HISTORY_VERBS
from chalandise.federation.actions.decisions import accept_removals, drop_removals
from chalandise.federation.errors import RunOvertakenError
from chalandise.federation.models import ImportRun
from chalandise.federation.queries import is_latest_run, missing_records
from chalandise.federation.states import RunState
from chalandise.federation.wording import OUTCOMES, PASSED, REFUSALS
from chalandise.journal.actions import subject_of
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.portals.policies import DESK_ROLES

MOST_MISSING = 50


@desk_page(DESK_ROLES)
def imports(request: DeskRequest) -> HttpResponse:
    """List the imports, the latest first."""
    rows = page_of(request, runs_of(request.desk.portal_ids))
    return render(request, "console/imports/list.html", {"title": _("Imports"), "rows": rows})


@desk_page(DESK_ROLES)
def import_run(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what one run did."""
    run = _get_run(request, pk)
    summary = run.summary
    context = {
        "title": run.file_name,
        "subtitle": f"{run.source.name} · {run.source.portal.name}",
        "back_url": reverse("console:imports"),
        "back_label": _("Imports"),
        "run": run,
        "read": summary.get("read", run.mark),
        "outcomes": [
            (label, summary[outcome]) for outcome, label in OUTCOMES.items() if summary.get(outcome)
        ],
        "refusals": _named(summary.get("refusals", {}), {str(k): v for k, v in REFUSALS.items()}),
        "passed": _named(summary.get("passed", {}), {str(k): v for k, v in PASSED.items()}),
        **_question(run),
        "is_failed": run.state == RunState.FAILED,
        "has_report": _find_report(run) is not None,
        "history": history_of(subject_of(run), HISTORY_VERBS),
    }
    return render(request, "console/imports/run.html", context)


def _question(run: ImportRun) -> dict[str, object]:
    """What a run that waits asks: how many sheets out of how many."""
    if run.state != RunState.WAITING:
        return {}
    missing = missing_records(run)
    missing_count = missing.count()
    return {
        "is_waiting": True,
        "is_overtaken": not is_latest_run(run),
        "missing_count": missing_count,
        "known_count": run.summary.get("met_known", 0) + missing_count,
        "unnamed_count": run.summary.get("unnamed", 0),
        "missing": missing.filter(establishment__isnull=False)
        .select_related("establishment__commune")
        .order_by("establishment__sort_key")[:MOST_MISSING],
    }


@desk_page(DESK_ROLES)
@require_POST
def accept_import_removals(request: DeskRequest, pk: int) -> HttpResponse:
    """Hide what the source no longer says."""
    run = _get_run(request, pk)
    try:
        accept_removals(run, by=request.desk.actor, at=timezone.now())
    except RunOvertakenError:
        messages.error(request, _("A later import of this source has spoken since."))
    except StaleStateError:
        messages.error(request, _("Somebody has decided meanwhile."))
    else:
        messages.success(request, _("Accepted. The sheets are hidden within a minute."))
    return redirect("console:import_run", pk=run.pk)


@desk_page(DESK_ROLES)
@require_POST
def drop_import_removals(request: DeskRequest, pk: int) -> HttpResponse:
    """Close the run; every sheet stays."""
    run = _get_run(request, pk)
    try:
        drop_removals(run, by=request.desk.actor, at=timezone.now())
    except StaleStateError:
        messages.error(request, _("Somebody has decided meanwhile."))
    else:
        messages.success(request, _("The import is closed; no sheet was removed."))
    return redirect("console:import_run", pk=run.pk)


@desk_page(DESK_ROLES)
def import_report(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Send the report of a run, row by row; every cell was made harmless when it was written."""
    run = _get_run(request, pk)
    path = _find_report(run)
    if path is None:
        raise NotFoundError
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=path.name,
        content_type="text/csv; charset=utf-8",
    )


def _get_run(request: DeskRequest, pk: int) -> ImportRun:
    run = runs_of(request.desk.portal_ids).filter(pk=pk).first()
    if run is None:
        raise NotFoundError
    return run


def _find_report(run: ImportRun) -> Path | None:
    """Return where the report lies, only ever inside the folder of reports."""
    if not run.report_path:
        return None
    folder = (Path(settings.VAR_DIR) / "imports").resolve()
    path = Path(run.report_path).resolve()
    return path if path.is_file() and folder in path.parents else None


def _named(counts: dict[str, int], names: dict[str, object]) -> list[tuple[str, int]]:
    return [(str(names.get(key, key)), count) for key, count in counts.items() if count]
