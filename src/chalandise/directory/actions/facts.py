"""The one door by which facts enter the directory.

Whoever brings them (register, commune's file, agent, merchant), each fact meets the same rule:
the stronger source wins (`chalandise.directory.strength`), and the winner's name stays beside the
value as its provenance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from chalandise.directory.actions.locking import lock_establishments, lock_slugs
from chalandise.directory.actions.merging import Merge
from chalandise.directory.errors import BadFactError
from chalandise.directory.events import EstablishmentsChanged, OwnerChanged
from chalandise.directory.fact_fields import HOURS_FIELDS, columns_filled_by
from chalandise.directory.ladder import level_of
from chalandise.directory.models import Establishment, EstablishmentHours, Fact, Photo
from chalandise.directory.queries import free_slugs, ladder_standing
from chalandise.directory.values import SourceRef
from chalandise.journal import actions as journal
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor

Facts = Mapping[str, Any]
_RECKONED = ("level", "updated_at", "hours_verified_at", "services_verified_at")
_NEEDED = ("name", "category", "address")
_COLUMNS = [
    one.attname
    for one in Establishment._meta.concrete_fields
    if one.name not in ("id", "public_id", "slug", "created_at")
]


@dataclass(frozen=True)
class Applied:
    """What became of the facts brought for one establishment.

    Attributes:
        establishment: as it is now.
        is_new: it was made.
        changed: the facts whose value is no longer the same.
        confirmed: the facts that the source repeated or now vouches for, unchanged in value.
        kept: the facts that a stronger source holds against this one.
    """

    establishment: Establishment
    is_new: bool
    changed: tuple[str, ...]
    confirmed: tuple[str, ...]
    kept: tuple[str, ...] = field(default=())


@transaction.atomic
def apply_facts(
    establishment: Establishment | None,
    facts: Facts,
    *,
    source: SourceRef,
    by: Actor,
    at: datetime,
) -> Applied:
    """Bring facts to one establishment, or make it when ``None`` is given.

    A value of ``hours:<purpose>`` is text in any spelling; ``address`` a `PostalAddress`,
    ``position`` a `Position`, ``category`` a `Category`; see `fact_fields` for the others. The
    instance given is brought up to date.

    Raises:
        BadFactError: a fact may not enter, or a new establishment lacks name, category or address.
    """
    return apply_facts_in_bulk([(establishment, facts)], source=source, by=by, at=at)[0]


@transaction.atomic
def apply_facts_in_bulk(
    brought: Sequence[tuple[Establishment | None, Facts]],
    *,
    source: SourceRef,
    by: Actor,
    at: datetime,
) -> list[Applied]:
    """Bring facts of one source to many establishments, in a fixed number of queries.

    The results come in the order of ``brought``. An establishment may appear once. One event
    announces all that changed.

    Raises:
        BadFactError: as `apply_facts`; nothing of the batch is kept.
    """
    merges = _begin(brought, source=source, by=by, at=at)
    for merge, (_given, facts) in zip(merges, brought, strict=True):
        for name, value in facts.items():
            merge.take(name, value)
    touched = [merge for merge in merges if merge.is_new or merge.touched]
    _set_levels(touched, at=at)
    _write(touched, at=at)
    _remember(touched, source=source, by=by, at=at)
    for merge, (given, _facts) in zip(merges, brought, strict=True):
        if given is not None:
            for column in _COLUMNS:
                setattr(given, column, getattr(merge.establishment, column))
    return [
        Applied(
            establishment=merge.establishment,
            is_new=merge.is_new,
            changed=tuple(merge.changed),
            confirmed=tuple(merge.confirmed),
            kept=tuple(merge.kept),
        )
        for merge in merges
    ]


def _begin(
    brought: Sequence[tuple[Establishment | None, Facts]],
    *,
    source: SourceRef,
    by: Actor,
    at: datetime,
) -> list[Merge]:
    """Lock what exists, in primary-key order, and name what is new."""
    ids = sorted(one.pk for one, _facts in brought if one is not None and one.pk)
    known = {
        one.pk: one
        for one in lock_establishments(
            Establishment.objects.filter(pk__in=ids).prefetch_related("facts", "hours")
        )
    }
    merges: list[Merge] = []
    for given, facts in brought:
        if given is not None and given.pk:
            merge = Merge(known[given.pk], source=source, by=by, at=at)
        else:
            missing = next((name for name in _NEEDED if name not in facts), None)
            if missing:
                raise BadFactError(missing, "missing")
            fresh = given or Establishment()
            fresh.created_at = at
            merge = Merge(fresh, source=source, by=by, at=at, is_new=True)
        merges.append(merge)
    return merges


def _set_levels(merges: list[Merge], *, at: datetime) -> None:
    ids = [m.establishment.pk for m in merges if m.establishment.claimed_at and not m.is_new]
    counts: dict[int, int] = {}
    if ids:
        rows = Photo.objects.filter(establishment__in=ids).values_list("establishment")
        counts = dict(rows.annotate(count=Count("pk")).values_list("establishment", "count"))
    for merge in merges:
        one = merge.establishment
        one.level = level_of(ladder_standing(one, photo_count=counts.get(one.pk, 0)), at)
        one.updated_at = at


def _write(merges: list[Merge], *, at: datetime) -> None:
    new = [merge.establishment for merge in merges if merge.is_new]
    if new:
        lock_slugs()  # two imports must not give one address twice
        for one, slug in zip(
            new, free_slugs([(one.name, one.commune.name) for one in new]), strict=True
        ):
            one.slug = slug
        Establishment.objects.bulk_create(new)
    old = [merge.establishment for merge in merges if not merge.is_new]
    if old:
        filled = {
            column
            for merge in merges
            for name in merge.changed
            if name not in HOURS_FIELDS
            for column in columns_filled_by(name)
        }
        Establishment.objects.bulk_update(old, [*sorted(filled), *_RECKONED], batch_size=200)
    Fact.objects.bulk_create(
        [fact for merge in merges for fact in merge.facts()],
        update_conflicts=True,
        unique_fields=["establishment", "field"],
        update_fields=[
            "source_kind",
            "source_label",
            "licence",
            "dated_on",
            "verified_at",
            "verified_by",
        ],
        batch_size=1000,
    )
    EstablishmentHours.objects.bulk_create(
        [hours for merge in merges for hours in merge.hours()],
        update_conflicts=True,
        unique_fields=["establishment", "purpose"],
        update_fields=["value", "raw", "problem"],
        batch_size=1000,
    )


def _remember(merges: list[Merge], *, source: SourceRef, by: Actor, at: datetime) -> None:
    """Leave one entry an establishment that changed, and one event for all."""
    told = [merge for merge in merges if merge.is_new or merge.changed or merge.is_vouched]
    if not told:
        return
    Entry.objects.bulk_create(
        [
            Entry(
                subject=journal.subject_of(merge.establishment),
                verb="listed" if merge.is_new else "facts_changed",
                detail={
                    "source": source.label,
                    "kind": str(source.kind),
                    "changed": merge.changed,
                    "confirmed": merge.confirmed if merge.is_vouched else [],
                },
                actor_kind=by.kind,
                actor_reference=by.reference,
                actor_label=by.label[:200],
                behalf_of=by.behalf_of[:200],
                happened_at=at,
            )
            for merge in told
        ],
        batch_size=1000,
    )
    journal.emit(EstablishmentsChanged([merge.establishment.pk for merge in told]), at=at)
    for merge in told:
        if "organisation" in merge.changed and not merge.is_new:
            journal.emit(OwnerChanged(merge.establishment.pk), at=at)
