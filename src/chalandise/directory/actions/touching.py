"""What every change of a sheet ends with: the level computed anew and one event."""

from __future__ import annotations

from datetime import datetime

from chalandise.directory.events import EstablishmentsChanged
from chalandise.directory.ladder import level_of
from chalandise.directory.models import Establishment
from chalandise.directory.queries.ladder import ladder_standing
from chalandise.journal.actions import emit


def announce(establishment: Establishment, *, at: datetime) -> None:
    """Compute the level anew and tell the index; call it last, inside the transaction."""
    count = establishment.photos.count()
    establishment.level = level_of(ladder_standing(establishment, photo_count=count), at)
    establishment.updated_at = at
    establishment.save(update_fields=["level", "updated_at"])
    emit(EstablishmentsChanged([establishment.pk]), at=at)
