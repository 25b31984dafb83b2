"""One merchant's terms for a variant, and what it has cost."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.books import LEAST_PERCENT
from chalandise.catalogue.models.products import Variant
from chalandise.catalogue.prices import HIGHEST_PRICE_CENTS
from chalandise.catalogue.states import VatCode


class Offer(models.Model):
    """The terms of one variant: price with all taxes, tax code, stock kept or not.

    A weight-priced offer (``is_weight_priced``) costs ``price_cents`` a kilogram; ``estimate_grams``
    says what one piece weighs about, ``tolerance_percent`` by how much the final price may exceed
    the estimate without asking. A new book knows what its publisher asks
    (`chalandise.catalogue.books`); nothing else does.
    """

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, related_name="offer")
    price_cents = models.PositiveIntegerField(_("price"))
    vat_code = models.CharField(_("VAT"), max_length=16, choices=VatCode.choices)
    keeps_stock = models.BooleanField(_("stock is kept"), default=False)
    made_to_order_minutes = models.PositiveIntegerField(_("time to make (minutes)"), default=0)
    is_weight_priced = models.BooleanField(_("priced by weight"), default=False)
    estimate_grams = models.PositiveIntegerField(_("about (g)"), null=True, blank=True)
    tolerance_percent = models.PositiveSmallIntegerField(_("tolerance (%)"), default=10)
    is_available = models.BooleanField(_("available"), default=True)
    publisher_price_cents = models.PositiveIntegerField(
        _("publisher’s price"), null=True, blank=True
    )
    is_old_stock = models.BooleanField(
        _("older book, long in stock"), default=False, db_default=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_cents__gt=0, price_cents__lte=HIGHEST_PRICE_CENTS),
                name="catalogue_price_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(is_weight_priced=False)
                | models.Q(estimate_grams__isnull=False, estimate_grams__gt=0),
                name="catalogue_weight_price_has_an_estimate",
            ),
            models.CheckConstraint(
                condition=models.Q(tolerance_percent__lte=50), name="catalogue_tolerance_is_modest"
            ),
            # Whole numbers on both sides: no rounding decides what a book may cost.
            models.CheckConstraint(
                condition=models.Q(publisher_price_cents__isnull=True)
                | (
                    models.Q(publisher_price_cents__gte=F("price_cents"))
                    & (
                        models.Q(is_old_stock=True)
                        | models.Q(
                            publisher_price_cents__lte=F("price_cents") * 100 / LEAST_PERCENT
                        )
                    )
                ),
                name="catalogue_a_new_book_costs_what_its_publisher_says",
            ),
        ]

    @override
    def __str__(self) -> str:
        return str(self.variant)


class PriceChange(models.Model):
    """The price an offer took at a moment; a trigger lets rows be added and nothing else."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="price_changes")
    price_cents = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        indexes = [models.Index(fields=["offer", "-changed_at"], name="catalogue_price_history")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_cents__gt=0), name="catalogue_past_price_is_positive"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.offer_id} · {self.price_cents}"


class Promotion(models.Model):
    """A lower price from one moment until another, both announced.

    Part of the history of prices: a trigger lets it end earlier and nothing else. One that is called
    off before it starts ends when it would have started, and so never is.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="promotions")
    price_cents = models.PositiveIntegerField(_("price"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_cents__gt=0), name="catalogue_promotion_is_not_free"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=F("starts_at")),
                name="catalogue_promotion_ends_after_it_starts",
            ),
            # The offer as a range of one, so that no extension is needed for "=".
            ExclusionConstraint(
                name="catalogue_one_promotion_at_a_time",
                expressions=[
                    (
                        Func(
                            F("offer"),
                            F("offer"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.offer_id} · {self.price_cents}"
