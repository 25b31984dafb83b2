"""What gift baskets are made of."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.models.offers import Offer


class BasketPart(models.Model):
    """One offer inside a basket: how many, and its share of the basket's price.

    ``share_cents`` is the part of one basket's price, tax included, that pays for the whole
    ``quantity``; the shares of a basket add up to its price.
    """

    basket = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="parts")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="baskets")
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    share_cents = models.PositiveIntegerField(_("share of the price"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("part of a basket")
        verbose_name_plural = _("parts of baskets")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["basket", "offer"], name="catalogue_an_offer_once_in_a_basket"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="catalogue_part_is_something"
            ),
            models.CheckConstraint(
                condition=~models.Q(basket=F("offer")), name="catalogue_basket_is_not_in_itself"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} × {self.offer}"
