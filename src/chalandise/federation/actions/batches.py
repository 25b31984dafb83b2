"""One batch of records, in one transaction: sort them, match them, bring their facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalandise.directory.actions.facts import apply_facts_in_bulk
from chalandise.directory.actions.listing import move_listings, yield_to_any_source
from chalandise.directory.errors import BadFactError
from chalandise.directory.models import Establishment
from chalandise.directory.queries.disguises import find_imitated
from chalandise.directory.states import ListingState, SourceKind
from chalandise.federation.actions.closures import (
    close_listings,
    part_withdrawn,
    withdraw_listings,
)
from chalandise.federation.actions.workshop import BatchResult, Workshop
from chalandise.federation.content import digest_of, pack
from chalandise.federation.likeness import Likeness, Place, Verdict
from chalandise.federation.matching import Offer
from chalandise.federation.models import Match, SourceRecord
from chalandise.federation.queries import linked_among, withdrawn_among
from chalandise.federation.readers.records import Facts, Passed, RawRecord, RecordKind, Refusal
from chalandise.federation.reports import Outcome, ReportLine
from chalandise.federation.states import MatchState
from chalandise.federation.translation import directory_facts
from chalandise.kernel.text import fold
from chalandise.territories.models import Territory

AMBIGUITY = 0.02
"""Two candidates as like as this leave the choice to a person."""
FAR_BEHIND = 0.3
"""A candidate this much less like than the best is not worth a person's question."""
LOOK_ALIKE = Likeness(0.9, Verdict.DOUBTFUL, {"look_alike": 0.9})
"""A name that only letters of another alphabet tell from that of a known shop."""


_KNOWN_COLUMNS = ("pk", "external_id", "establishment_id", "content_digest", "is_gone", "run_id")


@dataclass
class _Item:
    """A present record on its way to a sheet."""

    record: RawRecord
    commune: Territory
    content: dict[str, Any]
    digest: str
    known: dict[str, Any] | None
    target: int | None = None
    outcome: Outcome = Outcome.CREATED
    doubts: list[Offer] = field(default_factory=list)
    is_linked_only: bool = False


def import_batch(records: Sequence[RawRecord], shop: Workshop) -> BatchResult:
    """Bring one batch into the directory; the caller holds the transaction."""
    result = BatchResult()
    sorted_out, refused = _sort(records, shop, result)
    present, withdrawn = part_withdrawn(sorted_out, shop)
    known = _known_records(shop, [record.source_id for record, _ in present])
    items = [
        item
        for record, commune in present
        if (item := _prepare(record, commune, known.get(record.source_id), shop, result))
    ]
    _choose_targets(items, shop)
    _bring(items, shop, result)
    _keep_records(items, shop)
    close_listings(records, shop, result)
    withdraw_listings([*records, *withdrawn], shop, result)
    _hold_refused(refused, shop, result)
    return result


def _sort(
    records: Sequence[RawRecord], shop: Workshop, result: BatchResult
) -> tuple[list[tuple[RawRecord, Territory]], list[RawRecord]]:
    """Keep the records that lie in the portal; refuse the others aloud, and return them too."""
    kept: list[tuple[RawRecord, Territory]] = []
    refused: list[RawRecord] = []
    seen: set[str] = set()
    for record in records:
        if record.kind is RecordKind.REFUSED:
            result.refuse(record, record.refusal or Refusal.MALFORMED)
            if record.refusal is not Refusal.DUPLICATE:
                refused.append(record)
        if record.kind is not RecordKind.PRESENT:
            continue
        if record.source_id in seen:
            result.refuse(record, Refusal.DUPLICATE)
            continue
        seen.add(record.source_id)
        commune, is_understood = shop.finder.find(record.facts)
        if commune is not None:
            kept.append((record, commune))
        elif is_understood:
            result.passed[Passed.ELSEWHERE] += 1
        else:
            result.refuse(record, Refusal.NO_COMMUNE)
            refused.append(record)
    return kept, refused


def _hold_refused(refused: list[RawRecord], shop: Workshop, result: BatchResult) -> None:
    """Keep what was known of the rows refused this time: they are in the file, only not readable."""
    if not refused:
        return
    ids = {record.source_id for record in refused if record.source_id}
    mine = SourceRecord.objects.filter(source=shop.run.source, external_id__in=ids, is_gone=False)
    known = set(mine.values_list("external_id", flat=True))
    result.met_known_count += mine.exclude(run=shop.run).update(run=shop.run, seen_at=shop.at)
    result.unnamed_count += sum(
        not (record.source_id and record.has_own_id) and record.source_id not in known
        for record in refused
    )


