"""Tables of withdrawals: a consumer gives up a distance contract (code de la consommation, L221-18)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.kernel.tokens import new_link_token
from chalandise.ordering.models.orders import MerchantOrder, Order, OrderLine
from chalandise.ordering.states import WithdrawalState


class Withdrawal(models.Model):
    """A declaration of withdrawal towards one merchant, and its acknowledgement.

    ``content`` is what the customer sent, word for word, with ``digest`` over it: the
    acknowledgement on a durable medium repeats it with date and time (L221-21, D221-5).
    """

    merchant_order = models.ForeignKey(
        MerchantOrder, on_delete=models.PROTECT, related_name="withdrawals"
    )
    number = models.CharField(_("number"), max_length=20, unique=True)
    token = models.CharField(max_length=64, unique=True, default=new_link_token)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=WithdrawalState.choices)
    confirmed_at = models.DateTimeField(default=timezone.now)
    refund_due_on = models.DateField(_("refund due on"))
    amount_cents = models.PositiveBigIntegerField(_("to give back"))
    applied_at = models.DateTimeField(null=True, blank=True)  # since when the lines stand no more
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    sent_on = models.DateField(_("sent back on"), null=True, blank=True)
    tracking = models.CharField(_("proof of sending"), max_length=120, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    late_told_at = models.DateTimeField(null=True, blank=True)  # why it did not go back on its day

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        indexes = [
            models.Index(fields=["state", "refund_due_on"], name="ordering_refunds_due"),
        ]

    @override
    def __str__(self) -> str:
        return self.number


class WithdrawalLine(models.Model):
    """How many of a line are given back, and why the merchant may object if it may."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="withdrawn")
    quantity = models.PositiveIntegerField()
    cents = models.PositiveBigIntegerField()
    exception = models.CharField(max_length=30, blank=True)

    class Meta:
        verbose_name = _("line of a withdrawal")
        verbose_name_plural = _("lines of withdrawals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="ordering_withdrawn_at_least_one"
            ),
            models.UniqueConstraint(
                fields=["withdrawal", "line"], name="ordering_a_line_once_a_withdrawal"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} × {self.line}"


class WithdrawalCode(models.Model):
    """A code sent by e-mail to whoever wants to withdraw without an account; only its digest."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="withdrawal_code")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)
    tries_left = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("withdrawal code")
        verbose_name_plural = _("withdrawal codes")

    @override
    def __str__(self) -> str:
        return f"code for {self.order_id}"
