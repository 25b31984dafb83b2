"""What a register takes back: establishments that closed, persons who oppose publication."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from chalandise.directory.actions.listing import move_listings
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState, SourceKind
from chalandise.federation.actions.workshop import BatchResult, Workshop
from chalandise.federation.models import SourceRecord
from chalandise.federation.queries import withdrawn_among
from chalandise.federation.readers.records import Facts, RawRecord, RecordKind
from chalandise.federation.reports import Outcome, ReportLine
from chalandise.federation.wording import OUTCOMES
from chalandise.territories.models import Territory


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


def part_withdrawn(
    present: Sequence[tuple[RawRecord, Territory]], shop: Workshop
) -> tuple[list[tuple[RawRecord, Territory]], list[RawRecord]]:
    """Part the rows that bear the number of a person who opposes publication; it is all they keep.

    The register itself is believed as it speaks.
    """
    if shop.source_ref.kind == SourceKind.REGISTER:
        return list(present), []
    opposed = withdrawn_among({record.facts.siret for record, _commune in present})
    withdrawn = [
        RawRecord(
            record.source_id,
            record.line,
            RecordKind.WITHDRAWN,
            facts=Facts(siret=record.facts.siret, siren=record.facts.siren),
        )
        for record, _commune in present
        if record.facts.siret in opposed
    ]
    return [one for one in present if one[0].facts.siret not in opposed], withdrawn


def _keep_traces(withdrawn: Iterable[str], shop: Workshop) -> None:
    SourceRecord.objects.bulk_create(
        [
            SourceRecord(
                source=shop.run.source,
                external_id=source_id,
                run=shop.run,
                is_gone=True,
                seen_at=shop.at,
            )
            for source_id in withdrawn
        ],
        update_conflicts=True,
        unique_fields=["source", "external_id"],
        update_fields=["content", "content_digest", "run", "is_gone", "seen_at"],
        batch_size=1000,
    )


def withdraw_listings(records: Sequence[RawRecord], shop: Workshop, result: BatchResult) -> None:
    """Hide the sheets of those who oppose publication, and forget what the source said.

    Of each, known or not, an empty record stays, so that no other source brings them back.
    """
    withdrawn = {
        r.source_id[:160]: r for r in records if r.kind is RecordKind.WITHDRAWN and r.source_id
    }
    if not withdrawn:
        return
    said = SourceRecord.objects.filter(source=shop.run.source, external_id__in=withdrawn)
    result.met_known_count += said.filter(is_gone=False).count()
    _keep_traces(withdrawn, shop)
    theirs = Q(siret__in={r.facts.siret for r in withdrawn.values()})
    named_here = Q(siret=None, records__in=said)
    hidden = move_listings(
        list(
            Establishment.objects.on(shop.run.source.portal)
            .filter(theirs | named_here, claimed_at=None)
            .values_list("pk", flat=True)
            .distinct()
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
