"""The commission and the time that merchants have before a higher one holds.

Regulation (EU) 2019/1150, article 3(2): changed terms hold fifteen days, at the least, after merchants
were told. A lower commission holds at once, and so does any before somebody sells.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.portals.actions import require_commission, set_commission
from chalandise.portals.models import Portal
from chalandise.settlements.events import CommissionAnnounced, CommissionWithdrawn
from chalandise.settlements.models import CommissionChange
from chalandise.settlements.queries.commissions import (
    changes_that_hold,
    coming_change,
    sellers_on,
)
from chalandise.settlements.queries.locking import lock_rate

NOTICE = timedelta(days=16)  # fifteen whole days, the day of the announcement left out
BY = Actor.system("settlements")


@transaction.atomic
def change_commission(
    portal: Portal, commission_bp: int, *, by: Actor, at: datetime
) -> CommissionChange | None:
    """Set what the operator takes of each sale, or announce it where it rises and somebody sells.

    What was announced and does not hold yet is withdrawn by whatever is decided next: of two people
    at once, by the later.

    Returns:
        What is announced; none where it holds from now on.

    Raises:
        NotARootError: the portal stands below another.
        ValueError: less than nothing, or more than `portals.actions.MOST_COMMISSION_BP`.
    """
    require_commission(portal, commission_bp)
    portal.commission_bp = lock_rate(portal.pk).commission_bp
    coming = coming_change(portal)
    if coming is not None:
        if coming.commission_bp == commission_bp:
            return coming
        _withdraw(coming, by=by, at=at)
    if commission_bp > portal.commission_bp and sellers_on(portal).exists():
        return _announce(portal, commission_bp, by=by, at=at)
    if commission_bp != portal.commission_bp:
        set_commission(portal, commission_bp, by=by, at=at)
    return None


def apply_commissions(*, at: datetime) -> int:
    """Let the commissions hold whose day has come; return how many."""
    return sum(_apply(pk, at=at) for pk in changes_that_hold(on=timezone.localdate(at)))


def _announce(portal: Portal, commission_bp: int, *, by: Actor, at: datetime) -> CommissionChange:
    change = CommissionChange.objects.create(
        portal=portal,
        before_bp=portal.commission_bp,
        commission_bp=commission_bp,
        announced_at=at,
        starts_on=timezone.localdate(at) + NOTICE,
    )
    detail = {"commission_bp": commission_bp, "starts_on": str(change.starts_on)}
    record(portal, "commission_announced", by=by, at=at, detail=detail)
    emit(CommissionAnnounced(change.pk), at=at)
    return change


def _withdraw(change: CommissionChange, *, by: Actor, at: datetime) -> None:
    if _still_comes(change.pk).update(withdrawn_at=at):
        detail = {"commission_bp": change.commission_bp, "starts_on": str(change.starts_on)}
        record(change.portal, "commission_withdrawn", by=by, at=at, detail=detail)
        emit(CommissionWithdrawn(change.pk), at=at)


@transaction.atomic
def _apply(change_id: int, *, at: datetime) -> bool:
    change = CommissionChange.objects.select_related("portal").get(pk=change_id)
    lock_rate(change.portal_id)
    if not _still_comes(change_id).update(applied_at=at):
        return False
    set_commission(change.portal, change.commission_bp, by=BY, at=at)
    return True


def _still_comes(change_id: int) -> QuerySet[CommissionChange]:
    """Return a change that neither holds nor was withdrawn: of two at once, the database lets one."""
    return CommissionChange.objects.filter(pk=change_id, applied_at=None, withdrawn_at=None)
