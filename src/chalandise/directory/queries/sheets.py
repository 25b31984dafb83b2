"""Reads about one sheet: the doors to it, its provenance, its hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalandise.accounts.models import User
from chalandise.directory.hours import Closing, Opening, Schedule, schedule_for
from chalandise.directory.models import Establishment, EstablishmentQuerySet, Fact
from chalandise.directory.queries.whole import find_published
from chalandise.directory.states import HoursPurpose, ListingState
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.holidays import METROPOLE, ZONES
from chalandise.kernel.sorting import french_sort_key
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys


@dataclass(frozen=True)
class Provenance:
    """Where one source's facts come from, several fields said together."""

    label: str
    kind: str
    licence: str
    dated_on: date | None
    verified_at: datetime | None
    fields: tuple[str, ...]


def get_establishment_on(portal: Portal, slug: str) -> Establishment:
    """Return the published establishment ``slug`` of a portal with all its sheet shows.

    Fixed cost: one query, and one for the territories of a portal that does not know its own yet.

    Raises:
        NotFoundError: absent, hidden, closed for good, or outside the portal.
    """
    found = find_published(slug)
    if found is None or not set(scope_keys(portal)) & set(found.commune.ancestor_keys):
        raise NotFoundError
    return found


def list_establishments_of_member(user: User) -> EstablishmentQuerySet:
    """Return the claimed establishments a person looks after, by name, without those closed for good.

    A sheet nobody claimed stays out even when it belongs to the same legal unit: each is claimed
    by its own code, so that one letter does not hand over a hundred branches.
    """
    return (
        Establishment.objects.filter(organisation__memberships__user=user, claimed_at__isnull=False)
        .exclude(status=ListingState.CLOSED)
        .with_card()
        .order_by("sort_key", "pk")
    )


def get_establishment_for_member(user: User, slug: str) -> Establishment:
    """Return an establishment of one of the person's organisations: the counter's only door.

    Raises:
        NotFoundError: absent, or somebody else's; the two read the same (fault 45).
    """
    found = list_establishments_of_member(user).filter(slug=slug).first()
    if found is None or not user.is_active:
        raise NotFoundError
    return found


def list_provenance(establishment: Establishment) -> list[Provenance]:
    """Return where the facts come from, one row per source, the strongest first.

    No query when ``facts`` were fetched in advance.
    """
    grouped: dict[tuple[str, str], list[Fact]] = {}
    facts = sorted(establishment.facts.all(), key=lambda fact: fact.field)
    for fact in facts:
        grouped.setdefault((fact.source_kind, fact.source_label), []).append(fact)
    order = {kind: place for place, kind in enumerate(_STRONGEST_FIRST)}
    rows = [
        Provenance(
            label=label,
            kind=kind,
            licence=next((f.licence for f in some if f.licence), ""),
            dated_on=max((f.dated_on for f in some if f.dated_on), default=None),
            verified_at=max((f.verified_at for f in some if f.verified_at), default=None),
            fields=tuple(f.field for f in some),
        )
        for (kind, label), some in grouped.items()
    ]
    return sorted(rows, key=lambda row: (order.get(row.kind, 9), french_sort_key(row.label)))


_STRONGEST_FIRST = ("merchant", "operator", "community", "local_file", "register")


def local_day(establishment: Establishment, at: datetime) -> date:
    """Return the day by the establishment's own calendar."""
    return at.astimezone(ZoneInfo(establishment.timezone)).date()


def opening_of(
    establishment: Establishment, purpose: HoursPurpose = HoursPurpose.VISIT
) -> Schedule | None:
    """Return when an establishment is open for a purpose, or ``None`` when nobody has said.

    The same queries as `opening_values`. The schedule is shared: nobody writes into it.
    """
    opening = opening_values(establishment, purpose)
    return schedule_for(opening) if opening else None


def opening_values(
    establishment: Establishment, purpose: HoursPurpose = HoursPurpose.VISIT
) -> Opening | None:
    """Return what decides when an establishment is open, or ``None`` when nobody has said.

    Collecting and delivering follow the visiting hours unless they have their own. No query when
    ``hours``, ``closings`` and ``commune`` were fetched in advance.
    """
    values = {one.purpose: one.value for one in establishment.hours.all()}
    value = values.get(purpose) or values.get(HoursPurpose.VISIT)
    return _openings(establishment, {purpose: value}).get(purpose) if value else None


def openings_of(establishment: Establishment) -> dict[HoursPurpose, Opening]:
    """Return what decides when an establishment is open, for each purpose that differs.

    Collecting and delivering are left out where they follow the visiting hours. The same queries
    as `opening_values`.
    """
    values = {HoursPurpose(one.purpose): one.value for one in establishment.hours.all()}
    visit = values.get(HoursPurpose.VISIT, "")
    return _openings(
        establishment,
        {
            purpose: value
            for purpose, value in values.items()
            if value and (purpose is HoursPurpose.VISIT or value != visit)
        },
    )


def _openings(
    establishment: Establishment, values: Mapping[HoursPurpose, str]
) -> dict[HoursPurpose, Opening]:
    if not values:
        return {}
    zone = establishment.commune.holiday_zone
    closings = tuple(
        [Closing(one.starts_on, one.ends_on, one.reason) for one in establishment.closings.all()]
    )
    return {
        purpose: Opening(
            value, establishment.timezone, zone if zone in ZONES else METROPOLE, closings
        )
        for purpose, value in values.items()
    }
