"""Tables of orders: what one customer commits to in one go, and each merchant's part of it.

Everything here is a copy of what was shown when the customer pressed the button (invariant I11):
names, prices, rates, the seller, the way of getting it. Nothing is edited later; what happens to a
line afterwards is a `LineChange`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.models import Offer
from chalandise.directory.models import Establishment
from chalandise.kernel.tokens import new_link_token
from chalandise.ordering.states import (
    ChangeKind,
    MerchantOrderState,
    OrderSource,
    Pays,
    WayKind,
)
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal


class Order(models.Model):
    """What one customer commits to in one go, across merchants.

    It has no state of its own: its merchant orders have.
    """

    number = models.CharField(_("number"), max_length=12)
    token = models.CharField(max_length=64, default=new_link_token)
    checkout_id = models.UUIDField(unique=True)  # a checkout becomes one order, however often sent
    portal = models.ForeignKey(
        Portal, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="orders",
        db_index=False,
    )
    source = models.CharField(max_length=8, choices=OrderSource.choices, default=OrderSource.WEB)
    customer_name = models.CharField(_("name"), max_length=80)
    customer_email = models.EmailField(_("e-mail"), blank=True)
    customer_phone = models.CharField(_("telephone"), max_length=16, blank=True)
    address = models.JSONField(default=dict, blank=True)  # where to deliver; empty for collecting
    business = models.JSONField(default=dict, blank=True)  # the firm it is for; empty: a consumer
    items_cents = models.PositiveBigIntegerField(_("goods"))
    fee_cents = models.PositiveBigIntegerField(_("delivery"))
    total_cents = models.PositiveBigIntegerField(_("total"))
    recap = models.JSONField()  # the recap of essentials, as shown above the button (L221-14)
    recap_digest = models.CharField(max_length=64)
    declarations = models.JSONField(default=dict, blank=True)  # age, terms: what was ticked, when
    placed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)  # until when payment is awaited

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["portal", "-placed_at"], name="ordering_portal_newest"),
            models.Index(fields=["user", "-placed_at"], name="ordering_customer_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="ordering_an_order_number_once"),
            models.UniqueConstraint(fields=["token"], name="ordering_an_order_token_once"),
            models.CheckConstraint(
                condition=models.Q(total_cents=models.F("items_cents") + models.F("fee_cents")),
                name="ordering_order_total_is_its_sum",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.number


class MerchantOrder(models.Model):
    """One merchant's part of an order: what is paid, accepted, prepared, invoiced, cancelled.

    Goods and slots are held under ``holder``, which is all that `stock` and `logistics` know.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="merchant_orders")
    number = models.CharField(_("number"), max_length=16)
    establishment = models.ForeignKey(
        Establishment, on_delete=models.PROTECT, related_name="merchant_orders", db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="merchant_orders", db_index=False
    )
    holder = models.UUIDField(unique=True)
    gathered_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gathered",
        db_index=False,
    )  # part of a gift basket: the merchant order it is collected with
    state = models.CharField(_("state"), max_length=20, choices=MerchantOrderState.choices)
    pays = models.CharField(_("payment"), max_length=16, choices=Pays.choices)
    items_cents = models.PositiveBigIntegerField(_("goods"))
    fee_cents = models.PositiveBigIntegerField(_("delivery"))
    fee_vat_rate_bp = models.PositiveIntegerField(default=2000)
    total_cents = models.PositiveBigIntegerField(_("total"))
    commission_bp = models.PositiveIntegerField(default=0)  # frozen when the order is placed
    seller = models.JSONField()  # identity, contact, mediator and terms of the merchant, as shown
    way = models.JSONField()  # how the customer gets it, as shown: label, address, instructions
    way_kind = models.CharField(max_length=10, choices=WayKind.choices)
    way_key = models.CharField(max_length=40)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    slot_moves = models.PositiveSmallIntegerField(default=0, db_default=0)  # for calendars
    promised_on = models.DateField(null=True, blank=True)  # latest day of delivery (L216-1)
    note = models.TextField(_("a word to the merchant"), max_length=500, blank=True)
    pickup_code = models.CharField(max_length=8, blank=True)
    placed_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)  # starts the withdrawal clock
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=500, blank=True)
    to_arrange = models.CharField(max_length=40, blank=True)  # why a person must look (fault 10)

    class Meta:
        verbose_name = _("merchant order")
        verbose_name_plural = _("merchant orders")
        indexes = [
            models.Index(
                fields=["establishment", "state", "starts_at"], name="ordering_merchant_orders"
            ),
            models.Index(fields=["organisation", "-placed_at"], name="ordering_organisation_new"),
            models.Index(
                fields=["placed_at"],
                condition=models.Q(state="awaiting_payment"),
                name="ordering_awaiting_payment",
            ),
            models.Index(
                fields=["promised_on"],
                condition=models.Q(state__in=["placed", "accepted"]),
                name="ordering_open_promises",
            ),
            models.Index(
                fields=["gathered_by"],
                condition=models.Q(gathered_by__isnull=False),
                name="ordering_gathered_orders",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="ordering_a_merchant_number_once"),
            models.CheckConstraint(
                condition=models.Q(total_cents=models.F("items_cents") + models.F("fee_cents")),
                name="ordering_merchant_total_is_its_sum",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="ordering_slot_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["establishment", "pickup_code"],
                condition=models.Q(state="accepted") & ~models.Q(pickup_code=""),
                name="ordering_a_code_opens_one_order",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """An offer as it was, times a quantity."""

    merchant_order = models.ForeignKey(
        MerchantOrder, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.SET_NULL, related_name="order_lines"
    )  # to find the goods again; nothing shown or counted is read through it
    product_name = models.CharField(max_length=200)
    variant_name = models.CharField(max_length=200, blank=True)
    product_slug = models.CharField(max_length=220, blank=True)
    photo_name = models.CharField(max_length=64, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price_cents = models.PositiveBigIntegerField()
    total_cents = models.PositiveBigIntegerField()
    reference_price_cents = models.PositiveBigIntegerField(null=True, blank=True)
    vat_code = models.CharField(max_length=20)
    vat_rate_bp = models.PositiveIntegerField()
    goods_kind = models.CharField(max_length=8, default="goods")
    withdrawal_exception = models.CharField(max_length=30, blank=True)  # reason code of L221-28
    is_alcohol = models.BooleanField(default=False)
    minimum_age = models.PositiveSmallIntegerField(default=0)
    allergens = models.JSONField(null=True, blank=True)
    unit_price = models.CharField(max_length=40, blank=True)  # « 7,90 €/kg », as shown
    is_weight_priced = models.BooleanField(default=False)
    estimate_grams = models.PositiveIntegerField(null=True, blank=True)
    price_per_kilo_cents = models.PositiveBigIntegerField(null=True, blank=True)
    tolerance_percent = models.PositiveSmallIntegerField(default=0)
    basket_key = models.UUIDField(null=True, blank=True)  # lines of one gift basket share it
    basket_name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1, quantity__lte=9999),
                name="ordering_line_quantity_is_sensible",
            ),
            models.CheckConstraint(
                condition=models.Q(basket_key__isnull=False)
                | models.Q(total_cents=models.F("quantity") * models.F("unit_price_cents")),
                name="ordering_line_total_is_its_product",
            ),
            models.UniqueConstraint(
                fields=["merchant_order", "position"], name="ordering_one_line_a_place"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name}"


class LineChange(models.Model):
    """What became of a line after the order: missing, weighed, replaced, given back.

    Only ever added to; the sums are signed and bring the line from what was ordered to what
    stands.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    quantity = models.IntegerField(default=0)
    cents = models.BigIntegerField()
    detail = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change of a line")
        verbose_name_plural = _("changes of lines")

    @override
    def __str__(self) -> str:
        return f"{self.line}: {self.kind}"


class SellerTerms(models.Model):
    """One wording of a seller's terms of sale, kept since the first order placed under it.

    A merchant order names its wording by ``seller["terms_version"]``; rows are written once (I11).
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="kept_terms"
    )
    version = models.PositiveIntegerField()
    html = models.TextField()
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("terms of sale as ordered under")
        verbose_name_plural = _("terms of sale as ordered under")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "version"], name="ordering_a_wording_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.organisation} · {self.version}"
