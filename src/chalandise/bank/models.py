"""Tables of the bank."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils import timezone
from typing_extensions import override

from chalandise.bank.states import ChargeState, FaultKind, RefundState, SessionState
from chalandise.kernel.tokens import new_link_token


def _new(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def new_account_reference() -> str:
    """Draw the number of an account."""
    return _new("acct")


def new_session_reference() -> str:
    """Draw the number of a session."""
    return _new("bs")


def new_charge_reference() -> str:
    """Draw the number of a charge."""
    return _new("bc")


def new_refund_reference() -> str:
    """Draw the number of a refund."""
    return _new("br")


def new_payout_reference() -> str:
    """Draw the number of a payout."""
    return _new("bp")


def new_event_reference() -> str:
    """Draw the number of an event."""
    return _new("be")


class BankAccount(models.Model):
    """Where a merchant's money arrives; ``is_ready`` once the bank has checked the merchant."""

    reference = models.CharField(max_length=40, unique=True, default=new_account_reference)
    token = models.CharField(max_length=64, unique=True, default=new_link_token)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    iban_end = models.CharField(max_length=4, blank=True)
    is_ready = models.BooleanField(default=False)
    payouts = models.CharField(max_length=20, default="daily", db_default="daily")
    return_url = models.CharField(max_length=500, blank=True)
    metadata: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    @override
    def __str__(self) -> str:
        return self.name


class BankSession(models.Model):
    """One visit of one cardholder, who pays one charge per merchant."""

    reference = models.CharField(max_length=40, unique=True, default=new_session_reference)
    token = models.CharField(max_length=64, unique=True, default=new_link_token)
    state = models.CharField(max_length=12, choices=SessionState.choices, default=SessionState.OPEN)
    return_url = models.CharField(max_length=500)
    cancel_url = models.CharField(max_length=500)
    card_number = models.CharField(max_length=19, blank=True)  # one of ours, until it is confirmed
    card_end = models.CharField(max_length=4, blank=True)
    challenge_code = models.CharField(max_length=6, blank=True)
    challenge_tries = models.PositiveSmallIntegerField(default=0)
    last_decline = models.CharField(max_length=40, blank=True)
    is_silent = models.BooleanField(default=False)  # the way back is lost
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "expires_at"], name="bank_session_expiring")]

    @override
    def __str__(self) -> str:
        return self.reference


class BankCharge(models.Model):
    """One merchant's part of a session."""

    session = models.ForeignKey(BankSession, on_delete=models.CASCADE, related_name="charges")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="charges")
    reference = models.CharField(max_length=40, unique=True, default=new_charge_reference)
    state = models.CharField(
        max_length=12, choices=ChargeState.choices, default=ChargeState.WAITING
    )
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="eur")
    captured_cents = models.PositiveIntegerField(default=0)
    refunded_cents = models.PositiveIntegerField(default=0)
    fee_cents = models.PositiveIntegerField(default=0, db_default=0)  # kept for the platform
    fee_refunded_cents = models.PositiveIntegerField(default=0, db_default=0)
    decline = models.CharField(max_length=40, blank=True)
    is_disputed = models.BooleanField(default=False)
    dispute_end = models.CharField(max_length=4, blank=True)  # "won" or "lost" by the merchant
    disputed_cents = models.PositiveIntegerField(default=0, db_default=0)
    description = models.CharField(max_length=200, blank=True)
    metadata: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["account", "created_at"], name="bank_charge_by_account")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="bank_a_charge_is_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_cents__lte=models.F("captured_cents")),
                name="bank_refunds_within_capture",
            ),
            models.CheckConstraint(
                condition=models.Q(fee_cents__lte=models.F("amount_cents"))
                & models.Q(fee_refunded_cents__lte=models.F("fee_cents")),
                name="bank_fees_within_amount",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.reference

    @property
    def left_cents(self) -> int:
        """What the merchant may still give back: not what the cardholder disputes, or was given."""
        held = self.disputed_cents if self.is_disputed and self.dispute_end != "won" else 0
        return self.captured_cents - self.refunded_cents - held


class BankRefund(models.Model):
    """Money given back, or on its way; one that ``is_failing`` is on its way and will not arrive."""

    charge = models.ForeignKey(BankCharge, on_delete=models.CASCADE, related_name="refunds")
    reference = models.CharField(max_length=40, unique=True, default=new_refund_reference)
    amount_cents = models.PositiveIntegerField()
    state = models.CharField(
        max_length=8,
        choices=RefundState.choices,
        default=RefundState.DONE,
        db_default=RefundState.DONE,
    )
    is_failing = models.BooleanField(default=False, db_default=False)
    metadata: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    @override
    def __str__(self) -> str:
        return self.reference


class BankPayout(models.Model):
    """Money that left an account for the merchant's own bank, which may send it back."""

    account = models.ForeignKey(BankAccount, on_delete=models.CASCADE, related_name="paid_out")
    reference = models.CharField(max_length=40, unique=True, default=new_payout_reference)
    amount_cents = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    came_back_at = models.DateTimeField(null=True, blank=True)

    @override
    def __str__(self) -> str:
        return self.reference


class BankAnswer(models.Model):
    """The answer kept under an idempotency key, so that the same request does nothing twice."""

    key = models.CharField(max_length=200, primary_key=True)
    request_digest = models.CharField(max_length=64)
    code = models.PositiveSmallIntegerField()
    body: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    @override
    def __str__(self) -> str:
        return self.key


class BankEvent(models.Model):
    """News for whoever listens: at least once, in no promised order."""

    reference = models.CharField(max_length=40, unique=True, default=new_event_reference)
    kind = models.CharField(max_length=40)
    body = models.TextField()
    copies = models.PositiveSmallIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)  # none once it was taken, or given up

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="bank_event_due")]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class BankFault(models.Model):
    """Something told to go wrong a few times.

    ``target`` is an operation (``POST /refunds``), a reference, or empty for anything.
    """

    kind = models.CharField(max_length=24, choices=FaultKind.choices)
    target = models.CharField(max_length=80, blank=True)
    left = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["kind", "target"], condition=models.Q(left__gt=0), name="bank_fault_armed"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} × {self.left}"
