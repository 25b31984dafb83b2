"""Reactions to money: each calls one action that may be called twice."""

from __future__ import annotations

from django.utils import timezone

from chalandise.journal.events import subscribes
from chalandise.payments.events import PaymentCaptured, PaymentDisputed, RefundDone
from chalandise.payments.models import Dispute, Payment, Refund
from chalandise.settlements.actions.following import follow_dispute, follow_payment, follow_refund


@subscribes("payments.payment_captured")
def write_sale(event: PaymentCaptured) -> None:
    """Write the sale, its invoice and its ledger journals."""
    follow_payment(Payment.objects.get(pk=event.payment_id), at=timezone.now())


@subscribes("payments.refund_done")
def write_refund(event: RefundDone) -> None:
    """Write the refund, its credit note and its ledger journals."""
    refund = Refund.objects.select_related("payment").get(pk=event.refund_id)
    follow_refund(refund, at=timezone.now())


@subscribes("payments.payment_disputed")
def write_dispute(event: PaymentDisputed) -> None:
    """Write the dispute into the ledger."""
    dispute = Dispute.objects.select_related("payment").get(payment_id=event.payment_id)
    follow_dispute(dispute, at=timezone.now())
