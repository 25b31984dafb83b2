"""One gesture, one effect: kept offline maybe, sent twice maybe (fault 5, at the counter)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from chalandise.directory.models import Establishment
from chalandise.fulfilment.models import TappedAction

KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Tap:
    """One press of a button.

    Attributes:
        key: drawn with the page; the same press always carries the same key.
        establishment: at whose counter.
        what: the gesture.
        subject: on what.
        tapped_at: when, by the telephone's own clock, if it was kept.
    """

    key: uuid.UUID
    establishment: Establishment
    what: str
    subject: str
    tapped_at: datetime | None = None


def act_once(tap: Tap, act: Callable[[], object], *, at: datetime) -> bool:
    """Do ``act`` unless this very tap has done it already; tell whether it did.

    Key and effect commit together. Of two at the same moment the second waits for the first: it
    learns that all is done, or does it itself if the first gave up.
    """
    with transaction.atomic():
        if not claim(tap, at=at):
            return False
        act()
    return True


def claim(tap: Tap, *, at: datetime) -> bool:
    """Write down the key of a tap; tell whether it was new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fulfilment_tappedaction"
            " (key, establishment_id, what, subject, tapped_at, done_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
            [
                tap.key,
                tap.establishment.pk,
                tap.what[:40],
                tap.subject[:40],
                tap.tapped_at,
                at,
            ],
        )
        return bool(cursor.rowcount)


def forget_old_taps(*, at: datetime) -> int:
    """Remove the keys that no telephone can still be holding; tell how many."""
    return TappedAction.objects.filter(done_at__lt=at - KEPT).delete()[0]
