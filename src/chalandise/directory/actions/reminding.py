"""Asking « still right? » from time to time, never often."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from chalandise.directory.actions.locking import lock_idle_establishments
from chalandise.directory.events import ReminderDue
from chalandise.directory.models import Establishment, EstablishmentHours
from chalandise.directory.states import HoursPurpose
from chalandise.journal.actions import emit

ASKED_AFTER = timedelta(days=120)
ASKED_AGAIN_AFTER = timedelta(days=60)
MOST_AT_ONCE = 500


@transaction.atomic
def remind_of_hours(*, at: datetime) -> int:
    """Ask those whose hours nobody confirmed for four months, at most every two months.

    Hours that were never confirmed, only shown since somebody answers for the sheet, count from
    the claim.

    Returns:
        How many were asked.
    """
    long_ago = at - ASKED_AFTER
    shown = EstablishmentHours.objects.filter(
        establishment=OuterRef("pk"), purpose=HoursPurpose.VISIT
    ).exclude(value="")
    never_confirmed = Q(Exists(shown), hours_verified_at=None, claimed_at__lte=long_ago)
    silent = (
        Establishment.objects.published()
        .filter(claimed_at__isnull=False)
        .filter(Q(hours_verified_at__lte=long_ago) | never_confirmed)
        .filter(Q(reminded_at__isnull=True) | Q(reminded_at__lte=at - ASKED_AGAIN_AFTER))
    )
    due = lock_idle_establishments(silent, most=MOST_AT_ONCE)
    Establishment.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=at)
    for establishment in due:
        emit(ReminderDue(establishment.pk), at=at)
    return len(due)
