"""Showing, hiding and closing many establishments at once, as imports do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from chalandise.directory.actions.locking import lock_establishments
from chalandise.directory.events import EstablishmentsChanged
from chalandise.directory.models import Establishment, Fact
from chalandise.directory.states import LISTING_TRANSITIONS, ListingState
from chalandise.journal.actions import emit, subject_of
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor


@transaction.atomic
def move_listings(
    establishment_ids: Collection[int],
    to: ListingState,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> list[int]:
    """Step many establishments to one listing state; those that may not step stay.

    The rows are locked in primary-key order; each that moved gets a journal entry, and one event
    tells of all.

    Returns:
        The identifiers of those that moved.
    """
    if not establishment_ids:
        return []
    rows = lock_establishments(
        Establishment.objects.filter(
            pk__in=establishment_ids, status__in=LISTING_TRANSITIONS.sources_of(to)
        ).only("pk", "status")
    )
    if not rows:
        return []
    Establishment.objects.filter(pk__in=[one.pk for one in rows]).update(status=to, updated_at=at)
    Entry.objects.bulk_create(
        [
            Entry(
                subject=subject_of(one),
                verb=f"became_{to}",
                detail={"from": one.status, "reason": reason},
                actor_kind=by.kind,
                actor_reference=by.reference,
                actor_label=by.label[:200],
                behalf_of=by.behalf_of[:200],
                happened_at=at,
            )
            for one in rows
        ],
        batch_size=1000,
    )
    moved = [one.pk for one in rows]
    emit(EstablishmentsChanged(moved), at=at)
    return moved


def yield_to_any_source(establishment_ids: Collection[int], field: str) -> None:
    """Let any other source replace a fact that only stands in for a better one.

    A trade written for want of a name is such a fact: without a date, it is older than all.
    """
    Fact.objects.filter(establishment__in=establishment_ids, field=field).update(dated_on=None)
