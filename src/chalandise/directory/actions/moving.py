"""Following communes that merged: a shop stands where its commune is today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chalandise.directory.actions.locking import lock_establishments
from chalandise.directory.events import EstablishmentsChanged
from chalandise.directory.models import Establishment
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.territories.models import Territory

_ANNOUNCED_AT_ONCE = 1000


@dataclass(frozen=True)
class CommuneMove:
    """The shops of one commune that went to another.

    Attributes:
        old: the commune that the official geography no longer has.
        new: the one it is part of.
        count: how many shops moved, hidden and closed ones included.
    """

    old: Territory
    new: Territory
    count: int


@transaction.atomic
def follow_merged_communes(
    successors: Mapping[Territory, Territory], *, by: Actor, at: datetime
) -> list[CommuneMove]:
    """Move the establishments of merged communes; again moves nothing.

    Streets and postal codes stay as they are: a merger changes neither. The provenance of the
    address stays too, because nobody said anything new about it.
    """
    moves = []
    for old, new in successors.items():
        rows = lock_establishments(Establishment.objects.filter(commune=old).only("pk"))
        ids = [one.pk for one in rows]
        if not ids:
            continue
        Establishment.objects.filter(pk__in=ids).update(commune=new, updated_at=at)
        detail = {"to": new.key, "establishments": ids}
        record(old, "establishments_moved", by=by, at=at, detail=detail)
        for start in range(0, len(ids), _ANNOUNCED_AT_ONCE):
            emit(EstablishmentsChanged(ids[start : start + _ANNOUNCED_AT_ONCE]), at=at)
        moves.append(CommuneMove(old, new, len(ids)))
    return moves
