"""Deciding a doubtful pair: the same place, or another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.actions.listing import move_listings
from chalandise.directory.models import Establishment
from chalandise.directory.queries.filing import filing_categories
from chalandise.directory.states import ListingState, SourceKind
from chalandise.directory.values import SourceRef
from chalandise.federation.actions.runs import Summary
from chalandise.federation.content import unpack
from chalandise.federation.errors import MatchDecidedError
from chalandise.federation.models import Match, SourceRecord
from chalandise.federation.queries import CommuneFinder, withdrawn_among
from chalandise.federation.states import MATCH_TRANSITIONS, MatchState
from chalandise.federation.translation import directory_facts
from chalandise.journal import actions as journal
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.territories.models import Territory


@transaction.atomic
def merge_match(match: Match, *, by: Actor, at: datetime) -> Establishment:
    """Say that the record speaks of the establishment: it brings its facts there.

    The other candidates of the record are thereby other places.

    Raises:
        MatchDecidedError: somebody decided first.
    """
    _decide(match, MatchState.MERGED, by=by, at=at)
    record = match.record
    for other in record.matches.filter(state=MatchState.DOUBTFUL).order_by("pk"):
        _decide(other, MatchState.REJECTED, by=by, at=at)
    establishment = match.establishment
    if establishment.claimed_at is None and _is_withdrawn(record):
        reason = "withdrawn from publication"
        move_listings([establishment.pk], ListingState.HIDDEN, by=by, at=at, reason=reason)
        return establishment
    _bring(record, establishment, establishment.commune, by=by, at=at)
    return establishment


@transaction.atomic
def reject_match(match: Match, *, by: Actor, at: datetime) -> Establishment | None:
    """Say that they are two places; a record without candidates left gets its own sheet.

    Returns:
        The new establishment, if this was the last candidate.

    Raises:
        MatchDecidedError: somebody decided first.
    """
    _decide(match, MatchState.REJECTED, by=by, at=at)
    record = match.record
    if record.matches.filter(state=MatchState.DOUBTFUL).exists() or record.is_gone:
        return None
    if _is_withdrawn(record):
        return None
    commune, _is_understood = CommuneFinder(record.source.portal).find(unpack(record.content))
    if commune is None:
        return None
    return _bring(record, None, commune, by=by, at=at)


def _day_of(record: SourceRecord) -> date:
    """Return the day for which the file spoke that said so."""
    told = Summary.from_json(record.run.summary).dated_on if record.run else None
    return told or record.seen_at.date()


def _is_withdrawn(record: SourceRecord) -> bool:
    """Tell whether a record bears the number of somebody who opposed publication meanwhile."""
    return bool(withdrawn_among({unpack(record.content).siret}))


def _decide(match: Match, state: MatchState, *, by: Actor, at: datetime) -> None:
    try:
        journal.move(match, state, table=MATCH_TRANSITIONS, by=by, at=at)
    except StaleStateError as error:
        raise MatchDecidedError from error
    match.decided_at, match.decided_by = at, by.label[:200]
    match.save(update_fields=["decided_at", "decided_by"])


def _bring(
    record: SourceRecord,
    establishment: Establishment | None,
    commune: Territory,
    *,
    by: Actor,
    at: datetime,
) -> Establishment:
    source, facts = record.source, unpack(record.content)
    brought, _refused = directory_facts(
        facts, commune=commune, categories=filing_categories(), known=establishment
    )
    others = Establishment.objects.filter(siret=brought.get("siret") or None)
    if establishment is not None:
        others = others.exclude(pk=establishment.pk)
    if others.exists():
        brought.pop("siret", None)
    applied = apply_facts(
        establishment,
        brought,
        source=SourceRef(
            kind=SourceKind(source.kind),
            label=source.name,
            licence=source.licence,
            dated_on=_day_of(record),
        ),
        by=by,
        at=at,
    )
    record.establishment = applied.establishment
    record.save(update_fields=["establishment"])
    return applied.establishment
