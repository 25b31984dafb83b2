"""What gift baskets are made of."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.models.offers import Offer
from chalandise.catalogue.models.products import Product
from chalandise.catalogue.states import InvitationState
from chalandise.organisations.models import Organisation


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


class BasketInvitation(models.Model):
    """Another merchant asked to be in a gift basket: nobody's goods are sold without a yes.

    What is agreed is to be paid, for each part, what it costs on one's own shelf: a price that
    moves is one's own, so that a yes stays good. It is a yes to one name and one text: words that
    change ask anew.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="invitations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="basket_invitations"
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=InvitationState.choices,
        default=InvitationState.ASKED,
    )
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("invitation to a gift basket")
        verbose_name_plural = _("invitations to gift baskets")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "organisation"], name="catalogue_invited_once_to_a_basket"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.product} · {self.organisation}"
