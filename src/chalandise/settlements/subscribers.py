"""Reactions to money: each calls one action that may be called twice."""

from __future__ import annotations

from django.utils import timezone

from chalandise.catalogue.events import SellerChanged
from chalandise.journal.events import subscribes
from chalandise.organisations.models import Organisation
from chalandise.payments.events import (
    DisputeEnded,
    PaymentCaptured,
    PaymentDisputed,
    PayoutCameBack,
    PayoutPaid,
    RefundDone,
)
from chalandise.payments.models import Dispute, Payment, Refund
from chalandise.settlements.actions.diligence import check_seller
from chalandise.settlements.actions.following import (
    follow_dispute,
    follow_payment,
    follow_payout,
    follow_refund,
)
from chalandise.settlements.models import DueDiligence


@subscribes("payments.payment_captured")
def write_sale(event: PaymentCaptured) -> None:
    """Write the sale, its invoice and its ledger journals."""
    follow_payment(Payment.objects.get(pk=event.payment_id), at=timezone.now())


@subscribes("catalogue.seller_changed")
def look_at_seller(event: SellerChanged) -> None:
    """Let go, as soon as they are given, of whom data were asked (DAC7)."""
    if DueDiligence.objects.filter(organisation=event.organisation_id).exists():
        check_seller(Organisation.objects.get(pk=event.organisation_id), at=timezone.now())


@subscribes("payments.refund_done")
def write_refund(event: RefundDone) -> None:
    """Write the refund, its credit note and its ledger journals."""
    refund = Refund.objects.select_related("payment").get(pk=event.refund_id)
    follow_refund(refund, at=timezone.now())


@subscribes("payments.payout_paid")
def write_payout(event: PayoutPaid) -> None:
    """Write what the provider paid out, and what it took for itself (fault 23)."""
    follow_payout(event.payout_id, at=timezone.now())


@subscribes("payments.payout_came_back")
def write_return_of_payout(event: PayoutCameBack) -> None:
    """Write that a payout came back: the merchant is owed it again."""
    follow_payout(event.payout_id, at=timezone.now())


@subscribes("payments.payment_disputed")
def write_dispute(event: PaymentDisputed) -> None:
    """Write the dispute into the ledger."""
    dispute = Dispute.objects.select_related("payment").get(payment_id=event.payment_id)
    follow_dispute(dispute, at=timezone.now())


@subscribes("payments.dispute_ended")
def write_end_of_dispute(event: DisputeEnded) -> None:
    """Write how a dispute ended: the money is back, or the merchant bears it."""
    dispute = Dispute.objects.select_related("payment").get(payment_id=event.payment_id)
    follow_dispute(dispute, at=timezone.now())
