"""Tables of what is not ordered yet: carts, and checkouts on their way to an order.

Every index is written for each cart, so a foreign key has none of its own where a constraint begins
with it, and what is asked for once a day (age) is kept by ranges of pages.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.models import Offer
from chalandise.directory.models import Establishment
from chalandise.kernel.tokens import new_link_token
from chalandise.ordering.states import OrderSource, WayKind
from chalandise.portals.models import Portal


class Cart(models.Model):
    """What somebody thinks of buying, at any number of merchants.

    A guest's cart is known by its token, a member's by the person: one at each portal, and a
    portal under another's address shares its parent's.
    """

    token = models.CharField(max_length=64, default=new_link_token)
    portal = models.ForeignKey(
        Portal, on_delete=models.CASCADE, related_name="carts", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="carts",
        db_index=False,
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    lines_at_hand: list[CartLine] | None = None  # read along with it, for a page that shows them

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        indexes = [BrinIndex(fields=["changed_at"], name="ordering_carts_by_age")]
        constraints = [
            models.UniqueConstraint(fields=["token"], name="ordering_a_cart_token_once"),
            models.UniqueConstraint(
                fields=["user", "portal"], name="ordering_one_cart_a_person_and_portal"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"cart {self.pk}"


class CartLine(models.Model):
    """An offer and how many of it, with the price the customer last saw (fault 16)."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="cart_lines")
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    seen_price_cents = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("line of a cart")
        verbose_name_plural = _("lines of carts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "offer"], name="ordering_an_offer_once_in_a_cart"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1, quantity__lte=99),
                name="ordering_cart_quantity_is_sensible",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} × {self.offer_id}"


class Checkout(models.Model):
    """A cart on its way to an order: who, how for each merchant, and what is held meanwhile.

    ``public_id`` becomes the order's ``checkout_id``, which is unique: one checkout makes one order
    however often its form is sent. ``form_token`` travels in the form.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4)
    form_token = models.CharField(max_length=64, default=new_link_token)
    cart = models.OneToOneField(
        Cart, null=True, blank=True, on_delete=models.SET_NULL, related_name="checkout"
    )
    portal = models.ForeignKey(
        Portal, on_delete=models.CASCADE, related_name="checkouts", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="checkouts",
    )
    source = models.CharField(max_length=8, choices=OrderSource.choices, default=OrderSource.WEB)
    customer_name = models.CharField(_("name"), max_length=80, blank=True)
    customer_email = models.EmailField(_("e-mail"), blank=True)
    customer_phone = models.CharField(_("telephone"), max_length=16, blank=True)
    address = models.JSONField(default=dict, blank=True)
    business = models.JSONField(default=dict, blank=True)  # the firm it is for; empty: a consumer
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True, blank=True)
    # Read along with it, for who shows or places all of it.
    parts_at_hand: list[CheckoutPart] | None = None
    lines_at_hand: list[CartLine] | None = None

    class Meta:
        verbose_name = _("checkout")
        verbose_name_plural = _("checkouts")
        indexes = [BrinIndex(fields=["expires_at"], name="ordering_checkouts_by_age")]
        constraints = [
            models.UniqueConstraint(fields=["form_token"], name="ordering_a_form_token_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"checkout {self.pk}"


class CheckoutPart(models.Model):
    """One merchant's share of a checkout: what it sells and how the customer gets it.

    ``goods`` says what is held under ``holder``: offers and quantities. A part gathered by another
    holds the components of a gift basket that another merchant presents; it is collected with it.
    """

    checkout = models.ForeignKey(
        Checkout, on_delete=models.CASCADE, related_name="parts", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="checkout_parts"
    )
    gathered_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="gathered",
        db_index=False,
    )
    holder = models.UUIDField(unique=True, default=uuid.uuid4)
    goods = models.JSONField(default=dict)
    items_cents = models.PositiveBigIntegerField()
    books_cents = models.PositiveBigIntegerField(default=0)  # new books: their fee has a floor
    has_reduced_books = models.BooleanField(default=False, db_default=False)  # they are collected
    weight_grams = models.PositiveIntegerField(default=0)
    lead_minutes = models.PositiveIntegerField(default=0)
    way_key = models.CharField(max_length=40, blank=True)
    way_kind = models.CharField(max_length=10, choices=WayKind.choices, blank=True)
    way = models.JSONField(default=dict, blank=True)
    fee_cents = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("a word to the merchant"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("part of a checkout")
        verbose_name_plural = _("parts of checkouts")
        ordering = ["position"]
        indexes = [
            models.Index(
                fields=["gathered_by"],
                condition=models.Q(gathered_by__isnull=False),
                name="ordering_gathered_parts",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["checkout", "position"], name="ordering_one_part_a_place"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.checkout} · {self.establishment_id}"
