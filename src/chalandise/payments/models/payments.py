"""Visits, payments, refunds, disputes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.ordering.models import MerchantOrder, Order
from chalandise.payments.states import DisputeState, Means, PaymentState, RefundState, VisitState


class Visit(models.Model):
    """One trip of the customer to the provider's pages: a payment for each merchant.

    ``url`` is the page to send the customer to; empty until the provider has answered.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="visits")
    provider = models.CharField(max_length=20)
    state = models.CharField(
        _("state"), max_length=8, choices=VisitState.choices, default=VisitState.OPEN
    )
    url = models.TextField(blank=True)
    return_url = models.CharField(max_length=500)
    cancel_url = models.CharField(max_length=500)
    opened_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("visit to the provider")
        verbose_name_plural = _("visits to the provider")
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(state="open"),
                name="payments_one_open_visit_an_order",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.order} · {self.provider}"


class Payment(models.Model):
    """One merchant order's money, from the asking to the last refund.

    ``refunded_cents`` counts what is promised back too: the sum of all refunds that were not
    refused. The row is locked before it changes. ``doubted_at`` is set while the provider could not
    say what became of it, or said something that does not agree: the customer is told « nous
    vérifions votre paiement », never « non payé ».
    """

    public_id = models.UUIDField(unique=True, default=uuid4)
    merchant_order = models.ForeignKey(
        MerchantOrder, on_delete=models.PROTECT, related_name="payments"
    )
    visit = models.ForeignKey(
        Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    provider = models.CharField(max_length=20)
    means = models.CharField(_("means"), max_length=8, choices=Means.choices, default=Means.ONLINE)
    account_reference = models.CharField(max_length=80, blank=True)
    amount_cents = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(max_length=3, default="eur")
    state = models.CharField(
        _("state"), max_length=12, choices=PaymentState.choices, default=PaymentState.CREATED
    )
    provider_reference = models.CharField(max_length=120, blank=True)
    charge_reference = models.CharField(max_length=120, blank=True)
    captured_cents = models.PositiveBigIntegerField(default=0)
    refunded_cents = models.PositiveBigIntegerField(default=0)
    decline = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    captured_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    doubted_at = models.DateTimeField(null=True, blank=True)  # asked, and not (well) answered

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(
                fields=["looked_at"],
                condition=models.Q(state__in=["created", "requested"]),
                name="payments_open",
            ),
            models.Index(fields=["charge_reference"], name="payments_by_charge"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="payments_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_cents__lte=models.F("captured_cents")),
                name="payments_refunds_within_capture",
            ),
            models.CheckConstraint(condition=models.Q(currency="eur"), name="payments_are_in_euro"),
            models.CheckConstraint(
                condition=models.Q(state="captured") | models.Q(captured_cents=0),
                name="payments_money_only_when_captured",
            ),
            models.UniqueConstraint(
                fields=["merchant_order"],
                condition=models.Q(state__in=["created", "requested"]),
                name="payments_one_open_payment_a_part",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_reference"],
                condition=~models.Q(provider_reference=""),
                name="payments_a_reference_pays_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.merchant_order} · {self.amount_cents}"


class Refund(models.Model):
    """Money given back, or on its way.

    ``key`` names the cause, so that the same cause never gives back twice. ``is_debt`` means that
    the merchant's balance did not cover it: it is tried again until it does (fault 22).
    """

    public_id = models.UUIDField(unique=True, default=uuid4)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=120, unique=True)
    amount_cents = models.PositiveBigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=60)
    lines: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=RefundState.choices, default=RefundState.REQUESTED
    )
    provider_reference = models.CharField(max_length=120, blank=True)
    is_debt = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=60, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state="requested"),
                name="payments_refund_to_send",
            ),
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state="sent"),
                name="payments_refund_on_its_way",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="payments_a_refund_is_positive"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.payment} − {self.amount_cents}"


class Dispute(models.Model):
    """A cardholder disputes a payment; the provider decides, a person answers."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="dispute")
    amount_cents = models.PositiveBigIntegerField(_("amount"))
    state = models.CharField(
        _("state"), max_length=4, choices=DisputeState.choices, default=DisputeState.OPEN
    )
    opened_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    turns = models.PositiveSmallIntegerField(default=0, db_default=0)  # the bank changed its mind

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")

    @override
    def __str__(self) -> str:
        return str(self.payment)
