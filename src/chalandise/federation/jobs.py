"""Background entry points of the federation."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from chalandise.federation.actions.decisions import finish_removals
from chalandise.federation.errors import ImportBusyError
from chalandise.federation.models import ImportRun
from chalandise.journal.states import Actor


@app.task(
    name="federation.finish_removals",
    retry=RetryStrategy(max_attempts=60, wait=30, retry_exceptions=[ImportBusyError]),
)
def finish(run_id: int, by: dict[str, str]) -> None:
    """Hide what an accepted run did not meet."""
    run = ImportRun.objects.select_related("source").get(pk=run_id)
    finish_removals(run, by=Actor(**by), at=timezone.now())