def _known_records(shop: Workshop, external_ids: list[str]) -> dict[str, dict[str, Any]]:
    rows = SourceRecord.objects.filter(source=shop.run.source, external_id__in=external_ids).values(
        *_KNOWN_COLUMNS
    )
    known = {row["external_id"]: row for row in rows}
    pairs = Match.objects.filter(record__in=[row["pk"] for row in known.values()])
    by_record: dict[int, dict[str, set[int]]] = {}
    for record_id, establishment_id, state in pairs.values_list(
        "record_id", "establishment_id", "state"
    ):
        by_record.setdefault(record_id, {}).setdefault(state, set()).add(establishment_id)
    for row in known.values():
        states = by_record.get(row["pk"], {})
        row["is_waiting"] = bool(states.get(MatchState.DOUBTFUL))
        row["rejected"] = states.get(MatchState.REJECTED, set())
    return known


def _prepare(
    record: RawRecord,
    commune: Territory,
    known: dict[str, Any] | None,
    shop: Workshop,
    result: BatchResult,
) -> _Item | None:
    content = pack(record)
    item = _Item(record, commune, content, digest_of(content), known)
    if known is None:
        return item
    if known["run_id"] is not None and known["run_id"] == shop.run.pk:
        result.refuse(record, Refusal.DUPLICATE)
        return None
    result.met_known_count += not known["is_gone"]
    if known["establishment_id"] is not None:
        item.target, item.outcome = known["establishment_id"], Outcome.UPDATED
        if known["content_digest"] == item.digest and not known["is_gone"]:
            item.outcome = Outcome.UNCHANGED
    elif known["is_waiting"]:
        item.outcome = Outcome.DOUBTFUL
    return item


def _choose_targets(items: list[_Item], shop: Workshop) -> None:
    """Find the establishment that each unlinked record speaks of, by SIRET and then by likeness."""
    fresh = [item for item in items if item.target is None and item.outcome is Outcome.CREATED]
    sirets = {item.record.facts.siret for item in fresh if item.record.facts.siret}
    by_siret = dict(Establishment.objects.filter(siret__in=sirets).values_list("siret", "pk"))
    unsure = [item for item in fresh if item.record.facts.siret not in by_siret]
    offers = shop.index.find_matches([_place_told(item) for item in unsure], limit=6)
    offered = {item.record.source_id: some for item, some in zip(unsure, offers, strict=True)}
    linked = _linked(offered.values(), shop)
    claimed_sirets: set[str] = set()
    for item in fresh:
        facts = item.record.facts
        if facts.siret in by_siret:
            item.target, item.outcome = by_siret[facts.siret], Outcome.MATCHED
        elif facts.siret and facts.siret in claimed_sirets:
            item.content["facts"].pop("siret", None)
        else:
            _match(item, offered[item.record.source_id], linked, shop)
        if facts.siret:
            claimed_sirets.add(facts.siret)
    taken: set[int] = set()
    for item in items:
        if item.target is not None:
            item.is_linked_only = item.target in taken
            taken.add(item.target)


def _linked(offered: Iterable[list[Offer]], shop: Workshop) -> set[int]:
    """Return which of the places on offer the source already speaks of through another record."""
    keys = {int(place.key) for offers in offered for place, _likeness in offers}
    linked = linked_among(shop.run.source, keys)
    return linked | shop.trial_links.among(keys) if shop.trial_links else linked


def _match(item: _Item, offers: list[Offer], linked: set[int], shop: Workshop) -> None:
    facts, rejected = item.record.facts, (item.known or {}).get("rejected", set())
    imitated = find_imitated(shop.run.source.portal, facts.name)
    if imitated is not None and imitated.pk not in rejected:  # fault 77: a person looks
        item.outcome = Outcome.DOUBTFUL
        item.doubts = [(_place_of(imitated), LOOK_ALIKE)]
        return
    found = [
        (other, likeness)
        for other, likeness in offers
        if other.key not in linked and other.key not in rejected
    ][:3]
    if not found:
        return
    chosen = _only_choice(found, facts)
    if chosen is not None:
        item.target, item.outcome = int(chosen.key), Outcome.MATCHED
        linked.add(int(chosen.key))
    else:
        best = found[0][1].score
        item.outcome = Outcome.DOUBTFUL
        item.doubts = [one for one in found if best - one[1].score <= FAR_BEHIND]


def _place_told(item: _Item) -> Place:
    facts = item.record.facts
    return Place(
        key="record",
        name=facts.name,
        siret=facts.siret,
        siren=facts.siren,
        commune=item.commune.key,
        street=facts.street,
        phone=facts.phone,
        latitude=facts.latitude,
        longitude=facts.longitude,
        category=facts.category_key,
        is_name_provisional=facts.is_name_provisional,
    )


def _place_of(one: Establishment) -> Place:
    return Place(key=one.pk, name=one.name, commune=one.commune_id)


