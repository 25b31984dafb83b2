"""Choices and transition tables of fulfilment."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chalandise.kernel.transitions import Transitions


class FulfilmentState(models.TextChoices):
    """The life of a fulfilment: where the goods are."""

    WAITING = "waiting", _("waiting for the merchant")
    PREPARING = "preparing", _("being prepared")
    PACKED = "packed", _("packed, to be brought to the point")
    READY = "ready", _("ready")
    SENT = "sent", _("on its way")
    HANDED_OVER = "handed_over", pgettext_lazy("an order", "handed over")
    DELIVERED = "delivered", _("delivered")
    NOT_COLLECTED = "not_collected", _("not collected")
    STOPPED = "stopped", _("stopped")


FULFILMENT_TRANSITIONS = Transitions.of(
    {
        FulfilmentState.WAITING: {FulfilmentState.PREPARING, FulfilmentState.STOPPED},
        FulfilmentState.PREPARING: {
            FulfilmentState.PACKED,  # collected at a pooled point, and not there yet
            FulfilmentState.READY,
            FulfilmentState.STOPPED,
        },
        FulfilmentState.PACKED: {FulfilmentState.READY, FulfilmentState.STOPPED},
        FulfilmentState.READY: {
            FulfilmentState.PACKED,  # it was ticked at the point and is not there
            FulfilmentState.SENT,
            FulfilmentState.HANDED_OVER,
            FulfilmentState.NOT_COLLECTED,
            FulfilmentState.STOPPED,
        },
        FulfilmentState.SENT: {
            FulfilmentState.DELIVERED,
            FulfilmentState.NOT_COLLECTED,  # it came back to the sender
            FulfilmentState.STOPPED,
        },
        FulfilmentState.HANDED_OVER: set(),
        FulfilmentState.DELIVERED: set(),
        FulfilmentState.NOT_COLLECTED: set(),
        FulfilmentState.STOPPED: set(),
    }
)


class QuestionKind(models.TextChoices):
    """What the merchant asks the customer while preparing."""

    MISSING = "missing", _("something is missing")
    HEAVIER = "heavier", _("it weighs more than agreed")


class QuestionState(models.TextChoices):
    """The life of a question: open until the customer, the merchant or the delay settles it."""

    OPEN = "open", _("waiting for the customer")
    REFUNDED = "refunded", _("not supplied, not paid")
    REPLACED = "replaced", _("replaced")
    AGREED = "agreed", _("agreed")
    DROPPED = "dropped", _("no longer asked")


QUESTION_TRANSITIONS = Transitions.of(
    {
        QuestionState.OPEN: {
            QuestionState.REFUNDED,
            QuestionState.REPLACED,
            QuestionState.AGREED,
            QuestionState.DROPPED,
        },
        QuestionState.REFUNDED: set(),
        QuestionState.REPLACED: set(),
        QuestionState.AGREED: set(),
        QuestionState.DROPPED: set(),
    }
)


class Proof(models.TextChoices):
    """How the merchant knew that the right person stood there."""

    CODE = "code", _("the code was told")
    PASS = "pass", _("the QR code was scanned")
    KNOWN = "known", _("the merchant knows the customer")
    DOOR = "door", _("given at the customer’s door")


class Column(models.TextChoices):
    """The columns of the merchant's board."""

    NEW = "new", _("New")
    TO_PREPARE = "to_prepare", _("To prepare")
    READY = "ready", _("Ready")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
