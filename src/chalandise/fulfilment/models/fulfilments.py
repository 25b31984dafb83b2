"""Tables of where the goods are, and into whose hands they went."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.ordering.models import MerchantOrder


class Fulfilment(models.Model):
    """What a merchant does with one merchant order, from the moment it stands."""

    merchant_order = models.OneToOneField(
        MerchantOrder, on_delete=models.PROTECT, related_name="fulfilment"
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=FulfilmentState.choices,
        default=FulfilmentState.WAITING,
    )
    place = models.CharField(_("where it is kept"), max_length=40, blank=True)
    bags = models.PositiveSmallIntegerField(
        _("bags"), default=1, db_default=1
    )  # as its merchant packed it
    bags_arrived = models.PositiveSmallIntegerField(default=0, db_default=0)  # at the pooled point
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=60, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True)  # let go after that
    reminded_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)  # when its merchant was last asked
    times_asked = models.PositiveSmallIntegerField(default=0, db_default=0)
    late_at = models.DateTimeField(null=True, blank=True)  # when its promise was seen to be broken
    demanded_at = models.DateTimeField(null=True, blank=True)  # put on notice (L216-6)
    demanded_until = models.DateField(null=True, blank=True)  # the last day of the further period
    lapsed_at = models.DateTimeField(null=True, blank=True)  # when that was told to be over

    class Meta:
        verbose_name = _("fulfilment")
        verbose_name_plural = _("fulfilments")
        indexes = [
            models.Index(
                fields=["kept_until"],
                condition=models.Q(state="ready"),
                name="fulfilment_kept",
            ),
            models.Index(
                fields=["demanded_until"],
                condition=models.Q(demanded_until__isnull=False, lapsed_at__isnull=True),
                name="fulfilment_demanded",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="ready") | models.Q(ready_at__isnull=False),
                name="fulfilment_ready_has_its_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(demanded_at__isnull=True, demanded_until__isnull=True)
                | models.Q(demanded_at__isnull=False, demanded_until__isnull=False),
                name="fulfilment_a_demand_has_its_day",
            ),
            models.CheckConstraint(
                condition=models.Q(bags__gte=1, bags_arrived__lte=models.F("bags")),
                name="fulfilment_no_more_bags_than_packed",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.merchant_order} · {self.state}"


class HandOver(models.Model):
    """Into whose hands the goods went, and what was looked at; written once (fault 86)."""

    fulfilment = models.OneToOneField(
        Fulfilment, on_delete=models.PROTECT, related_name="hand_over"
    )
    proof = models.CharField(max_length=8, choices=Proof.choices)
    customer_name = models.CharField(max_length=80)  # the name the merchant read out
    minimum_age = models.PositiveSmallIntegerField(default=0)  # the limit that was checked
    means = models.CharField(max_length=8, blank=True)  # how it was paid there, if it was
    paid_cents = models.PositiveBigIntegerField(default=0)
    by = models.CharField(max_length=200)
    handed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")

    @override
    def __str__(self) -> str:
        return f"{self.fulfilment}: {self.customer_name}"


class NoShow(models.Model):
    """Somebody who let goods be prepared and never came.

    The customer is a digest of their e-mail address, and another of their telephone: a guest counts
    as well, and nothing can be read from the table.
    """

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.CASCADE, related_name="no_shows")
    customer = models.CharField(max_length=64, db_index=True)
    missed_at = models.DateTimeField()
    forgiven_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("no-show")
        verbose_name_plural = _("no-shows")
        constraints = [
            models.UniqueConstraint(
                fields=["fulfilment", "customer"], name="fulfilment_missed_once_each"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.fulfilment}: {self.missed_at:%Y-%m-%d}"
