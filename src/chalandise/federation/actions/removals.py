"""What a source no longer says: the brake, then hiding the sheets that nobody else speaks for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.directory.actions.listing import move_listings
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.federation.actions.runs import Summary
from chalandise.federation.errors import RunWaitsError
from chalandise.federation.models import ImportRun, SourceRecord
from chalandise.federation.queries import missing_records
from chalandise.federation.reports import Outcome, ReportFile, ReportLine
from chalandise.federation.wording import OUTCOMES
from chalandise.journal.states import Actor

LARGEST_REMOVAL = 0.20
"""A run that would remove a larger share of its source stops and asks."""

_CHUNK = 1000


def check_removals(summary: Summary, missing_count: int, *, accepted: bool) -> None:
    """Stop a run that would remove too much, or what a row that it refused may be about.

    What was known is what the run met of it and what is missing; what it made itself does not count.

    Raises:
        RunWaitsError: more than a fifth of the source is missing, or something is while refused rows
            do not say whom they mean; and nobody accepted it.
    """
    if accepted or not missing_count:
        return
    known_count = summary.met_known_count + missing_count
    share = missing_count / known_count
    if share > LARGEST_REMOVAL or summary.unnamed_count:
        raise RunWaitsError(missing_count, known_count, share, summary.unnamed_count)


def remove_missing(run: ImportRun, report: ReportFile, *, by: Actor, at: datetime) -> int:
    """Mark the records that the run did not meet as gone, batch by batch; return how many.

    A sheet is hidden when no other source speaks of it and no merchant looks after it.
    """
    removed = 0
    while True:
        with transaction.atomic():
            gone = list(
                missing_records(run)
                .order_by("pk")
                .values_list("pk", "external_id", "establishment_id")[:_CHUNK]
            )
            if not gone:
                return removed
            SourceRecord.objects.filter(pk__in=[pk for pk, _, _ in gone]).update(is_gone=True)
            ids = {establishment for _, _, establishment in gone if establishment}
            spoken_for = set(
                SourceRecord.objects.filter(establishment__in=ids, is_gone=False).values_list(
                    "establishment_id", flat=True
                )
            )
            orphans = Establishment.objects.filter(
                pk__in=ids - spoken_for, claimed_at=None
            ).values_list("pk", flat=True)
            hidden = move_listings(
                list(orphans),
                ListingState.HIDDEN,
                by=by,
                at=at,
                reason="no longer in the source",
            )
            report.write(
                ReportLine(
                    0, external_id, "", Outcome.REMOVED, remark=str(OUTCOMES[Outcome.REMOVED])
                )
                for _, external_id, establishment in gone
                if establishment in hidden
            )
            removed += len(gone)
