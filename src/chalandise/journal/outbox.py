"""Reading the outbox: in order, after commit, nothing skipped.

Rows get their number before their transaction commits, so a reader that only follows numbers
would jump over a slow transaction. A reader therefore stops below the oldest transaction that is
still running, ``pg_snapshot_xmin(pg_current_snapshot())`` (PostgreSQL manual, 9.27.9).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from chalandise.journal.actions import record_all
from chalandise.journal.events import Subscriber, from_payload, subscribers_of
from chalandise.journal.models import DeadLetter, OutboxEvent, ReaderPlace
from chalandise.journal.states import Actor

logger = logging.getLogger(__name__)

Handler = Callable[[Sequence[OutboxEvent]], None]

MOST_ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 15

_LAST_ID = 2**63 - 1
_READABLE = "(xid, id) > (%s, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class Reader:
    """One named reader with its place kept in the database.

    Args:
        name: the reader's name; two processes with one name share the place and take turns.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, handle: Handler, *, limit: int = 500) -> int:
        """Hand the next events to ``handle`` and move on once it returned.

        The place and what ``handle`` writes to the database commit together. Should ``handle``
        raise, the place does not move and the same events come again.

        Returns:
            How many events were handled.
        """
        with transaction.atomic():
            place = self._lock_place()
            rows = list(
                OutboxEvent.objects.extra(  # noqa: S610 - constant SQL; the parameters are integers of ours
                    where=[_READABLE], params=[place.xid, place.event_id]
                ).order_by("xid", "id")[:limit]
            )
            if not rows:
                return 0
            handle(rows)
            place.xid, place.event_id = rows[-1].xid, rows[-1].pk
            place.save()
        return len(rows)

    def skip_to_now(self) -> None:
        """Count everything that has already committed as read.

        Called before a rebuild starts reading its tables: what commits during the rebuild is
        delivered again afterwards, and nothing falls between the two.
        """
        with transaction.atomic():
            place = self._lock_place()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1")
                place.xid = cursor.fetchone()[0]
            place.event_id = _LAST_ID
            place.save()

    def forget(self) -> None:
        """Give up the reader's place: it will not come back under this name."""
        ReaderPlace.objects.filter(name=self.name).delete()

    def _lock_place(self) -> ReaderPlace:
        ReaderPlace.objects.get_or_create(name=self.name)
        return ReaderPlace.objects.select_for_update().get(name=self.name)


def dispatch(rows: Sequence[OutboxEvent]) -> None:
    """Call the subscribers of each event, in order.

    A subscriber that fails does not hold up the others: its event is kept as a dead letter and
    tried again later (`try_again`).
    """
    for row in rows:
        for subscriber in subscribers_of(row.kind):
            error = _call(subscriber, row)
            if error is not None:
                DeadLetter.objects.create(
                    event=row,
                    subscriber=_name(subscriber),
                    error=error,
                    failed_at=timezone.now(),
                    next_try_at=timezone.now() + timedelta(seconds=FIRST_PAUSE_SECONDS),
                )


def try_again(*, at: datetime) -> int:
    """Call again the subscribers whose dead letters are due; return how many were taken.

    The pause doubles each time. After `MOST_ATTEMPTS` the letter waits for a person.
    """
    with transaction.atomic():
        letter = lock_due_letter(at)
        if letter is None:
            return 0
        subscriber = _find(letter)
        error = _call(subscriber, letter.event) if subscriber else None
        if error is None:
            letter.delete()
            return 1
        letter.attempts += 1
        letter.error = error
        letter.failed_at = at
        pause = timedelta(seconds=FIRST_PAUSE_SECONDS * 2**letter.attempts)
        letter.next_try_at = at + pause if letter.attempts < MOST_ATTEMPTS else None
        letter.save()
    return 1


def waiting_letters() -> QuerySet[DeadLetter]:
    """Return the letters that wait for a person."""
    return DeadLetter.objects.filter(next_try_at=None)


@transaction.atomic
def revive_letters(letters: QuerySet[DeadLetter], *, by: Actor, at: datetime) -> int:
    """Let letters that waited for a person be tried again; return how many.

    Args:
        letters: some of `waiting_letters`, or all.
        by: who has them tried again.
        at: when.
    """
    chosen = dict(letters.values_list("pk", "event"))
    events = sorted(set(chosen.values()))
    record_all(OutboxEvent.objects.filter(pk__in=events), "tried_again", by=by, at=at)
    waiting = waiting_letters().filter(pk__in=chosen)
    return waiting.update(attempts=0, next_try_at=at)


def lock_due_letter(at: datetime) -> DeadLetter | None:
    """Hold the letter that has been due longest, of those that nobody is busy with."""
    due = DeadLetter.objects.select_for_update(skip_locked=True, of=("self",))
    return due.select_related("event").filter(next_try_at__lte=at).order_by("next_try_at").first()


def _call(subscriber: Subscriber, row: OutboxEvent) -> str | None:
    try:
        with transaction.atomic():
            subscriber(from_payload(row.kind, row.payload))
    except Exception as error:
        logger.exception("%s could not take %s", _name(subscriber), row)
        return repr(error)
    return None


def _name(subscriber: Subscriber) -> str:
    return f"{subscriber.__module__}.{subscriber.__qualname__}"


def _find(letter: DeadLetter) -> Subscriber | None:
    """Return the subscriber of a letter; None when a newer release has it no more."""
    named = {_name(one): one for one in subscribers_of(letter.event.kind)}
    return named.get(letter.subscriber)