def _only_choice(found: list[Offer], facts: Facts) -> Place | None:
    """Return the place that the record surely means; among equals, the one spelt the same."""
    best_score = found[0][1].score
    equals = [
        place
        for place, likeness in found
        if likeness.verdict is Verdict.SAME and best_score - likeness.score < AMBIGUITY
    ]
    if len(equals) > 1:
        spelling = (fold(facts.name), fold(facts.street))
        equals = [one for one in equals if (fold(one.name), fold(one.street)) == spelling]
    return equals[0] if len(equals) == 1 else None


def _bring(items: list[_Item], shop: Workshop, result: BatchResult) -> None:
    """Bring the facts of all records that have a sheet or deserve one, in one call."""
    ids = [item.target for item in items if item.target and item.outcome is not Outcome.UNCHANGED]
    establishments = Establishment.objects.in_bulk(ids)
    brought: list[tuple[_Item, Establishment | None, dict[str, Any]]] = []
    for item in items:
        if item.outcome in (Outcome.DOUBTFUL, Outcome.UNCHANGED) or item.is_linked_only:
            result.add(item.record, item.outcome)
            continue
        sheet = establishments.get(item.target) if item.target else None
        facts, refused = directory_facts(
            item.record.facts,
            commune=item.commune,
            categories=shop.categories,
            known=sheet,
            activities=shop.activities,
        )
        if "siret" not in item.content["facts"]:
            facts.pop("siret", None)
        if sheet and find_imitated(shop.run.source.portal, item.record.facts.name):
            facts.pop("name", None)  # a sheet keeps its own name rather than put on another's
        if sheet is None and not {"name", "category", "address"} <= facts.keys():
            result.refuse(item.record, Refusal.NO_NAME)
            item.outcome = Outcome.REFUSED
            continue
        _tell_refused_facts(item, refused, result)
        brought.append((item, sheet, facts))
    applied = apply_facts_in_bulk(
        [(sheet, facts) for _, sheet, facts in brought],
        source=shop.source_ref,
        by=shop.by,
        at=shop.at,
    )
    stand_ins = []
    for (item, _, _), outcome in zip(brought, applied, strict=True):
        item.target = outcome.establishment.pk
        if shop.trial_links and not outcome.is_new:
            shop.trial_links.add(outcome.establishment.pk)
        if item.outcome is Outcome.UPDATED and not outcome.changed:
            item.outcome = Outcome.UNCHANGED
        if outcome.is_new and item.record.facts.is_name_provisional:
            stand_ins.append(outcome.establishment.pk)
        result.add(item.record, item.outcome, sheet=outcome.establishment.slug)
    yield_to_any_source(stand_ins, "name")
    _show_again(items, shop)


def _tell_refused_facts(item: _Item, refused: Iterable[BadFactError], result: BatchResult) -> None:
    for error in refused:
        result.lines.append(
            ReportLine(
                item.record.line,
                item.record.source_id,
                item.record.facts.name,
                item.outcome,
                error.field,
                error.reason,
            )
        )


def _show_again(items: list[_Item], shop: Workshop) -> None:
    """Show what had left the source and is back, but for those who oppose publication."""
    back = [item.target for item in items if item.target and item.known and item.known["is_gone"]]
    if back and shop.source_ref.kind != SourceKind.REGISTER:
        numbered = Establishment.objects.filter(pk__in=back).exclude(siret=None)
        siret_of = {pk: str(siret) for pk, siret in numbered.values_list("pk", "siret")}
        opposed = withdrawn_among(siret_of.values())
        back = [pk for pk in back if siret_of.get(pk) not in opposed]
    move_listings(back, ListingState.PUBLISHED, by=shop.by, at=shop.at, reason="back in the source")


def _keep_records(items: list[_Item], shop: Workshop) -> None:
    """Write what the source said, and that this run met it."""
    said_again = (Outcome.UNCHANGED, Outcome.REFUSED)
    met = [
        item.known["pk"]
        for item in items
        if item.known
        and item.outcome in said_again
        and not (item.outcome is Outcome.REFUSED and item.known["is_gone"])
    ]
    SourceRecord.objects.filter(pk__in=met).update(run=shop.run, seen_at=shop.at, is_gone=False)
    written = [item for item in items if item.outcome not in said_again]
    records = SourceRecord.objects.bulk_create(
        [
            SourceRecord(
                source=shop.run.source,
                external_id=item.record.source_id[:160],
                establishment_id=item.target,
                content=item.content,
                content_digest=item.digest,
                run=shop.run,
                is_gone=False,
                seen_at=shop.at,
            )
            for item in written
        ],
        update_conflicts=True,
        unique_fields=["source", "external_id"],
        update_fields=[
            "establishment", "content", "content_digest", "run", "is_gone", "seen_at",
        ],
        batch_size=1000,
    )  # fmt: skip
    Match.objects.bulk_create(
        [
            Match(
                record=record,
                establishment_id=place.key,
                score=likeness.score,
                reasons=likeness.points,
                found_at=shop.at,
            )
            for item, record in zip(written, records, strict=True)
            for place, likeness in item.doubts
        ],
        ignore_conflicts=True,
    )
