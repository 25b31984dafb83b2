"""The table of e-mails."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.messaging.states import MessageState
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.portals.models import Portal
from chalandise.settlements.models import Invoice


class Message(models.Model):
    """One e-mail to one person, sent once whatever is retried."""

    key = models.CharField(max_length=160, unique=True)
    portal = models.ForeignKey(
        Portal, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    template = models.CharField(max_length=60)
    to = models.EmailField(_("to"))
    reply_to = models.EmailField(_("reply to"), blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=MessageState.choices, default=MessageState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    # Attempts that began and of which no end was heard: the sender runs, or died on the way.
    unheard_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-id"]

    @override
    def __str__(self) -> str:
        return f"{self.to} · {self.subject}"


class PaperToTell(models.Model):
    """A document the customer is to be told of; gathered with the others of its order, told once."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("document to tell of")
        verbose_name_plural = _("documents to tell of")
        indexes = [
            models.Index(
                fields=["order", "noted_at"],
                condition=models.Q(told_at=None),
                name="messaging_papers_to_tell",
            )
        ]

    @override
    def __str__(self) -> str:
        return str(self.invoice)
