"""Facts that payments announce."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("payments.payment_captured")
@dataclass(frozen=True)
class PaymentCaptured:
    """Money was taken, online or at the counter."""

    payment_id: int


@event("payments.payment_failed")
@dataclass(frozen=True)
class PaymentFailed:
    """Nobody will pay this payment any more; its merchant order may still be paid by another."""

    payment_id: int


@event("payments.refund_done")
@dataclass(frozen=True)
class RefundDone:
    """Money went back."""

    refund_id: int


@event("payments.refund_delayed")
@dataclass(frozen=True)
class RefundDelayed:
    """A refund waits: the merchant's balance does not cover it, which makes it a debt."""

    refund_id: int


@event("payments.payment_disputed")
@dataclass(frozen=True)
class PaymentDisputed:
    """A cardholder disputes a payment.

    Attributes:
        payment_id: which.
        turn: how often the bank had changed its mind; 0 when it is disputed for the first time.
    """

    payment_id: int
    turn: int = 0


@event("payments.dispute_ended")
@dataclass(frozen=True)
class DisputeEnded:
    """The cardholder's bank has decided about a disputed payment.

    Attributes:
        payment_id: which.
        is_won: for the merchant.
        turn: how often the bank had changed its mind; 0 when it decides for the first time.
    """

    payment_id: int
    is_won: bool
    turn: int = 0


@event("payments.payout_account_changed")
@dataclass(frozen=True)
class PayoutAccountChanged:
    """The bank account of a merchant's payouts changed; the desk watches it (fault 24)."""

    account_id: int


@event("payments.payout_paid")
@dataclass(frozen=True)
class PayoutPaid:
    """The provider paid a merchant out (fault 23)."""

    payout_id: int


@event("payments.payout_came_back")
@dataclass(frozen=True)
class PayoutCameBack:
    """The merchant's bank sent a payout back: it is on the balance at the provider again."""

    payout_id: int


@event("payments.discrepancy_found")
@dataclass(frozen=True)
class DiscrepancyFound:
    """Something about money needs a person."""

    discrepancy_id: int
