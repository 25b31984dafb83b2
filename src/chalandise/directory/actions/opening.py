"""Hours and services confirmed, exceptional closings, « still right? »."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction

from chalandise.directory.actions.facts import Applied, apply_facts
from chalandise.directory.actions.touching import announce
from chalandise.directory.errors import BadFactError
from chalandise.directory.models import Establishment, ExceptionalClosing
from chalandise.directory.sources import MERCHANT
from chalandise.directory.states import HoursPurpose
from chalandise.directory.values import SourceRef
from chalandise.journal.actions import record
from chalandise.journal.states import Actor

LONGEST_CLOSING_DAYS = 400


@transaction.atomic
def confirm_hours_and_services(
    establishment: Establishment,
    *,
    hours: Mapping[HoursPurpose, str],
    services: Collection[str],
    by: Actor,
    at: datetime,
    source: SourceRef = MERCHANT,
) -> Applied:
    """Write what the merchant says of the hours, purpose by purpose, and of the services.

    A blank value says that the purpose has no hours of its own.

    Raises:
        BadFactError: hours that cannot be read, or an unknown service; nothing is changed.
    """
    facts: dict[str, object] = {f"hours:{purpose}": value for purpose, value in hours.items()}
    facts["services"] = list(services)
    return apply_facts(establishment, facts, source=source, by=by, at=at)


@transaction.atomic
def confirm_still_right(
    establishment: Establishment, *, by: Actor, at: datetime, source: SourceRef = MERCHANT
) -> Applied:
    """Vouch for the hours and services as they stand.

    Raises:
        BadFactError: there are no hours to vouch for.
    """
    current = {one.purpose: one.value for one in establishment.hours.all() if one.value}
    if HoursPurpose.VISIT not in current:
        raise BadFactError("hours:visit", "missing")
    hours = {HoursPurpose(purpose): value for purpose, value in current.items()}
    return confirm_hours_and_services(
        establishment, hours=hours, services=establishment.services, by=by, at=at, source=source
    )


@transaction.atomic
def close_exceptionally(
    establishment: Establishment,
    *,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> ExceptionalClosing:
    """Say that the doors stay closed on some days; the same days said twice are said once.

    Raises:
        BadFactError: the days are in the wrong order, in the past, or more than a year long.
    """
    if ends_on < starts_on or (ends_on - starts_on).days > LONGEST_CLOSING_DAYS:
        raise BadFactError("closing", "unknown_value")
    closing, is_new = ExceptionalClosing.objects.get_or_create(
        establishment=establishment,
        starts_on=starts_on,
        ends_on=ends_on,
        defaults={"reason": reason[:120]},
    )
    if is_new:
        detail = {"from": starts_on.isoformat(), "to": ends_on.isoformat()}
        record(establishment, "closing_announced", by=by, at=at, detail=detail)
        announce(establishment, at=at)
    return closing


@transaction.atomic
def open_after_all(closing: ExceptionalClosing, *, by: Actor, at: datetime) -> None:
    """Take an exceptional closing back."""
    establishment = closing.establishment
    detail = {"from": closing.starts_on.isoformat(), "to": closing.ends_on.isoformat()}
    closing.delete()
    record(establishment, "closing_withdrawn", by=by, at=at, detail=detail)
    announce(establishment, at=at)
