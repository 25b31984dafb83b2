"""Choices and transition tables of payments."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class VisitState(models.TextChoices):
    """The life of a trip to the provider's pages."""

    OPEN = "open", _("under way")
    CLOSED = "closed", _("over")


VISIT_TRANSITIONS = Transitions.of({VisitState.OPEN: {VisitState.CLOSED}, VisitState.CLOSED: set()})


class PaymentState(models.TextChoices):
    """The life of a payment. The provider is the truth: money may come after all."""

    CREATED = "created", _("about to be asked")
    REQUESTED = "requested", _("asked of the customer")
    CAPTURED = "captured", _("taken")
    FAILED = "failed", _("refused by the bank")
    CANCELLED = "cancelled", _("not paid")


PAYMENT_TRANSITIONS = Transitions.of(
    {
        PaymentState.CREATED: {
            PaymentState.REQUESTED,
            PaymentState.CAPTURED,
            PaymentState.FAILED,
            PaymentState.CANCELLED,
        },
        PaymentState.REQUESTED: {
            PaymentState.CAPTURED,
            PaymentState.FAILED,
            PaymentState.CANCELLED,
        },
        PaymentState.CAPTURED: set(),
        PaymentState.FAILED: {PaymentState.CAPTURED},
        PaymentState.CANCELLED: {PaymentState.CAPTURED},
    }
)


class Means(models.TextChoices):
    """How the customer paid."""

    ONLINE = "online", _("online")
    CASH = "cash", _("in cash")
    CARD = "card", _("by card at the counter")


class RefundState(models.TextChoices):
    """The life of a refund."""

    REQUESTED = "requested", _("to be sent")
    SENT = "sent", _("on its way")
    DONE = "done", _("given back")
    REFUSED = "refused", _("refused by the provider")


REFUND_TRANSITIONS = Transitions.of(
    {
        RefundState.REQUESTED: {RefundState.SENT, RefundState.DONE, RefundState.REFUSED},
        RefundState.SENT: {RefundState.DONE, RefundState.REFUSED},
        RefundState.DONE: set(),
        RefundState.REFUSED: set(),
    }
)


class DisputeState(models.TextChoices):
    """The life of a dispute; the cardholder's bank decides, and may go back on it."""

    OPEN = "open", _("under way")
    WON = "won", _("decided for the merchant")
    LOST = "lost", _("decided for the cardholder")


DISPUTE_TRANSITIONS = Transitions.of(
    {
        DisputeState.OPEN: {DisputeState.WON, DisputeState.LOST},
        DisputeState.WON: {DisputeState.OPEN, DisputeState.LOST},
        DisputeState.LOST: {DisputeState.OPEN, DisputeState.WON},
    }
)


class DiscrepancyKind(models.TextChoices):
    """Why a person must look."""

    AMOUNT = "amount", _("another amount was taken than was asked")
    CURRENCY = "currency", _("the money came in another currency")
    ACCOUNT = "account", _("the money went to another account")
    METADATA = "metadata", _("the payment names another order")
    ORPHAN = "orphan", _("money was taken for a payment that we do not know")
    MISSING = "missing", _("the provider does not know a payment that we count as taken")
    REFUND_REFUSED = "refund_refused", _("the provider refuses a refund")
    REFUND_WAITS = "refund_waits", _("the merchant’s balance does not cover a refund")
    REFUND_MISSING = "refund_missing", _("the provider gave back less than we count")
    REFUND_UNKNOWN = "refund_unknown", _("the provider cannot say what became of a refund")
    REFUND_SHORT = "refund_short", _("less was left of a payment than was to be given back")
    DISPUTE = "dispute", _("the cardholder disputes the payment")
    PAYOUT_BACK = "payout_back", _("the merchant’s bank sent a payout back")
    UNKNOWN = "unknown", _("the provider cannot say what became of a payment")
    UNWATCHED = "unwatched", _("a payment or an account cannot be watched")


STOPS_NO_PAYOUTS = (
    DiscrepancyKind.DISPUTE,
    DiscrepancyKind.PAYOUT_BACK,
    DiscrepancyKind.REFUND_SHORT,
    DiscrepancyKind.UNWATCHED,
)
"""A dispute's money is off the merchant's balance already, as is what was given back before it was due;
a payout that came back is on it again. What cannot be watched shows no difference, and is often left of a
provider of before, which says nothing about the payouts of today's."""


class DiscrepancyState(models.TextChoices):
    """Whether somebody has dealt with it."""

    OPEN = "open", _("to look at")
    RESOLVED = "resolved", _("dealt with")


DISCREPANCY_TRANSITIONS = Transitions.of(
    {DiscrepancyState.OPEN: {DiscrepancyState.RESOLVED}, DiscrepancyState.RESOLVED: set()}
)
