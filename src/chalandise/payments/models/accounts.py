"""Where a merchant's money arrives."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.organisations.models import Organisation


class MerchantAccount(models.Model):
    """A merchant's own account at a provider.

    ``payout_mark`` tells one bank account for payouts from another; when it changes, the provider
    keeps payouts back on the merchant's own balance until ``payouts_held_until`` (fault 24).
    ``payouts_stopped_at`` says since when it does, for that or for a difference (I9),
    ``payout_rhythm`` how they left before.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="payment_accounts"
    )
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    is_ready = models.BooleanField(default=False)
    missing: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    payout_mark = models.CharField(max_length=400, blank=True)
    payouts_held_until = models.DateTimeField(null=True, blank=True)
    payouts_stopped_at = models.DateTimeField(null=True, blank=True)
    payout_rhythm = models.CharField(max_length=40, blank=True, default="", db_default="")
    opened_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("account of a merchant")
        verbose_name_plural = _("accounts of merchants")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "provider"], name="payments_one_account_a_provider"
            ),
            models.UniqueConstraint(
                fields=["provider", "reference"], name="payments_an_account_has_one_merchant"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.organisation} · {self.provider}"


class Payout(models.Model):
    """Money that the provider paid a merchant out, as it told us; written once.

    The merchant's bank may send it back days later (a closed account): it is the merchant's still, on
    the balance at the provider, and ``came_back_at`` says when we learnt of it.
    """

    account = models.ForeignKey(MerchantAccount, on_delete=models.PROTECT, related_name="payouts")
    reference = models.CharField(max_length=120)
    amount_cents = models.BigIntegerField(_("amount"))
    fees_cents = models.BigIntegerField(default=0)
    left_at = models.DateTimeField()
    noted_at = models.DateTimeField(default=timezone.now)
    came_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "reference"], name="payments_a_payout_is_noted_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.reference
