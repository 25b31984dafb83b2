"""What a register takes back: establishments that closed, persons who oppose publication."""

from __future__ import annotations

from collections.abc import Sequence

from chalandise.directory.actions.listing import move_listings
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.federation.actions.workshop import BatchResult, Workshop
from chalandise.federation.models import SourceRecord
from chalandise.federation.readers.records import RawRecord, RecordKind
from chalandise.federation.reports import Outcome, ReportLine
from chalandise.federation.wording import OUTCOMES


def close_listings(records: Sequence[RawRecord], shop: Workshop, result: BatchResult) -> None:
    """Close the sheets of establishments that the register says are closed.

    A sheet that a merchant looks after is not closed over their head: it is listed to be checked.
    """
    closed = {r.facts.siret: r for r in records if r.kind is RecordKind.CLOSED and r.facts.siret}
    if not closed:
        return
    rows = (
        Establishment.objects.on(shop.run.source.portal)
        .filter(siret__in=closed)
        .exclude(status=ListingState.CLOSED)
        .values_list("pk", "siret", "claimed_at")
    )
    to_close = []
    for pk, siret, claimed_at in rows:
        record = closed[str(siret)]
        if claimed_at is None:
            to_close.append(pk)
            result.add(record, Outcome.CLOSED)
        else:
            result.add(record, Outcome.TO_CHECK)
    move_listings(
        to_close, ListingState.CLOSED, by=shop.by, at=shop.at, reason="closed in the register"
    )
    met = SourceRecord.objects.filter(source=shop.run.source, external_id__in=closed, is_gone=False)
    result.met_known_count += met.update(is_gone=True, run=shop.run, seen_at=shop.at)


def withdraw_listings(records: Sequence[RawRecord], shop: Workshop, result: BatchResult) -> None:
    """Hide the sheets of those who oppose publication, and forget what the register said."""
    withdrawn = {r.source_id: r for r in records if r.kind is RecordKind.WITHDRAWN}
    if not withdrawn:
        return
    met = SourceRecord.objects.filter(source=shop.run.source, external_id__in=withdrawn)
    result.met_known_count += met.filter(is_gone=False).count()
    met.update(content={}, content_digest="", is_gone=True, run=shop.run, seen_at=shop.at)
    hidden = move_listings(
        list(
            Establishment.objects.on(shop.run.source.portal)
            .filter(siret__in=withdrawn, claimed_at=None)
            .values_list("pk", flat=True)
        ),
        ListingState.HIDDEN,
        by=shop.by,
        at=shop.at,
        reason="withdrawn from publication",
    )
    result.counts[Outcome.WITHDRAWN] += len(withdrawn)
    result.lines.extend(
        ReportLine(
            one.line, one.source_id, "", Outcome.WITHDRAWN, remark=str(OUTCOMES[Outcome.WITHDRAWN])
        )
        for one in withdrawn.values()
        if hidden
    )
