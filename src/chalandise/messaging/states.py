"""Choices and transition tables of messaging."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class MessageState(models.TextChoices):
    """The life of an e-mail."""

    QUEUED = "queued", _("to send")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")


MESSAGE_TRANSITIONS = Transitions.of(
    {
        MessageState.QUEUED: {MessageState.SENT, MessageState.FAILED},
        MessageState.FAILED: {MessageState.QUEUED},
        MessageState.SENT: set(),
    }
)
