"""The people of a pooled point: invited by the desk of its portal, and let go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.accounts.models import User
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotAllowedError
from chalandise.logistics.events import KeeperInvited
from chalandise.logistics.models import PickupPoint, PointKeeper


@transaction.atomic
def invite_keeper(point: PickupPoint, user: User, *, by: Actor, at: datetime) -> PointKeeper:
    """Let somebody receive and hand over at a pooled point; asked again, the link leaves again.

    Raises:
        NotAllowedError: the point is a shop's own counter.
    """
    if point.establishment_id is not None:
        raise NotAllowedError
    keeper, is_new = PointKeeper.objects.get_or_create(
        point=point, user=user, defaults={"invited_at": at}
    )
    if not is_new:
        keeper.invited_at = at
        keeper.save(update_fields=["invited_at"])
    record(point, "keeper_invited", by=by, at=at, detail={"user": user.pk})
    emit(KeeperInvited(keeper.pk, at.isoformat()), at=at)
    return keeper


@transaction.atomic
def dismiss_keeper(keeper: PointKeeper, *, by: Actor, at: datetime) -> None:
    """Take the point out of somebody's hands, from this moment on."""
    record(keeper.point, "keeper_dismissed", by=by, at=at, detail={"user": keeper.user_id})
    keeper.delete()
