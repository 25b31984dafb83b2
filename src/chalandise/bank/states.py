"""Choices and transition tables of the bank."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class SessionState(models.TextChoices):
    """The life of a visit of one cardholder."""

    OPEN = "open", _("waiting for a card")
    CHALLENGED = "challenged", _("waiting for the cardholder’s confirmation")
    COMPLETE = "complete", _("finished")
    ABANDONED = "abandoned", _("left by the cardholder")
    EXPIRED = "expired", _("too late")


SESSION_TRANSITIONS = Transitions.of(
    {
        SessionState.OPEN: {
            SessionState.CHALLENGED,
            SessionState.COMPLETE,
            SessionState.ABANDONED,
            SessionState.EXPIRED,
        },
        SessionState.CHALLENGED: {
            SessionState.OPEN,
            SessionState.COMPLETE,
            SessionState.ABANDONED,
            SessionState.EXPIRED,
        },
        SessionState.COMPLETE: set(),
        SessionState.ABANDONED: set(),
        SessionState.EXPIRED: set(),
    }
)


class ChargeState(models.TextChoices):
    """What became of one merchant's part."""

    WAITING = "waiting", _("not paid yet")
    CAPTURED = "captured", _("paid")
    DECLINED = "declined", _("refused by the bank")
    CANCELLED = "cancelled", _("not paid")


CHARGE_TRANSITIONS = Transitions.of(
    {
        ChargeState.WAITING: {ChargeState.CAPTURED, ChargeState.DECLINED, ChargeState.CANCELLED},
        ChargeState.CAPTURED: set(),
        ChargeState.DECLINED: set(),
        ChargeState.CANCELLED: set(),
    }
)


class RefundState(models.TextChoices):
    """What became of money that is given back."""

    DONE = "done", _("given back")
    PENDING = "pending", _("on its way back")
    REFUSED = "refused", _("could not be given back")


REFUND_TRANSITIONS = Transitions.of(
    {
        RefundState.PENDING: {RefundState.DONE, RefundState.REFUSED},
        RefundState.DONE: set(),
        RefundState.REFUSED: set(),
    }
)


class FaultKind(models.TextChoices):
    """What may be told to go wrong."""

    SERVER_ERROR = "server_error", _("answers with an error 500, having done nothing")
    UNREACHABLE = "unreachable", _("does not answer, having done nothing")
    SLOW = "slow", _("answers much too late, having done it")
    GARBLED = "garbled", _("answers something unreadable, having done it")
    TIMEOUT_AFTER_CAPTURE = "timeout_after_capture", _("captures, then neither page nor event")
    DUPLICATE = "duplicate", _("sends each event three times")
    LATE = "late", _("sends the event three days later")
    OUT_OF_ORDER = "out_of_order", _("sends the event after the following ones")
    DROPPED = "dropped", _("never sends the event")
    WRONG_AMOUNT = "wrong_amount", _("captures another amount")
    WRONG_CURRENCY = "wrong_currency", _("captures in another currency")
    DECLINE = "decline", _("refuses this charge")
    DISPUTE = "dispute", _("the cardholder disputes the charge afterwards")
    NO_BALANCE = "no_balance", _("refuses a refund: the merchant’s balance is too low")
    REFUND_PENDING = "refund_pending", _("gives money back only a day later")
    REFUND_FAILS = (
        "refund_fails",
        _("says that money is on its way back, and cannot give it a day later"),
    )
