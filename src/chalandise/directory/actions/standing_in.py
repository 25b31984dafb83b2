"""Standing in: an agent opens a merchant's counter, and somebody ends it before its time.

The merchant asked for it on the telephone; the session is short, bears its reason, is told to the
merchant at once, and everything done in it names both (fault 50).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from chalandise.accounts.models import User
from chalandise.directory.errors import AlreadyStandingInError
from chalandise.directory.events import StandInOpened
from chalandise.directory.models import Establishment, StandIn
from chalandise.directory.policies import require_may_stand_in
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.portals.models import Portal

LASTS = timedelta(minutes=30)


def open_stand_in(
    establishment: Establishment, *, portal: Portal, agent: User, reason: str, at: datetime
) -> StandIn:
    """Let an agent sit at a merchant's counter for half an hour.

    Raises:
        NotFoundError: the agent has no desk there.
        NobodyToStandInForError: nobody looks after the sheet.
        StaffShopError: the merchant is staff.
        AlreadyStandingInError: the agent sits at a counter already.
    """
    with transaction.atomic():
        merchant = require_may_stand_in(agent, establishment, portal=portal)
        StandIn.objects.filter(agent=agent, ended_at__isnull=True, ends_at__lte=at).update(
            ended_at=F("ends_at")
        )
        by = Actor.agent(agent, behalf_of=str(merchant))
        try:
            with transaction.atomic():
                opened = StandIn.objects.create(
                    establishment=establishment,
                    portal=portal,
                    agent=agent,
                    merchant=merchant,
                    reason=reason,
                    opened_at=at,
                    ends_at=at + LASTS,
                )
        except IntegrityError as error:
            raise AlreadyStandingInError from error
        record(establishment, "stand_in_opened", by=by, at=at, detail={"reason": reason})
        emit(StandInOpened(opened.pk), at=at)
        return opened


@transaction.atomic
def end_stand_in(stand_in: StandIn, *, by: Actor, at: datetime) -> None:
    """End a session before its time, by whoever asks: the agent, or the merchant.

    Raises:
        StaleStateError: it is over already.
    """
    running = StandIn.objects.filter(pk=stand_in.pk, ended_at__isnull=True, ends_at__gt=at)
    if not running.update(ended_at=at, ended_by=by.label[:200]):
        raise StaleStateError(f"directory.standin:{stand_in.pk}", "ended")
    record(stand_in.establishment, "stand_in_ended", by=by, at=at)
