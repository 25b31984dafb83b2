"""Tables of the journal: entries, outbox, readers' places, rate buckets."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.expressions import Func
from typing_extensions import override

OF_SALES = r"^(ordering|payments|fulfilment|settlements)\."
"""Kinds of events that change no page many people share: most of all events, and most of an outbox."""


class CurrentTransactionId(Func):
    """``pg_current_xact_id()``: the number of the transaction that writes the row."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class Entry(models.Model):
    """One past fact about one object; never changed, a correction is a new entry."""

    subject = models.CharField(max_length=120)
    verb = models.CharField(max_length=80)
    detail = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=16)
    actor_reference = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(max_length=200)
    behalf_of = models.CharField(max_length=200, blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["subject", "-id"], name="journal_entry_subject")]

    @override
    def __str__(self) -> str:
        return f"{self.subject} {self.verb}"


class OutboxEvent(models.Model):
    """One event, readable once every transaction older than its own has ended."""

    xid = models.BigIntegerField(db_default=CurrentTransactionId())
    kind = models.CharField(max_length=80)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    emitted_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["xid", "id"], name="journal_outbox_order"),
            models.Index(
                fields=["id"],
                condition=~models.Q(kind__regex=OF_SALES),
                name="journal_outbox_of_pages",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class ReaderPlace(models.Model):
    """Where a reader of the outbox has got to."""

    name = models.CharField(max_length=64, primary_key=True)
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(auto_now=True)

    @override
    def __str__(self) -> str:
        return self.name


class DeadLetter(models.Model):
    """An event that a subscriber could not take: tried again later, then kept for a person."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="dead_letters")
    subscriber = models.CharField(max_length=160)
    attempts = models.PositiveSmallIntegerField(default=1)
    error = models.TextField()
    failed_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "subscriber"], name="journal_one_dead_letter_a_subscriber"
            ),
        ]
        indexes = [models.Index(fields=["next_try_at"], name="journal_dead_letter_due")]

    @override
    def __str__(self) -> str:
        return f"{self.event} → {self.subscriber}"


class RateBucket(models.Model):
    """What is left of a rate for one key (see `chalandise.kernel.rate`).

    The table is not logged: a crash of PostgreSQL empties it, and attempts count from nothing.
    """

    key = models.CharField(max_length=160, primary_key=True)
    tokens = models.FloatField()
    counted_at = models.FloatField()

    @override
    def __str__(self) -> str:
        return self.key
