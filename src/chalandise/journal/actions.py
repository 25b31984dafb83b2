"""Writing to the journal: record, move, emit, and count attempts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from chalandise.journal.events import name_of, to_payload
from chalandise.journal.models import Entry, OutboxEvent, RateBucket
from chalandise.journal.states import Actor
from chalandise.kernel.errors import RateLimitedError, StaleStateError
from chalandise.kernel.rate import Bucket, Rate
from chalandise.kernel.transitions import Transitions

OUTBOX_CHANNEL = "chalandise_outbox"
LONGEST_PREFIX = 80
BUCKETS_KEPT = timedelta(days=2)  # longer than any rate takes to fill up again


def subject_of(instance: models.Model) -> str:
    """Return how the journal names an object: ``room.model:pk``."""
    return f"{instance._meta.label_lower}:{instance.pk}"


def record(
    subject: models.Model | str,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave an entry about ``subject``.

    Args:
        subject: the object, or its name as `subject_of` gives it.
        verb: what was done, in the past: ``claimed``, ``hours_confirmed``.
        by: who did it.
        at: when, an aware instant.
        detail: JSON-able facts, such as values before and after. No secret, no personal data
            beyond what the subject itself holds.
    """
    name = subject if isinstance(subject, str) else subject_of(subject)
    _write_entries([name], verb, by, at, detail)


def record_all(
    subjects: Iterable[models.Model],
    verb: str,
    *,
    by: Actor,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave the same entry about several objects, in one statement."""
    _write_entries([subject_of(one) for one in subjects], verb, by, at, detail)


PEOPLE = ("person", "merchant", "agent")
LEFT = "closed account"
"""The label of somebody who is no longer known; the desk says it in its own words."""

_RECORD = """
    INSERT INTO journal_entry
        (subject, verb, detail, actor_kind, actor_reference, actor_label, behalf_of, happened_at)
    SELECT s.subject, %(verb)s, %(detail)s::jsonb, %(kind)s, %(reference)s, %(label)s,
        %(behalf)s, %(at)s
    FROM unnest(%(subjects)s::text[]) WITH ORDINALITY AS s (subject, place)
    ORDER BY s.place
"""
_SAY = """
    INSERT INTO journal_outboxevent (kind, payload, emitted_at)
    SELECT s.kind, s.payload::jsonb, %(at)s::timestamptz
    FROM unnest(%(kinds)s::text[], %(payloads)s::text[]) WITH ORDINALITY AS s (kind, payload, place)
    ORDER BY s.place
"""
_NOTIFY = "SELECT pg_notify(%(channel)s, '')"  # delivered by PostgreSQL at commit, never before
_EMIT = f"WITH said AS ({_SAY}) {_NOTIFY}"
_RECORD_AND_EMIT = f"WITH recorded AS ({_RECORD}), said AS ({_SAY}) {_NOTIFY}"


def _write_entries(
    subjects: list[str], verb: str, by: Actor, at: datetime, detail: dict[str, Any] | None
) -> None:
    if not subjects:
        return
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, _entries(subjects, verb, by, at, detail))


def _entries(
    subjects: list[str], verb: str, by: Actor, at: datetime, detail: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "subjects": subjects,
        "verb": verb,
        "detail": json.dumps(detail or {}),
        "kind": by.kind,
        "reference": by.reference,
        "label": by.label[:200],
        "behalf": by.behalf_of[:200],
        "at": at,
    }


def emit(instance: Any, *, at: datetime) -> None:
    """Write an event to the outbox, in the transaction that is open."""
    OutboxEvent.objects.create(
        kind=name_of(type(instance)), payload=to_payload(instance), emitted_at=at
    )
    with connection.cursor() as cursor:  # delivered by PostgreSQL at commit, never before
        cursor.execute("SELECT pg_notify(%s, '')", [OUTBOX_CHANNEL])


def emit_all(instances: Iterable[Any], *, at: datetime) -> None:
    """Write several events in one statement; none at all where there is nothing to say."""
    events = list(instances)
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(_EMIT, {**_said(events), "at": at})


def _said(events: Iterable[Any]) -> dict[str, Any]:
    told = [(name_of(type(one)), json.dumps(to_payload(one))) for one in events]
    return {
        "kinds": [kind for kind, _payload in told],
        "payloads": [payload for _kind, payload in told],
        "channel": OUTBOX_CHANNEL,
    }


def record_and_emit(
    subject: models.Model,
    verb: str,
    events: Iterable[Any],
    *,
    by: Actor,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave an entry about ``subject`` and write events to the outbox, in one statement."""
    entries = _entries([subject_of(subject)], verb, by, at, detail)
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_AND_EMIT, {**entries, **_said(events)})


def move(
    instance: models.Model,
    to: str,
    *,
    table: Transitions,
    by: Actor,
    at: datetime,
    field: str = "state",
    starting_from: str | None = None,
) -> None:
    """Step ``instance`` to the state ``to`` if it still is where such a step may start.

    The update names the states it may leave, so of two people pressing at once one wins and the
    other is told.

    Args:
        instance: the object.
        to: the state to reach.
        table: the permitted steps.
        by: who takes the step.
        at: when.
        field: the field that holds the state.
        starting_from: the one state this step may leave, where the table allows several.

    Raises:
        StaleStateError: no row moved.
    """
    was = getattr(instance, field)
    sources = table.sources_of(to)
    if starting_from is not None:
        sources &= {starting_from}
    moved = (
        type(instance)
        ._default_manager.filter(pk=instance.pk, **{f"{field}__in": sources})
        .update(**{field: to})
    )
    if not moved:
        raise StaleStateError(subject_of(instance), to)
    setattr(instance, field, to)
    record(instance, f"became_{to}", by=by, at=at, detail={"from": was})


# Two at once wait for each other at the row, and the second counts what the first has left. A bucket
# that holds less than one is passed over, so it is not returned; the order of keys avoids deadlocks.
_FILLED = """(
        SELECT least(
            a.burst, b.tokens + greatest(0, excluded.counted_at - b.counted_at) * a.refill
        ) FROM asked a WHERE a.key = b.key
    )"""
_TAKE = f"""
    WITH asked AS (
        SELECT * FROM unnest(%(keys)s::text[], %(bursts)s::float8[], %(refills)s::float8[])
            AS a (key, burst, refill)
    )
    INSERT INTO journal_ratebucket AS b (key, tokens, counted_at)
    SELECT key, burst - 1, %(now)s::float8 FROM asked ORDER BY key
    ON CONFLICT (key) DO UPDATE SET tokens = {_FILLED} - 1, counted_at = excluded.counted_at
    WHERE {_FILLED} >= 1
    RETURNING key
"""  # noqa: S608 (joined of constants)


def count_attempt(key: str, rate: Rate, *, at: datetime) -> None:
    """Take one attempt from the bucket of ``key``; see `count_attempts`."""
    count_attempts({key: rate}, at=at)


def count_attempts(rates: Mapping[str, Rate], *, at: datetime) -> None:
    """Take one attempt from the bucket of each key, in one statement where all are allowed.

    What a key names (an address, a connection) is kept as a digest only. Where one bucket is empty,
    the others have lost their attempt all the same.

    Args:
        rates: how often, by key.
        at: now.

    Raises:
        RateLimitedError: a bucket is empty; carries the seconds to wait.
    """
    asked = {_digested(key): rate for key, rate in rates.items()}
    values: dict[str, Any] = {
        "keys": list(asked),
        "bursts": [float(rate.burst) for rate in asked.values()],
        "refills": [rate.refill_per_second for rate in asked.values()],
        "now": at.timestamp(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        allowed = {key for (key,) in cursor.fetchall()}
    if empty := asked.keys() - allowed:
        raise RateLimitedError(max(_wait(key, asked[key], at) for key in empty))


def _digested(key: str) -> str:
    what, _colon, whom = key.partition(":")
    return f"{what[:LONGEST_PREFIX]}:{hashlib.sha256(whom.encode()).hexdigest()}"


def _wait(key: str, rate: Rate, at: datetime) -> int:
    """Return the seconds until a bucket holds an attempt again; at least one."""
    row = RateBucket.objects.get(key=key)
    _bucket, wait = Bucket(row.tokens, row.counted_at).take(rate, at.timestamp())
    return max(1, wait)


def forget_attempts(*, at: datetime) -> int:
    """Remove the buckets that have long been full again; return how many."""
    full_since = (at - BUCKETS_KEPT).timestamp()
    return RateBucket.objects.filter(counted_at__lt=full_since).delete()[0]


def forget_actor(reference: str, label: str, *, is_only: bool) -> int:
    """Take the name of a person who left out of what they did; tell how many entries said it.

    What was done, when, and that one and the same person did it stay as evidence: the reference is a
    number that leads nowhere any more. Of what agents did for them the name goes too, unless
    somebody else bears it.

    Args:
        reference: the key of the person, as entries keep it.
        label: their name, as entries keep it.
        is_only: whether nobody else is called so.
    """
    own = Entry.objects.filter(actor_kind__in=PEOPLE, actor_reference=reference)
    count = own.update(actor_label=LEFT)
    if is_only and label:
        count += Entry.objects.filter(behalf_of=label[:200]).update(behalf_of=LEFT)
    return count
